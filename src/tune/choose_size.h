// SPDX-License-Identifier: BSD-3-Clause
// The size of a run that is being chosen: NB and N, and with them its arrangement.
#ifndef PN_TUNE_CHOOSE_SIZE_H
#define PN_TUNE_CHOOSE_SIZE_H

#include "tune/choosing.h"

// Arrangement, NB and N, with the ranks that are not left out. Failure: memory.
pn_status pn_choosing_size(pn_choosing *choosing);
// About how large the matrix will be, with the arrangement, rate and NB so far.
pn_gidx pn_choosing_about(const pn_choosing *choosing);
// Seconds of the solve, as asked for or by default.
double pn_choosing_time(const pn_choice_request *request);

#endif
