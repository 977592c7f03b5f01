// SPDX-License-Identifier: BSD-3-Clause
// Back substitution: U x = inv(L) P b, block row by block row from the last; and forward, with the
// L of a factorisation without pivoting: L x = b from the first.
#ifndef PN_LU_BACK_H
#define PN_LU_BACK_H

#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/place.h"

// Memory and members, found before the clock starts.
typedef struct pn_back pn_back;

// For a process of `place`, whatever columns it owns later. Failure: memory.
pn_status pn_back_create(pn_back **back, pn_compute *compute, const pn_place *place);
void pn_back_destroy(pn_back *back);
// Host memory that it takes.
size_t pn_back_bytes(const pn_place *place);

typedef struct pn_back_request {
    const pn_place *place;
    pn_comm *comm;
    pn_compute *compute;
    pn_block matrix;     // of FP64 or FP32; sums are in FP64
    const double *right; // [N], the same on all ranks; NULL: the column after the matrix's last
    bool lower;          // L, whose diagonal is 1
} pn_back_request;

// x: [N], zero on entry. On return each process has the entries of the block columns it owns and
// zero elsewhere; pn_back_replicate then gives all of x to everyone (not timed). Takes no memory.
void pn_back_substitute(pn_back *back, const pn_back_request *request, double *x);
void pn_back_replicate(const pn_back_request *request, double *x);

#endif
