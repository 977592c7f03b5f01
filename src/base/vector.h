// SPDX-License-Identifier: BSD-3-Clause
// Two doubles at once, as GCC and Clang know them on every processor: loops over small arrays of
// lanes are left half scalar by GCC 12, three times as slow. Reading and writing through a pointer
// to them needs no more alignment than doubles have. Wider ones would be twice as fast again with
// AVX, and several times slower without it.
#ifndef PN_BASE_VECTOR_H
#define PN_BASE_VECTOR_H

#include <stdint.h>

enum { PN_VECTOR = 2 };

typedef double pn_vector __attribute__((vector_size(16), aligned(8), may_alias));
typedef uint64_t pn_vector_words __attribute__((vector_size(16), aligned(8), may_alias));

static inline pn_vector pn_vector_abs(pn_vector x)
{
    return (pn_vector)((pn_vector_words)x & (UINT64_MAX >> 1));
}

// All ones in the lanes where x > y, both at least 0: their bits order as the numbers do, and
// comparisons are not to be had on every processor. NaN is larger than all.
static inline pn_vector_words pn_vector_larger(pn_vector x, pn_vector y)
{
    return -(((pn_vector_words)y - (pn_vector_words)x) >> 63);
}

static inline pn_vector pn_vector_choose(pn_vector_words holds, pn_vector yes, pn_vector no)
{
    return (pn_vector)(((pn_vector_words)yes & holds) | ((pn_vector_words)no & ~holds));
}

#endif
