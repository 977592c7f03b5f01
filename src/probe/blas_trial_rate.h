// SPDX-License-Identifier: BSD-3-Clause
// How fast a library is at what a factorisation asks of it, by the processor time that it uses, so
// that other programs on the machine cost it nothing.
#ifndef PN_PROBE_BLAS_TRIAL_RATE_H
#define PN_PROBE_BLAS_TRIAL_RATE_H

#include "base/team.h"
#include "compute/blas.h"

typedef enum pn_blas_look {
    PN_BLAS_GLANCE, // a small product: about half of what large ones reach
    // Products of NB columns with 3 % in solves and 3 % in narrow products, on data that caches may
    // hold; a glance where that is all the time allows.
    PN_BLAS_CACHED,
    // A step of a run: the slabs that its rules cut, thin ones among them, of a matrix in main
    // memory, with solves, and the run's own panels. Libraries that are level on cached data were
    // seen ten per cent apart in runs: one packs at every slab what the other does not.
    PN_BLAS_RUN
} pn_blas_look;

typedef struct pn_blas_look_request {
    pn_blas_look look;
    int nb;
    double seconds; // of each thread, for PN_BLAS_CACHED
} pn_blas_look_request;

// *gflops: a core, the mean of the team's threads, which all work at once. Failure: memory.
pn_status pn_blas_trial_rate(double *gflops, const pn_blas *blas, pn_team *team,
                             const pn_blas_look_request *request);

#endif
