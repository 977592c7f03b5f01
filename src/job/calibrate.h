// SPDX-License-Identifier: BSD-3-Clause
// The rates of this rank, measured while all ranks measure: neighbours share cores, memory, caches
// and heat, in the run as here.
#ifndef PN_JOB_CALIBRATE_H
#define PN_JOB_CALIBRATE_H

#include "job/job.h"

// FLOP/s of this rank's threads at the shapes of the run to come. All but the first and
// `bus` are 0 for a single rank, for which nobody waits.
typedef struct pn_rank_rates {
    double multiply;
    double panel;        // alone
    double device_panel; // of one in the memory of a device that factors panels; else 0
    double rows; // interchange of NB rows and the solve for U; 0 as well where ranks take turns
    double bus;  // bytes a second to a device that maps host memory, and back; else 0
} pn_rank_rates;

// All ranks call it and get back their own, after `part` of the usual time. Failures: memory, told
// by nobody yet.
pn_status pn_calibrate(pn_job *job, pn_rank_rates *rates, double part);

#endif
