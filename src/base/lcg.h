// SPDX-License-Identifier: BSD-3-Clause
// The numbers of HPL's matrix: a 64-bit linear congruential sequence X(m+1) = a X(m) + 1 mod 2^64
// with a = 6364136223846793005 and X(0) = seed (100 in HPL). Entry (i, j) of the N x (N+1) matrix
// [A b] is 0.5 - X(m) / 2^64 for m = 1 + i + j N, X(m) rounded to a double first: the seed itself
// is no entry, as the norms that HPL prints show. Any place is reached in O(log m) steps.
#ifndef PN_BASE_LCG_H
#define PN_BASE_LCG_H

#include "base/types.h"

#include <string.h>

// x -> multiplier x + addend: some number of steps at once.
typedef struct pn_lcg_jump {
    uint64_t multiplier, addend;
} pn_lcg_jump;

pn_lcg_jump pn_lcg_jump_by(uint64_t steps);

#define PN_LCG_MULTIPLIER UINT64_C(6364136223846793005)

// One step on: for numbers of no meaning, too.
static inline uint64_t pn_lcg_next(uint64_t state)
{
    return PN_LCG_MULTIPLIER * state + 1;
}

static inline uint64_t pn_lcg_after(uint64_t state, pn_lcg_jump jump)
{
    return jump.multiplier * state + jump.addend;
}

// The state of entry (row, column) of the n x (n+1) matrix.
uint64_t pn_lcg_state(uint64_t seed, pn_gidx n, pn_gidx row, pn_gidx column);

#define PN_LCG_HIGH UINT64_C(0x4530000000000000) // with a half as its low bits: 2^84 + half 2^32
#define PN_LCG_LOW UINT64_C(0x4330000000000000)  // 2^52 + half

static inline double pn_lcg_value(uint64_t state)
{
    // The halves of the state are put into doubles of known exponent; both differences are exact
    // and the sum rounds once. Unlike a conversion, all vector units can do this.
    uint64_t high_bits = state >> 32 | PN_LCG_HIGH, low_bits = (state & UINT32_MAX) | PN_LCG_LOW;
    double high, low;
    memcpy(&high, &high_bits, sizeof high);
    memcpy(&low, &low_bits, sizeof low);
    return 0.5 - ((high - (0x1p84 + 0x1p52)) + low) * 0x1p-64;
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
