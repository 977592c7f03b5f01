// SPDX-License-Identifier: BSD-3-Clause
// The residual, with HPL's matrix generated again entry by entry: nothing of the run is trusted but
// x. (A matrix that was poisoned on purpose is therefore expected to fail.)
#ifndef PN_RUN_VERIFY_H
#define PN_RUN_VERIFY_H

#include "base/team.h"
#include "comm/comm.h"
#include "compute/compute.h"
#include "measure/result.h"

typedef struct pn_verify_request {
    pn_gidx n;
    uint64_t seed;
    double shift;    // that the diagonal has beside HPL's numbers
    const double *x; // [n], the same on all ranks
    double *rest;    // [n] becomes b - A x on all ranks; NULL: not wanted
    bool no_right;   // b is taken for 0
    const pn_norms
        *matrix; // whose norms of A are known from a call before; NULL: found by this one
    pn_comm *comm;
    pn_team *team;
    // May do the sums if it has a way of its own; NULL: the threads of `team` do. The threads check
    // some rows of it, and do them all if one is not the same to rounding.
    pn_compute *compute;
} pn_verify_request;

// residual = ||A x - b||_oo / (eps (||A||_oo ||x||_oo + ||b||_oo) N), eps = 2^-53 (HPL 2.3); not
// finite if x is not, or if it is so large that the divisor overflows. All ranks call it and get
// the same numbers. Failure: memory.
pn_status pn_verify_solution(const pn_verify_request *request, pn_norms *norms, double *residual);

// The residual that a right solution usually leaves: 0.1 / sqrt(N), to a factor of 2 for N from 30
// to 3,000 and of 6 below, as measured with seven seeds. A residual far above it may pass and still
// come from a library or a part that computes wrongly.
double pn_residual_usual(pn_gidx n);

#endif
