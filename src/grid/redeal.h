// SPDX-License-Identifier: BSD-3-Clause
// Changing who owns what while a run is under way.
#ifndef PN_GRID_REDEAL_H
#define PN_GRID_REDEAL_H

#include "grid/layout.h"

// The same grid with other owners of the block columns: owner[column_blocks].
pn_status pn_layout_with_owners(pn_layout **layout, const pn_layout *from, const int32_t *owner);

// Mends owner[first..blocks) for other shares with few moves: from the last block to `first`, a
// block stays where it is unless its column would be done with it later than the one that would be
// done soonest, by more than all columns together need for half a block each. Returns the number of
// blocks that move: none if they were dealt by these shares without caps.
pn_gidx pn_layout_redeal(int32_t *owner, pn_gidx first, pn_gidx blocks, int columns,
                         const double *shares, const pn_gidx *caps);

#endif
