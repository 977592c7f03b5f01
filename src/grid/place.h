// SPDX-License-Identifier: BSD-3-Clause
// What one process of a layout holds: index maps between the whole matrix and its part. Inside a
// process, its blocks keep their global order, so "all from block k on" is one contiguous range of
// local rows or columns.
#ifndef PN_GRID_PLACE_H
#define PN_GRID_PLACE_H

#include "grid/layout.h"

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
// The same where row and column are known, and no rank has to be looked for.
pn_status pn_place_create_at(pn_place *place, const pn_layout *layout, int process_row,
                             int process_column);
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
