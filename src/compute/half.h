// SPDX-License-Identifier: BSD-3-Clause
// Products of bfloat16 numbers, summed in FP32: C (FP32) := alpha op(A) op(B) + beta C. No BLAS has
// to have them, so they come from whatever library there is that does, opened at run time; each is
// held against plain loops before it is used.
#ifndef PN_COMPUTE_HALF_H
#define PN_COMPUTE_HALF_H

#include "compute/gemm.h"

typedef enum pn_half_kind { // in the order in which they are tried
    PN_HALF_NONE,
    PN_HALF_ONEDNN,
    PN_HALF_MKL,
    PN_HALF_AOCL,
    PN_HALF_OPENBLAS, // where sbgemm was built in
    PN_HALF_KINDS
} pn_half_kind;

typedef struct pn_half {
    pn_half_kind kind;
    void *library; // of its own; NULL: the BLAS itself
    void *function;
    char refused[192]; // libraries that were found and not taken, and why; "" if none
} pn_half;

const char *pn_half_name(pn_half_kind kind); // "oneDNN"; "none"

// The first of all that computes rightly, or none. blas: the library that is open anyway; NULL:
// none is.
void pn_half_open(pn_half *half, void *blas);
// The library in `file` alone, taken for one of that kind; false if it is not there, has no such
// product, or a wrong one (then `refused` says so).
bool pn_half_open_file(pn_half *half, pn_half_kind kind, const char *file);
void pn_half_close(pn_half *half);

// task->element is PN_BFLOAT16. false: the library refused.
bool pn_half_multiply(const pn_half *half, const pn_gemm *task);

#endif
