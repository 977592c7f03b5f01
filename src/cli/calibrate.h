// SPDX-License-Identifier: BSD-3-Clause
// The rates of this rank, measured while all ranks measure: neighbours share cores, memory, caches
// and heat, in the run as here.
#ifndef PN_CLI_CALIBRATE_H
#define PN_CLI_CALIBRATE_H

#include "cli/session.h"

// GFLOP/s of this rank's threads at the shapes of the run to come: multiplications, and a panel
// alone (0 for a single rank, which has nobody to wait for it). All ranks call it and get back
// their own. Failures: memory, told by nobody yet.
pn_status pn_measure_rates(pn_session *session, double *rate, double *panel_rate);

#endif
