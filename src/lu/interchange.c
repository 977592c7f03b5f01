// SPDX-License-Identifier: BSD-3-Clause
// Rows of the block that are still to be treated hold original block rows throughout (an
// interchange brings in a row from below only for the row just treated), so what leaves the block
// is always one of its own rows.
#include "lu/interchange.h"

#include "base/assertion.h"

// Where row `row` stands among the rows below that were touched so far; `moved` if it is new.
static int find_below(const pn_interchange *x, pn_gidx row)
{
    int i = 0;
    while (i < x->moved && x->moved_to[i] != row)
        i++;
    return i;
}

static void exchange_with_block(pn_interchange *x, int i, int other)
{
    pn_gidx kept = x->source[i];
    x->source[i] = x->source[other];
    x->source[other] = kept;
}

static void exchange_with_below(pn_interchange *x, int i, pn_gidx row)
{
    int at = find_below(x, row);
    pn_gidx arriving = at < x->moved ? x->moved_from[at] : row;
    x->moved_from[at] = x->source[i];
    x->moved_to[at] = row;
    if (at == x->moved)
        x->moved++;
    x->source[i] = arriving;
}

void pn_interchange_fill(pn_interchange *x, const int64_t *pivots, pn_gidx top, int width)
{
    x->width = width;
    x->top = top;
    x->moved = 0;
    for (int i = 0; i < width; i++)
        x->source[i] = top + i;
    for (int i = 0; i < width; i++) {
        pn_assert(pivots[i] >= top + i, "a pivot is at or below the row that it is for");
        if (pivots[i] < top + width)
            exchange_with_block(x, i, (int)(pivots[i] - top));
        else
            exchange_with_below(x, i, pivots[i]);
    }
}
