// SPDX-License-Identifier: BSD-3-Clause
// What slows this rank, by what the open job knows of it.
#ifndef PN_JOB_EXAMINE_H
#define PN_JOB_EXAMINE_H

#include "job/job.h"
#include "measure/diagnosis.h"

// All ranks call it at once: the clock is measured with all threads of all of them at work.
void pn_job_examine(pn_job *job, pn_diagnosis *diagnosis);

#endif
