// SPDX-License-Identifier: BSD-3-Clause
// What whole solutions are compared with: x of HPL's matrix by textbook elimination in one process.
#ifndef PN_TESTS_MPI_ORACLE_H
#define PN_TESTS_MPI_ORACLE_H

#include "../naive.h"
#include "base/lcg.h"

// x[n] of the matrix with seed 100; the caller frees it.
static inline double *oracle_solution(pn_gidx n)
{
    double *a = malloc(sizeof *a * (size_t)(n * (n + 1))), *x = malloc(sizeof *x * (size_t)n);
    int64_t *pivots = malloc(sizeof *pivots * (size_t)n);
    if (!a || !x || !pivots)
        abort();
    for (pn_gidx j = 0; j <= n; j++)
        for (pn_gidx i = 0; i < n; i++)
            a[i + j * n] = pn_lcg_value(pn_lcg_state(100, n, i, j));
    naive_matrix matrix = {a, n, n, n + 1};
    naive_factor(&matrix, (int)n, pivots);
    naive_back(&matrix, x);
    free(a);
    free(pivots);
    return x;
}

#endif
