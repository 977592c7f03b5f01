// SPDX-License-Identifier: BSD-3-Clause
// The ring of a broadcast. Gaps between neighbouring columns make a tree of islands: at each level
// an island is a run of columns with no wider gap inside. The ring fills the root's island of the
// lowest level, then that of the next, and so on: each wider gap is crossed as late as possible,
// and an island is entered once. Otherwise it goes to the left: blocks are dealt from the last to
// the first, so that is mostly where the panels after this one come from.
#include "grid/ring.h"

#include <assert.h>

// Ends of the island of columns around [first, last] with no gap wider than `level`.
typedef struct island {
    int first, last;
} island;

static island widen(const pn_layout *layout, island here, int level)
{
    while (here.first > 0 && layout->gaps[here.first] <= level)
        here.first--;
    while (here.last + 1 < layout->columns && layout->gaps[here.last + 1] <= level)
        here.last++;
    return here;
}

// The narrower gap at the ends of an island; there is one.
static int way_out(const pn_layout *layout, island here)
{
    bool left = here.first > 0, right = here.last + 1 < layout->columns;
    int before = left ? layout->gaps[here.first] : 0;
    int behind = right ? layout->gaps[here.last + 1] : 0;
    return left && right ? (int)pn_min(before, behind) : left ? before : behind;
}

// Moves `next` up to the place behind the root.
static void serve_first(int *ring, int columns, int next)
{
    int at = 1;
    while (at < columns && ring[at] != next)
        at++;
    if (at == columns)
        return;
    for (; at > 1; at--)
        ring[at] = ring[at - 1];
    ring[1] = next;
}

void pn_layout_ring(const pn_layout *layout, int root, int next, int *ring)
{
    assert(root >= 0 && root < layout->columns);
    island done = {root, root};
    int count = 0;
    ring[count++] = root;
    while (count < layout->columns) {
        island wider = widen(layout, done, way_out(layout, done));
        for (int column = done.first - 1; column >= wider.first; column--)
            ring[count++] = column;
        for (int column = wider.last; column > done.last; column--)
            ring[count++] = column;
        done = wider;
    }
    serve_first(ring, layout->columns, next);
}
