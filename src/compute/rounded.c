// SPDX-License-Identifier: BSD-3-Clause
#include "compute/rounded.h"

#include "base/assertion.h"
#include "base/clones.h"

typedef uint32_t word __attribute__((may_alias)); // the bits of a float

// As pn_bfloat16_of, in a form that vector units can follow.
PN_CLONES static void round_words(uint16_t *restrict to, const word *restrict from, int64_t count,
                                  uint16_t sign)
{
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits = from[i], rounded = bits + 0x7fff + (bits >> 16 & 1);
        bool is_nan = (bits & INT32_MAX) > UINT32_C(0x7f800000);
        to[i] = (uint16_t)((is_nan ? bits | UINT32_C(0x400000) : rounded) >> 16 ^ sign);
    }
}

void pn_rounded_row(uint16_t *to, const float *from, int64_t count, bool negates)
{
    round_words(to, (const word *)from, count, negates ? UINT16_C(0x8000) : 0);
}

// Column after column, without gaps.
static void pack(uint16_t *to, const float *from, int64_t rows, int64_t columns, int64_t ld,
                 bool negates)
{
    for (int64_t j = 0; j < columns; j++)
        pn_rounded_row(to + j * rows, from + j * ld, rows, negates);
}

void pn_rounded_gemm(const pn_blas *blas, const pn_gemm *task, uint16_t *scratch)
{
    bool plain_a = task->transpose_a == 'N', plain_b = task->transpose_b == 'N';
    pn_gemm rounded = *task;
    uint16_t *a = scratch, *b = scratch + (int64_t)task->m * task->k;
    pn_assert(task->element == PN_FLOAT32 && task->alpha == -1 && task->beta == 1,
              "a product that is rounded is subtracted in FP32");
    rounded.lda = plain_a ? task->m : task->k;
    rounded.ldb = plain_b ? task->k : task->n;
    pack(a, task->a, rounded.lda, plain_a ? task->k : task->m, task->lda, true);
    pack(b, task->b, rounded.ldb, plain_b ? task->n : task->k, task->ldb, false);
    rounded.a = a;
    rounded.b = b;
    rounded.alpha = 1;
    rounded.element = PN_BFLOAT16;
    pn_blas_gemm(blas, &rounded);
}
