// SPDX-License-Identifier: BSD-3-Clause
// FP32 numbers rounded to 16 bits, and products of what was rounded.
#ifndef PN_COMPUTE_ROUNDED_H
#define PN_COMPUTE_ROUNDED_H

#include "compute/blas.h"

#include <stddef.h>
#include <stdint.h>

// to[count] := from[count], or less it, to the nearest; what is not a number stays none.
void pn_rounded_row(uint16_t *to, const float *from, int64_t count, bool negates);

// Numbers of scratch for a product of this size.
static inline size_t pn_rounded_scratch(int64_t m, int64_t n, int64_t k)
{
    return (size_t)((m + n) * k);
}

// C := C - op(A) op(B) as `task` has it in FP32 (alpha = -1, beta = 1), of A and B rounded to
// bfloat16 in `scratch`. The library of 16-bit products is open.
void pn_rounded_gemm(const pn_blas *blas, const pn_gemm *task, uint16_t *scratch);

#endif
