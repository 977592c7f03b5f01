// SPDX-License-Identifier: BSD-3-Clause
// Who is left out of a run that is being chosen.
#ifndef PN_TUNE_CHOOSE_LEAVE_H
#define PN_TUNE_CHOOSE_LEAVE_H

#include "tune/choosing.h"

// Takes the choice without the ranks that cost more than they bring in its place. sized: what
// pn_choosing_size said with all of them; if that did not fit, it is tried without some as well.
// Failure: memory.
pn_status pn_choosing_leave_out(pn_choosing *choosing, pn_status sized);

#endif
