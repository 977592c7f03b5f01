// SPDX-License-Identifier: BSD-3-Clause
// A BLAS that computes wrongly on some rank is named with rank, host, kernels and routine: a failed
// residual alone leaves people halving their machine until they meet it.
#ifndef PN_JOB_WRONG_BLAS_H
#define PN_JOB_WRONG_BLAS_H

#include "job/job.h"

typedef enum pn_wrong_blas_when {
    PN_WRONG_BLAS_BEFORE, // nothing is said where all is right
    PN_WRONG_BLAS_AFTER   // a failed residual: then that is said as well
} pn_wrong_blas_when;

// Every rank holds its library, as its own threads call it, against plain loops (some
// milliseconds), and rank 0 tells. Every rank calls it. A failure is told already.
pn_status pn_wrong_blas_tell(pn_job *job, pn_wrong_blas_when when);

#endif
