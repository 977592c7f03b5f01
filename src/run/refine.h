// SPDX-License-Identifier: BSD-3-Clause
// From factors in FP32, whose products may have been of 16 bits, to a solution in FP64: x := x + d
// with L U d = b - A x, from x = 0 on. The residual is that of the matrix itself, generated again
// entry by entry.
#ifndef PN_RUN_REFINE_H
#define PN_RUN_REFINE_H

#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/place.h"
#include "lu/back.h"
#include "measure/result.h"

typedef struct pn_refine_request {
    const pn_place *place;
    pn_comm *comm;
    pn_compute *compute;
    pn_back *back;   // made for the same place
    pn_block matrix; // L\U of FP32, factored without pivoting
    uint64_t seed;
    double shift;     // that the diagonal has beside HPL's numbers
    double threshold; // which the scaled residual has to stay below
} pn_refine_request;

// x: [N], the same on all ranks. Ends well below the threshold, or after PN_REFINEMENT_MOST steps.
// Once a plain step leaves more than a quarter of the residual GMRES goes on with the factors as
// its preconditioner, until a cycle of it leaves more than half. All ranks call it and get the
// same. Failure: memory.
pn_status pn_refine(const pn_refine_request *request, double *x, pn_refinement *refinement);

#endif
