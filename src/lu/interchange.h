// SPDX-License-Identifier: BSD-3-Clause
// The row interchanges of a step, in sequence, turned into two lists: where each row of the pivot
// block comes from, and where the block's displaced rows go. Pure.
#ifndef PN_LU_INTERCHANGE_H
#define PN_LU_INTERCHANGE_H

#include "base/types.h"

typedef struct pn_interchange {
    int width;           // rows of the pivot block
    pn_gidx top;         // its first global row
    pn_gidx *source;     // [width] global row that becomes row top + i
    int moved;           // rows of the block that leave it
    pn_gidx *moved_from; // [moved] global rows of the block, ascending order of their pivots
    pn_gidx *moved_to;   // [moved] global rows below the block
} pn_interchange;

// Fills the lists from `width` pivots (row top + i was exchanged with row pivots[i] >= top + i, in
// this order). The arrays have room for `width` entries each.
void pn_interchange_fill(pn_interchange *interchange, const int64_t *pivots, pn_gidx top,
                         int width);

#endif
