// SPDX-License-Identifier: BSD-3-Clause
// Does this BLAS compute rightly here? Small products and solves with edges, held against plain
// loops: one thread alone, then all threads at once. A library that is right on one processor is
// wrong on another (kernels for it, a broken core), so every rank asks for itself.
#ifndef PN_COMPUTE_BLAS_CHECK_H
#define PN_COMPUTE_BLAS_CHECK_H

#include "base/team.h"
#include "compute/blas.h"

#include <stdbool.h>

typedef struct pn_blas_faults { // plain bytes
    bool product, solve;        // dgemm, dtrsm is wrong
    bool together;              // right alone, but wrong when several threads call it
    char first[160]; // "dgemm NT of 131 x 137 x 67 gives 1.2 in place of 1.1"; "" if right
} pn_blas_faults;

// Held against an error bound of 8 (k + 8) 2^-53 for entries of at most 1/2 in products of length k
// (the sum of k rounded products, each at most 1/4, with a wide margin for other orders), and the
// same for solves, whose triangles have off-diagonals of at most 1/(2 m). Memory beside the matrix,
// the unused half of a triangle, an input C with beta = 0 and entries that are NaN are part of it.
// Some milliseconds. Failure: memory.
pn_status pn_blas_check(pn_blas_faults *faults, const pn_blas *blas, pn_team *team);

#endif
