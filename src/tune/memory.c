// SPDX-License-Identifier: BSD-3-Clause
// A piece of the matrix and what lies beside it, as pn_benchmark_bytes will count it: the same
// terms with bounds in place of what only a layout knows.
#include "tune/memory.h"

#include "base/settings.h"
#include "base/width.h"

#include <math.h>

// Beside the matrix: panels under way (with room at their ends), row blocks (more where rows are
// exchanged between processes), the solution, and what a process takes without a matrix.
enum { PANELS = 2, PANEL_ENDS = 768, HALF_ROW_BLOCKS = 2, HALF_ROW_BLOCKS_EXCHANGED = 5 };
enum { PADDING = 16, FIXED_BYTES = 8 << 20 };

int64_t pn_piece_bytes(pn_gidx n, int nb, const pn_piece *p)
{
    int64_t rows = p->rows, columns = p->columns;
    if (p->matrix_alone)
        return pn_element_bytes(p->element) * rows * columns;
    int64_t matrix = rows * (columns + PADDING);
    int64_t panels = pn_max(PANELS, p->buffers) * (rows + PANEL_ENDS + nb) * nb;
    int64_t half_blocks = p->exchanged ? HALF_ROW_BLOCKS_EXCHANGED : HALF_ROW_BLOCKS;
    int64_t row_blocks = half_blocks * (columns + PADDING) * nb / 2;
    int64_t entries = matrix + panels + row_blocks;
    int vectors = pn_settings_vectors(&(pn_settings){.element = p->element});
    int64_t rounded = p->element == PN_FLOAT64 ? 0 : panels + (columns + PADDING) * nb;
    return pn_element_bytes(p->element) * entries + 2 * rounded + 8 * vectors * n + FIXED_BYTES;
}

static double bytes_with(pn_gidx n, int nb, const pn_piece *piece, pn_gidx blocks)
{
    pn_piece filled = *piece;
    filled.columns = pn_min(pn_width(n, 0), blocks * nb);
    return (double)pn_piece_bytes(n, nb, &filled);
}

pn_gidx pn_piece_room(pn_gidx n, int nb, const pn_piece *piece, double bytes)
{
    pn_gidx all = pn_width_blocks(n, nb);
    double least = bytes_with(n, nb, piece, 0);
    if (least > bytes)
        return -1;
    if (bytes_with(n, nb, piece, all) <= bytes)
        return all;
    // Whole block columns take equally much, to the bytes of a rounded half.
    double each = bytes_with(n, nb, piece, 1) - least;
    pn_gidx room = all > 1 ? pn_min(all - 1, (pn_gidx)floor((bytes - least) / each)) : 0;
    while (room > 0 && bytes_with(n, nb, piece, room) > bytes)
        room--;
    while (room + 1 < all && bytes_with(n, nb, piece, room + 1) <= bytes)
        room++;
    return room;
}

int64_t pn_rank_bytes(pn_gidx n, int nb, int p, int q)
{
    pn_piece mine = {.rows = pn_min(n, pn_ceil_div(pn_ceil_div(n, nb), p) * nb),
                     .columns = pn_min(pn_width(n, 0), pn_ceil_div(pn_width_blocks(n, nb), q) * nb),
                     .exchanged = p > 1};
    return pn_piece_bytes(n, nb, &mine);
}
