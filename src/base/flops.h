// SPDX-License-Identifier: BSD-3-Clause
// What HPL counts for a solve, whatever was really computed: 2/3 N^3 for the factorisation and
// 3/2 N^2 for the solution.
#ifndef PN_BASE_FLOPS_H
#define PN_BASE_FLOPS_H

#include "base/types.h"

static inline double pn_linpack_flops(pn_gidx n)
{
    double size = (double)n;
    return size * size * (2.0 / 3.0 * size + 1.5);
}

#endif
