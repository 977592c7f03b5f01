// SPDX-License-Identifier: BSD-3-Clause
// A product of matrices, as all libraries that multiply are asked for it.
#ifndef PN_COMPUTE_GEMM_H
#define PN_COMPUTE_GEMM_H

#include "base/element.h"

// C (m x n) := alpha op(A) op(B) + beta C, all column-major and of one element type, FP64 or FP32,
// or A and B in bfloat16 and C in FP32, if the library was opened; transposed: 'N' or 'T'.
typedef struct pn_gemm {
    char transpose_a, transpose_b;
    int m, n, k;
    double alpha;
    const void *a;
    int lda;
    const void *b;
    int ldb;
    double beta;
    void *c;
    int ldc;
    pn_element element; // of A and B
} pn_gemm;

#endif
