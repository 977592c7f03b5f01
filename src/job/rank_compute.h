// SPDX-License-Identifier: BSD-3-Clause
// What a rank of a job computes with: its processors or a device, shared out among the ranks
// of a host that ask for the same.
#ifndef PN_JOB_RANK_COMPUTE_H
#define PN_JOB_RANK_COMPUTE_H

#include "job/job.h"

// Opens what the word `device` of this rank means, on job->team and job->blas, with the memory that
// was asked for. Every rank calls it.
pn_status pn_rank_compute_open(pn_job *job, const char *device, pn_compute **compute);
// Whether nobody asked for a size of its device's memory, and it could have more than that.
bool pn_rank_compute_is_open(const pn_job *job);
// As many bytes of host memory beside the device's as were chosen for its part of the matrix.
void pn_rank_compute_overflow(pn_compute *compute, int64_t bytes);

#endif
