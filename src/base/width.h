// SPDX-License-Identifier: BSD-3-Clause
// How wide the matrix of order N is, before there is a layout to ask: the right-hand side rides
// along as column N, and further columns may behind it.
#ifndef PN_BASE_WIDTH_H
#define PN_BASE_WIDTH_H

#include "base/types.h"

// riding: columns that ride along, 1 at least; 0: the right-hand side alone.
static inline pn_gidx pn_width(pn_gidx n, int riding)
{
    return n + pn_max(riding, 1);
}

// Block columns with the right-hand side alone.
static inline pn_gidx pn_width_blocks(pn_gidx n, int nb)
{
    return pn_ceil_div(pn_width(n, 0), nb);
}

#endif
