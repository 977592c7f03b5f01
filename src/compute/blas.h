// SPDX-License-Identifier: BSD-3-Clause
// The BLAS, opened at run time: any library with the CBLAS or the Fortran interface. Its own
// threading is set to one; threads are ours. Only compute/ and the host panel call it.
#ifndef PN_COMPUTE_BLAS_H
#define PN_COMPUTE_BLAS_H

#include "base/element.h"
#include "base/status.h"
#include "base/types.h"
#include "compute/gemm.h"

typedef struct pn_blas pn_blas;

// "auto" or a library: openblas, blis, mkl, reference, or a path. Failure names what was tried.
pn_status pn_blas_open(pn_blas **blas, const char *library);
// The library at `path` with its own choice of kernels, or with `variable` of the environment set
// to `value`; variables of the kind that the user set are taken away.
pn_status pn_blas_open_with(pn_blas **blas, const char *path, const char *variable,
                            const char *value);
void pn_blas_close(pn_blas *blas);
const char *pn_blas_name(const pn_blas *blas);    // "OpenBLAS 0.3.21"
const char *pn_blas_kernels(const pn_blas *blas); // "Cooperlake"; "" if it does not say
const char *pn_blas_path(const pn_blas *blas);
const struct pn_blas_identity *pn_blas_who(const pn_blas *blas); // compute/blas_family.h

// Failure: a library that `threads` threads of one process must not call at once.
pn_status pn_blas_suits(const pn_blas *blas, int threads);

// Whether it multiplies and solves in FP32 too.
bool pn_blas_has_single(const pn_blas *blas);

// By an element type of 16 bits only once pn_blas_open_half has found a library.
void pn_blas_gemm(const pn_blas *blas, const pn_gemm *task);

// Looks for a library of 16-bit products beside the BLAS (compute/half.h). Without one,
// pn_blas_half says none.
void pn_blas_open_half(pn_blas *blas);
const struct pn_half *pn_blas_half(const pn_blas *blas);

// B (m x n) := alpha inv(op(A)) B (side 'L') or B inv(op(A)) (side 'R'), column-major, FP64 or
// FP32.
typedef struct pn_trsm {
    char side, triangle, transpose, diagonal; // 'L'/'R', 'L'/'U', 'N'/'T', 'U'nit/'N'on-unit
    int m, n;
    double alpha;
    const void *a;
    int lda;
    void *b;
    int ldb;
    pn_element element;
} pn_trsm;
void pn_blas_trsm(const pn_blas *blas, const pn_trsm *task);

#endif
