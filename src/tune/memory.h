// SPDX-License-Identifier: BSD-3-Clause
// What a rank's piece of the matrix takes, and how much fits: an estimate before there is a layout,
// a little above what pn_benchmark_bytes says exactly once there is one.
#ifndef PN_TUNE_MEMORY_H
#define PN_TUNE_MEMORY_H

#include "base/element.h"

typedef struct pn_piece { // of an N x N matrix, on one rank
    int64_t rows, columns;
    pn_element element;
    bool exchanged; // rows with other ranks
    int buffers;    // panels under way; 0: as many as by default
    // Nothing beside the matrix counts. So it is for ranks that are known from a machine file
    // alone: published runs, with programs of their own, filled all of the memory that their
    // machines are said to have (Frontier's of 2022 would not fit beside our panels).
    bool matrix_alone;
} pn_piece;

// Bytes that a rank takes for its piece.
int64_t pn_piece_bytes(pn_gidx n, int nb, const pn_piece *piece);

// Block columns, with the rows of the piece, that so many bytes hold; -1: not even none. The last
// column of all may be a part of one: at most pn_width_blocks(n, nb).
pn_gidx pn_piece_room(pn_gidx n, int nb, const pn_piece *piece, double bytes);

// Bytes that the most loaded rank takes for equal shares on a P x Q grid.
int64_t pn_rank_bytes(pn_gidx n, int nb, int p, int q);

#endif
