// SPDX-License-Identifier: BSD-3-Clause
// A run that goes on from its checkpoints: what they say becomes the job's own.
#ifndef PN_JOB_RESTART_H
#define PN_JOB_RESTART_H

#include "job/job.h"

// Sets job->restart, and of the options N, NB, seed, threshold and the folder of the checkpoints,
// from the generations in `folder`, which rank 0 reads. A damaged one is refused by name. All ranks
// call it. Failures, told already: no generation that can be taken.
pn_status pn_restart_open(pn_job *job, const char *folder);
// Whether what is gone on with is of FP32, without pivots.
bool pn_restart_is_mixed(const pn_job *job);
void pn_restart_release(pn_job *job);

#endif
