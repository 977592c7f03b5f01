// SPDX-License-Identifier: BSD-3-Clause
// Four by four numbers in registers, in tiles of a cache line each way: three times as fast as
// loops over single numbers, which read or write a line for each.
#include "compute/transpose.h"

enum { FOUR = 4, TILE = 16 };

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

static inline void transpose_four(float *to, pn_lidx ld_to, const float *from, pn_lidx ld_from)
{
    four a = *(const four *)from, b = *(const four *)(from + ld_from);
    four c = *(const four *)(from + 2 * ld_from), d = *(const four *)(from + 3 * ld_from);
    four ac_low = __builtin_shufflevector(a, c, 0, 4, 1, 5);
    four ac_high = __builtin_shufflevector(a, c, 2, 6, 3, 7);
    four bd_low = __builtin_shufflevector(b, d, 0, 4, 1, 5);
    four bd_high = __builtin_shufflevector(b, d, 2, 6, 3, 7);
    *(four *)to = __builtin_shufflevector(ac_low, bd_low, 0, 4, 1, 5);
    *(four *)(to + ld_to) = __builtin_shufflevector(ac_low, bd_low, 2, 6, 3, 7);
    *(four *)(to + 2 * ld_to) = __builtin_shufflevector(ac_high, bd_high, 0, 4, 1, 5);
    *(four *)(to + 3 * ld_to) = __builtin_shufflevector(ac_high, bd_high, 2, 6, 3, 7);
}

static void transpose_one_by_one(float *to, pn_lidx ld_to, const float *from, pn_lidx ld_from,
                                 pn_lidx rows, pn_lidx columns)
{
    for (pn_lidx i = 0; i < rows; i++)
        for (pn_lidx j = 0; j < columns; j++)
            to[j * ld_to + i] = from[i * ld_from + j];
}

static void transpose_tile(float *to, pn_lidx ld_to, const float *from, pn_lidx ld_from)
{
    for (int j = 0; j < TILE; j += FOUR)
        for (int i = 0; i < TILE; i += FOUR)
            transpose_four(to + j * ld_to + i, ld_to, from + i * ld_from + j, ld_from);
}

void pn_transpose_single(float *to, pn_lidx ld_to, const float *from, pn_lidx ld_from, pn_lidx rows,
                         pn_lidx columns)
{
    pn_lidx whole_rows = rows / TILE * TILE, whole_columns = columns / TILE * TILE;
    for (pn_lidx i = 0; i < whole_rows; i += TILE)
        for (pn_lidx j = 0; j < whole_columns; j += TILE)
            transpose_tile(to + j * ld_to + i, ld_to, from + i * ld_from + j, ld_from);
    transpose_one_by_one(to + whole_columns * ld_to, ld_to, from + whole_columns, ld_from,
                         whole_rows, columns - whole_columns);
    transpose_one_by_one(to + whole_rows, ld_to, from + whole_rows * ld_from, ld_from,
                         rows - whole_rows, columns);
}
