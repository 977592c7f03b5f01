// SPDX-License-Identifier: BSD-3-Clause
// The BLAS of each rank: the one asked for, or with "auto" the fastest that computes rightly. One
// rank of those that share a host, its files and the environment tries them; the others take what
// it found, so that the trials disturb each other nowhere.
#ifndef PN_JOB_JOB_BLAS_H
#define PN_JOB_JOB_BLAS_H

#include "job/job.h"

// Sets job->blas, and job->blas_table on ranks that tried. Every rank calls it once the
// host is observed; the failure is this rank's own: agree afterwards.
pn_status pn_job_open_blas(pn_job *job);

#endif
