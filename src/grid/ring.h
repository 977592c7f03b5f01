// SPDX-License-Identifier: BSD-3-Clause
// The way of a panel round the process columns.
#ifndef PN_GRID_RING_H
#define PN_GRID_RING_H

#include "grid/layout.h"

// The order in which a panel goes round the process columns: ring[columns]. First the root, then
// the columns behind no slower a gap than need be, from the root to the left and round again,
// so that what is far comes last and no way leads there twice. `next`, who factors the next panel,
// is served before all others; -1: nobody has to be.
void pn_layout_ring(const pn_layout *layout, int root, int next, int *ring);

#endif
