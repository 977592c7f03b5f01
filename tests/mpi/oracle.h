// SPDX-License-Identifier: BSD-3-Clause
// What whole solutions are compared with: HPL's matrix by textbook elimination in one process.
#ifndef PN_TESTS_MPI_ORACLE_H
#define PN_TESTS_MPI_ORACLE_H

#include "../naive.h"
#include "base/lcg.h"

// The matrix with seed 100 and all of its `width` columns, factored in place: L\U, then inv(L) P of
// the columns that ride along. Column-major, n rows; the caller frees it. pivots: [n].
static inline double *oracle_factored(pn_gidx n, pn_gidx width, int64_t *pivots)
{
    double *a = malloc(sizeof *a * (size_t)(n * width));
    if (!a)
        abort();
    for (pn_gidx j = 0; j < width; j++)
        for (pn_gidx i = 0; i < n; i++)
            a[i + j * n] = pn_lcg_value(pn_lcg_state(100, n, i, j));
    naive_factor(&(naive_matrix){a, n, n, width}, (int)n, pivots);
    return a;
}

// x[n] of the matrix with seed 100; the caller frees it.
static inline double *oracle_solution(pn_gidx n)
{
    int64_t *pivots = malloc(sizeof *pivots * (size_t)n);
    double *x = malloc(sizeof *x * (size_t)n);
    if (!x || !pivots)
        abort();
    double *a = oracle_factored(n, n + 1, pivots);
    naive_back(&(naive_matrix){a, n, n, n + 1}, x);
    free(a);
    free(pivots);
    return x;
}

#endif
