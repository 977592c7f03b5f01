// SPDX-License-Identifier: BSD-3-Clause
// Who owns what. The matrix (N x N, with the right-hand side as column N and perhaps more columns
// that ride along behind it) is cut into blocks of NB.
// Block columns are dealt to process columns by a table, in unequal numbers if the columns are
// unlike; block rows are dealt cyclically to V virtual rows, and each process column has its own
// number of processes (its height), each hosting some of the V rows: in proportion to their weights
// where they are unlike. Pure: no communication.
#ifndef PN_GRID_LAYOUT_H
#define PN_GRID_LAYOUT_H

#include "base/settings.h"
#include "base/status.h"

typedef struct pn_layout_request {
    pn_gidx n;
    int nb;
    int riding;              // columns that ride along, at least 1; 0: the right-hand side alone
    int columns;             // Q
    const int *heights;      // [columns] processes in each; NULL: virtual_rows everywhere
    int virtual_rows;        // V; at least the tallest height
    const double *shares;    // [columns] relative speeds; NULL: equal
    const pn_gidx *caps;     // [columns] most block columns each can hold; NULL or < 0: no limit
    bool column_major_ranks; // places run down the process columns first (HPL's PMAP = 1)
    // Places are numbered from 0 along the rows of the grid (or down its columns), past where a
    // short column has no process.
    const int *order;      // [ranks] the rank that sits at each place; NULL: place i is rank i
    const double *weights; // [ranks] by place: relative speeds inside a column; NULL: equal
    // [columns] how slow the links are between a column and the one before it, 0 for the fastest;
    // by them the ring of a broadcast goes (pn_layout_ring). NULL: all alike.
    const int *gaps;
} pn_layout_request;

typedef struct pn_layout {
    pn_gidx n;
    int nb;
    pn_gidx width;         // columns of the matrix: N and those that ride along, N + 1 at least
    pn_gidx row_blocks;    // ceil(N / NB): also the number of steps
    pn_gidx column_blocks; // ceil(width / NB)
    int columns;
    int virtual_rows;
    int height;           // of the tallest column
    int ranks;            // sum of the heights
    int *heights;         // [columns]
    int *gaps;            // [columns]; that of column 0 says nothing
    int *host;            // [columns * virtual_rows] process row that hosts a virtual row
    int *hosted;          // [columns * virtual_rows] a column's virtual rows, grouped by their host
    int *first_hosted;    // [columns * (height + 1)] where a process row's group begins in them
    int *rank_of;         // [columns * height] by column, then row; -1 where there is no process
    int32_t *owner;       // [column_blocks] process column of a block column
    int32_t *local_block; // [column_blocks] its position among its owner's blocks
    pn_gidx *owned;       // [columns] number of block columns owned
} pn_layout;

// Failures: nonsense sizes or shares, caps that do not hold the matrix.
pn_status pn_layout_create(pn_layout **layout, const pn_layout_request *request);
void pn_layout_destroy(pn_layout *layout);

#endif
