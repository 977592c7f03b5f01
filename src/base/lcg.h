// SPDX-License-Identifier: BSD-3-Clause
// HPL's matrix, entry by entry: the linear congruential sequence X(n + 1) = a X(n) + 1 mod 2^64
// from X(0) = seed, with a = 6364136223846793005. Entry (i, j) of the N x (N + 1) matrix [A b] is
// number i + j N of the sequence, so any part of it can be made anywhere, for any distribution.
#ifndef PN_BASE_LCG_H
#define PN_BASE_LCG_H

#include "base/types.h"

#include <string.h>

// So many steps at once: X(n + steps) = multiplier X(n) + addend. Steps count modulo 2^64.
typedef struct pn_lcg_jump {
    uint64_t multiplier, addend;
} pn_lcg_jump;

pn_lcg_jump pn_lcg_jump_by(uint64_t steps);

// X(number).
uint64_t pn_lcg_state(uint64_t seed, uint64_t number);

static inline uint64_t pn_lcg_advance(pn_lcg_jump jump, uint64_t x)
{
    return jump.multiplier * x + jump.addend;
}

// The matrix entry that X stands for: 0.5 - X 2^-64, X rounded to the nearest double first.
static inline double pn_lcg_value(uint64_t x)
{
    // The halves of X are put into doubles of known exponent; both differences are exact and the
    // sum rounds once. Unlike a conversion, all vector units can do this.
    uint64_t high_bits = x >> 32 | UINT64_C(0x4530000000000000);         // 2^84 + high 2^32
    uint64_t low_bits = (x & UINT32_MAX) | UINT64_C(0x4330000000000000); // 2^52 + low
    double high, low;
    memcpy(&high, &high_bits, sizeof high);
    memcpy(&low, &low_bits, sizeof low);
    return 0.5 - ((high - (0x1p84 + 0x1p52)) + low) * 0x1p-64;
}

// A rectangle of matrix entries in row-major order. Fastest where indices are consecutive.
typedef struct pn_lcg_rectangle {
    double *data;
    pn_lidx ld; // >= columns
    pn_lidx rows, columns;
    const pn_gidx *row;    // [rows] global rows
    const pn_gidx *column; // [columns] global columns, 0..n; n is the right-hand side
    pn_gidx n;
    uint64_t seed;
} pn_lcg_rectangle;

void pn_lcg_fill(const pn_lcg_rectangle *rectangle);

#endif
