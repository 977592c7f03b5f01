// SPDX-License-Identifier: BSD-3-Clause
// What the tests compare with: random numbers that are the same everywhere, and Gaussian
// elimination with partial pivoting as in a textbook, column-major, without any of the program's
// own code.
#ifndef PN_TESTS_NAIVE_H
#define PN_TESTS_NAIVE_H

#include "base/types.h"

#include <math.h>
#include <stdlib.h>

static inline unsigned naive_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

// In [-0.5, 0.5).
static inline double naive_number(uint64_t *state)
{
    return (double)naive_below(state, 1u << 30) * 0x1p-30 - 0.5;
}

static inline double *naive_numbers(size_t count, uint64_t seed)
{
    double *values = malloc((count + 1) * sizeof *values);
    for (size_t i = 0; values && i < count; i++)
        values[i] = naive_number(&seed);
    return values;
}

typedef struct naive_matrix {
    double *a; // column-major
    pn_lidx ld;
    pn_lidx rows, columns;
} naive_matrix;

static inline void naive_exchange(const naive_matrix *m, pn_lidx one, pn_lidx other)
{
    for (pn_lidx j = 0; j < m->columns; j++) {
        double kept = m->a[j * m->ld + one];
        m->a[j * m->ld + one] = m->a[j * m->ld + other];
        m->a[j * m->ld + other] = kept;
    }
}

// Factors the first `width` columns in place, all columns brought along; pivots[i] is the row that
// was exchanged with row i: the first of those with the largest magnitude.
static inline void naive_factor(const naive_matrix *m, int width, int64_t *pivots)
{
    for (int k = 0; k < width; k++) {
        double *column = m->a + k * m->ld;
        pn_lidx best = k;
        for (pn_lidx i = k + 1; i < m->rows; i++)
            if (fabs(column[i]) > fabs(column[best]))
                best = i;
        pivots[k] = best;
        naive_exchange(m, k, best);
        for (pn_lidx i = k + 1; i < m->rows && column[k] != 0; i++)
            column[i] /= column[k];
        for (pn_lidx j = k + 1; j < m->columns; j++)
            for (pn_lidx i = k + 1; i < m->rows; i++)
                m->a[j * m->ld + i] -= column[i] * m->a[j * m->ld + k];
    }
}

// x from the factored [A b] of n x (n + 1).
static inline void naive_back(const naive_matrix *m, double *x)
{
    for (pn_lidx i = m->rows - 1; i >= 0; i--) {
        x[i] = m->a[m->rows * m->ld + i];
        for (pn_lidx j = i + 1; j < m->rows; j++)
            x[i] -= m->a[j * m->ld + i] * x[j];
        x[i] /= m->a[i * m->ld + i];
    }
}

static inline double naive_largest(const double *values, pn_lidx count)
{
    double largest = 0;
    for (pn_lidx i = 0; i < count; i++)
        largest = fmax(largest, fabs(values[i]));
    return largest;
}

#endif
