// SPDX-License-Identifier: BSD-3-Clause
// The check that nobody has to believe us: HPL's residual of x with the matrix generated again,
// entry by entry, none of it stored. What is meant is always the matrix of the generator: a fault
// that was put into the matrix of the run (pn_poison) makes the residual fail, as any other would.
#ifndef PN_TRUST_VERIFY_H
#define PN_TRUST_VERIFY_H

#include "base/team.h"
#include "comm/comm.h"
#include "measure/result.h"

typedef struct pn_verify_request {
    pn_gidx n;
    uint64_t seed;
    const double *x; // [n], the same on every rank
    pn_comm *comm;
    pn_team *team;
} pn_verify_request;

// Every rank calls it and takes an even share of the rows; all end with the same numbers.
// residual = ||Ax-b||_oo / (eps (||A||_oo ||x||_oo + ||b||_oo) N), eps = 2^-53: HPL's. It is not
// finite if x is not, so that no comparison with a threshold passes. Besides x and a few kilobytes
// it takes N doubles for each thread. Failures: memory, on any rank.
pn_status pn_verify_solution(const pn_verify_request *request, pn_norms *norms, double *residual);

#endif
