// SPDX-License-Identifier: BSD-3-Clause
// What a rank of a job computes with: its processors or a device, shared out among the ranks
// of a host that ask for the same.
#ifndef PN_JOB_RANK_COMPUTE_H
#define PN_JOB_RANK_COMPUTE_H

#include "job/job.h"

// Opens what the word `device` of this rank means, on job->team and job->blas, with the memory that
// was asked for. Every rank calls it.
pn_status pn_rank_compute_open(pn_job *job, const char *device, pn_compute **compute);

#endif
