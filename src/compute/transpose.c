// SPDX-License-Identifier: BSD-3-Clause
// Four by four numbers in registers, in tiles of a cache line each way: three times as fast as
// loops over single numbers, which read or write a line for each. Lines of a tile lie far apart, so
// that hardware does not see them coming: those of the next tiles are asked for before. Two cores
// move 12 to 13 GB/s so, and 6.5 to 7 without (16,000 rows of 1,024 of a matrix of 1 GB, either
// way).
#include "compute/transpose.h"

enum {
    FOUR = 4,
    TILE = 16,
    BAND = 4 * TILE, // rows that are turned round together
    AHEAD = 2 * TILE // columns that are read in advance
};

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

// Lines that a tile reads or writes.
static void ask_for(const float *tile, pn_lidx ld, int is_written)
{
    for (int i = 0; i < TILE; i++)
        if (is_written)
            __builtin_prefetch(tile + i * ld, 1);
        else
            __builtin_prefetch(tile + i * ld, 0);
}

// Whole tiles.
static void transpose_band(float *to, pn_lidx ld_to, const float *from, pn_lidx ld_from,
                           pn_lidx rows, pn_lidx columns)
{
    for (pn_lidx j = 0; j < columns; j += TILE)
        for (pn_lidx i = 0; i < rows; i += TILE) {
            if (j + TILE < columns)
                ask_for(to + (j + TILE) * ld_to + i, ld_to, 1);
            if (j + AHEAD < columns)
                ask_for(from + i * ld_from + j + AHEAD, ld_from, 0);
            transpose_tile(to + j * ld_to + i, ld_to, from + i * ld_from + j, ld_from);
        }
}

void pn_transpose_single(float *to, pn_lidx ld_to, const float *from, pn_lidx ld_from, pn_lidx rows,
                         pn_lidx columns)
{
    pn_lidx whole_rows = rows / TILE * TILE, whole_columns = columns / TILE * TILE;
    for (pn_lidx i = 0; i < whole_rows; i += BAND)
        transpose_band(to + i, ld_to, from + i * ld_from, ld_from, pn_min(BAND, whole_rows - i),
                       whole_columns);
    transpose_one_by_one(to + whole_columns * ld_to, ld_to, from + whole_columns, ld_from,
                         whole_rows, columns - whole_columns);
    transpose_one_by_one(to + whole_rows, ld_to, from + whole_rows * ld_from, ld_from,
                         rows - whole_rows, columns);
}
