// SPDX-License-Identifier: BSD-3-Clause
// The numbers of HPL's matrix: a 64-bit linear congruential sequence X(m+1) = a X(m) + 1 mod 2^64
// with a = 6364136223846793005 and X(0) = seed (100 in HPL); number m is 0.5 - X(m) / 2^64, X(m)
// rounded to a double first. Entry (i, j) of the N x (N+1) matrix [A b] is number i + j N. Any
// place of the sequence is reached in O(log m) steps. (Source: HPL 2.3's documentation of
// HPL_rand.)
#ifndef PN_BASE_LCG_H
#define PN_BASE_LCG_H

#include "base/types.h"

// x -> multiplier x + addend: some number of steps at once.
typedef struct pn_lcg_jump {
    uint64_t multiplier, addend;
} pn_lcg_jump;

pn_lcg_jump pn_lcg_jump_by(uint64_t steps);

static inline uint64_t pn_lcg_after(uint64_t state, pn_lcg_jump jump)
{
    return jump.multiplier * state + jump.addend;
}

// The state of entry (row, column) of the n x (n+1) matrix.
uint64_t pn_lcg_state(uint64_t seed, pn_gidx n, pn_gidx row, pn_gidx column);

static inline double pn_lcg_value(uint64_t state)
{
    return 0.5 - (double)state * 0x1p-64;
}

// values[c] := number of state, one jump further each; `count` of them. Returns the state after the
// last.
uint64_t pn_lcg_series(double *values, pn_lidx count, uint64_t state, pn_lcg_jump jump);

typedef struct pn_lcg_rectangle {
    double *data; // row-major
    pn_lidx ld;
    pn_lidx rows, columns;
    const pn_gidx *row;    // [rows] of the matrix
    const pn_gidx *column; // [columns] of the matrix; runs of consecutive ones are filled fast
    pn_gidx n;
    uint64_t seed;
} pn_lcg_rectangle;

void pn_lcg_fill(const pn_lcg_rectangle *rectangle);

#endif
