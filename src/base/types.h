// SPDX-License-Identifier: BSD-3-Clause
// Integer types that keep global and local indices apart, and the smallest helpers.
#ifndef PN_BASE_TYPES_H
#define PN_BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t pn_gidx; // index or count in the whole matrix
typedef int64_t pn_lidx; // index or count in one process's part of it

static inline int64_t pn_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t pn_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t pn_ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static inline int64_t pn_round_up(int64_t a, int64_t multiple)
{
    return pn_ceil_div(a, multiple) * multiple;
}

#endif
