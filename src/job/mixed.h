// SPDX-License-Identifier: BSD-3-Clause
// What a job of HPL-MxP has beside one of HPL: parts that work on FP32, and on each rank its own
// choice of what is multiplied.
#ifndef PN_JOB_MIXED_H
#define PN_JOB_MIXED_H

#include "job/job.h"

// Failures: a device was asked for, or the BLAS knows no FP32.
pn_status pn_mixed_check(const pn_job *job);

// Sets element, product and kind of job->compute. --product auto takes 16 bits if a library
// multiplies them rightly and, in a trial, faster than FP32; every rank calls it, as all try at the
// same time. Libraries that were refused are told. Failure: 16 bits were asked for and cannot be
// had.
pn_status pn_mixed_open(pn_job *job);

// The settings that such a run is asked for with.
void pn_mixed_settings(pn_settings *settings, const pn_options *options);

#endif
