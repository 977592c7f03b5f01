// SPDX-License-Identifier: BSD-3-Clause
// GMRES (Saad and Schultz, 1986) with a preconditioner on the right: d with A d = r as d = inv(M) V
// y, where the columns of V span r, A inv(M) r, ... and y leaves the shortest rest. Its estimates
// are those of the true residual then, in the 2-norm. Vectors are whole on every rank, and all
// ranks do the same with them; numbers by which they decide come from one of them.
#ifndef PN_RUN_GMRES_H
#define PN_RUN_GMRES_H

#include "base/status.h"
#include "base/types.h"

enum { PN_GMRES_CYCLE = 8 }; // vectors in V, at most

typedef struct pn_gmres {
    pn_gidx n;
    pn_status (*precondition)(void *context, double *vector); // [n] := inv(M) of it
    pn_status (*multiply)(void *context, const double *vector, double *product); // [n] := A of it
    void (*agree)(void *context, double *numbers, int count); // rank 0's on all; NULL: there is one
    void *context;
} pn_gmres;

// One cycle: residual[n] becomes the correction. It ends once the residual is estimated at
// `enough` of what it was, after `most` steps, or where nothing is left to be found.
// contraction[most]: by what each step multiplied the estimate. Failures: memory, and those of the
// functions.
pn_status pn_gmres_correct(const pn_gmres *gmres, double *residual, double enough, int most,
                           double *contraction, int *steps);

#endif
