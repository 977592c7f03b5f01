// SPDX-License-Identifier: BSD-3-Clause
// What a job of HPL-MxP has beside one of HPL: parts that work on FP32, and on each rank its own
// choice of what is multiplied.
#ifndef PN_JOB_MIXED_H
#define PN_JOB_MIXED_H

#include "job/job.h"

// Failure: the BLAS knows no FP32.
pn_status pn_mixed_check(const pn_job *job);

// Sets element, product and kind of job->compute, and what this rank's products of FP32 and of 16
// bits reach at the block sizes that the run may choose (in job->info, for all to be told). Every
// rank calls it, as all measure at the same time. Libraries that were refused are told. Failure: 16
// bits were asked for and cannot be had.
pn_status pn_mixed_open(pn_job *job);

// Once NB is chosen: --product auto takes 16 bits if this rank multiplies them faster at that
// depth.
void pn_mixed_take(pn_job *job, int nb);

// The settings that such a run is asked for with.
void pn_mixed_settings(pn_settings *settings, const pn_options *options);

#endif
