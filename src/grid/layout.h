// SPDX-License-Identifier: BSD-3-Clause
// Who owns what. The matrix (N x N, with the right-hand side as column N and perhaps more columns
// that ride along behind it) is cut into blocks of NB.
// Block columns are dealt to process columns by a table, in unequal numbers if the columns are
// unlike; block rows are dealt cyclically to V virtual rows, and each process column has its own
// number of processes (its height), each hosting some of the V rows: in proportion to their weights
// where they are unlike. Pure: no communication.
//
// Inside a process, its blocks keep their global order, so "all from block k on" is one contiguous
// range of local rows or columns.
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
    int height;      // of the tallest column
    int ranks;       // sum of the heights
    int *heights;    // [columns]
    int *gaps;       // [columns]; that of column 0 says nothing
    int *host;       // [columns * virtual_rows] process row that hosts a virtual row
    int *seats;      // [columns * virtual_rows] a column's virtual rows, grouped by their host
    int *first_seat; // [columns * (height + 1)] where a process row's group begins in them
    int *rank_of;    // [columns * height] by column, then row; -1 where there is no process
    int32_t *owner;  // [column_blocks] process column of a block column
    int32_t *place;  // [column_blocks] its position among its owner's blocks
    pn_gidx *owned;  // [columns] number of block columns owned
} pn_layout;

// Failures: nonsense sizes or shares, caps that do not hold the matrix.
pn_status pn_layout_create(pn_layout **layout, const pn_layout_request *request);
void pn_layout_destroy(pn_layout *layout);

// Reverse greedy allocation (docs/design.md): deals `blocks` block columns from the last to the
// first, each to the column with the least (count + 1) / share that is below its cap; ties go to
// the faster, then to the one further left. Fills owner[blocks].
pn_status pn_layout_deal(int32_t *owner, pn_gidx blocks, int columns, const double *shares,
                         const pn_gidx *caps);

// Reverse greedy seating of virtual rows inside a column of `height` processes: host[v] is the
// process row of virtual row v, host[virtual_rows]. Any trailing part of the rows is as balanced as
// whole rows allow, but every process hosts one at least. weights: [height], NULL is equal (then
// cyclic); virtual_rows is height at least. Failures: as pn_layout_deal.
pn_status pn_layout_seat(int *host, int virtual_rows, int height, const double *weights);

// The fewest virtual rows (at least the tallest height, at most 16 for each of its processes) with
// which no process hosts over 1 % more than its due; if there are none, those with the least
// excess. heights[columns]; weights: [sum of heights] column by column, NULL is equal.
pn_status pn_layout_virtual_rows(int *virtual_rows, int columns, const int *heights,
                                 const double *weights);

// The same grid with other owners of the block columns: owner[column_blocks].
pn_status pn_layout_rearrange(pn_layout **layout, const pn_layout *from, const int32_t *owner);

// Mends owner[first..blocks) for other shares with few moves: from the last block to `first`, a
// block stays where it is unless its column would be done with it later than the one that would be
// done soonest, by more than all columns together need for half a block each. Returns the number of
// blocks that move: none if they were dealt by these shares without caps.
pn_gidx pn_layout_redeal(int32_t *owner, pn_gidx first, pn_gidx blocks, int columns,
                         const double *shares, const pn_gidx *caps);

// One process's view: its grid place and what it holds. Plain indices, cheap to copy.
typedef struct pn_place {
    const pn_layout *layout; // borrowed
    int rank;
    int row, column;         // process row in its column; process column
    int hosted;              // virtual rows hosted here
    const int *virtual_rows; // [hosted], ascending; borrowed from the layout
    pn_lidx rows;            // local rows
    pn_lidx columns;         // local columns, those that ride along included where they live
    pn_gidx *blocks;         // [layout->owned[column]] global block columns held, ascending
} pn_place;

pn_status pn_place_create(pn_place *place, const pn_layout *layout, int rank);
void pn_place_release(pn_place *place);
// Turns it into the place of another process of the same column.
void pn_place_change_row(pn_place *place, int process_row);

// Process column and row of global things; pn_layout_rank is -1 where there is no process.
int pn_layout_column_of(const pn_layout *layout, pn_gidx column);
int pn_layout_row_of(const pn_layout *layout, int process_column, pn_gidx row);
int pn_layout_rank(const pn_layout *layout, int process_row, int process_column);
// The process row of a column with the most rows in the block rows from `block` on, for which its
// column waits; of several the one that hosts the last row comes first, then the topmost.
int pn_layout_fullest_row(const pn_layout *layout, int process_column, pn_gidx block);
// The ranks that host a virtual row, one in each column: ranks[columns].
void pn_layout_row_ranks(const pn_layout *layout, int virtual_row, int *ranks);

// The order in which a panel goes round the process columns: ring[columns]. First the root, then
// the columns behind no slower a gap than need be, from the root to the left and round again,
// so that what is far comes last and no way leads there twice. `next`, who factors the next panel,
// is served before all others; -1: nobody has to be.
void pn_layout_ring(const pn_layout *layout, int root, int next, int *ring);

// Local rows (columns) of this place that lie before global row (column) `index`: the local index
// of the first one at or after it. 0 <= index <= N (width for columns).
pn_lidx pn_place_rows_before(const pn_place *place, pn_gidx row);
pn_lidx pn_place_columns_before(const pn_place *place, pn_gidx column);
// The same for any process of a column, without its place.
pn_lidx pn_layout_rows_before(const pn_layout *layout, int process_row, int process_column,
                              pn_gidx row);

// Global index of a local row (column).
pn_gidx pn_place_global_row(const pn_place *place, pn_lidx row);
pn_gidx pn_place_global_column(const pn_place *place, pn_lidx column);

#endif
