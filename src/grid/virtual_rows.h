// SPDX-License-Identifier: BSD-3-Clause
// How many virtual rows there are, and which process of a column hosts each.
#ifndef PN_GRID_VIRTUAL_ROWS_H
#define PN_GRID_VIRTUAL_ROWS_H

#include "base/status.h"

// Reverse greedy hosting of virtual rows inside a column of `height` processes: host[v] is the
// process row of virtual row v, host[virtual_rows]. Any trailing part of the rows is as balanced as
// whole rows allow, but every process hosts one at least. weights: [height], NULL is equal (then
// cyclic); virtual_rows is height at least. Failures: as pn_layout_deal.
pn_status pn_virtual_rows_assign(int *host, int virtual_rows, int height, const double *weights);

// The fewest virtual rows (at least the tallest height, at most 16 for each of its processes) with
// which no process hosts over 1 % more than its due; if there are none, those with the least
// excess. heights[columns]; weights: [sum of heights] column by column, NULL is equal.
pn_status pn_virtual_rows_choose(int *virtual_rows, int columns, const int *heights,
                                 const double *weights);

#endif
