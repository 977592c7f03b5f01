// SPDX-License-Identifier: BSD-3-Clause
// The dealing of block columns to unlike process columns. A greedy deal on machines of unlike speed
// keeps the slowest finish as early as it can be after every single block; dealt from the last
// block to the first, that holds for every trailing submatrix at once. With caps it stays so, and a
// fast part with little memory gets the rightmost columns, which carry the most work per byte.
#include "grid/deal.h"

#include "base/assertion.h"

#include <math.h>
#include <stdlib.h>

typedef struct dealer {
    int columns;
    const double *shares; // NULL: equal
    const pn_gidx *caps;  // NULL: none
    pn_gidx *count;       // [columns] dealt so far
    int *heap;            // [waiting] columns with room, the one that is next first
    int waiting;
} dealer;

static double share_of(const dealer *d, int column)
{
    return d->shares ? d->shares[column] : 1.0;
}

static bool has_room(const dealer *d, int column)
{
    return !d->caps || d->caps[column] < 0 || d->count[column] < d->caps[column];
}

// Whether a column gets the next block before another: it would be done first with one more; of
// equals the faster one, then the first.
static bool is_before(const dealer *d, int column, int other)
{
    double time = (double)(d->count[column] + 1) / share_of(d, column);
    double its = (double)(d->count[other] + 1) / share_of(d, other);
    if (time != its)
        return time < its;
    if (share_of(d, column) != share_of(d, other))
        return share_of(d, column) > share_of(d, other);
    return column < other;
}

// Lets the column at `at` of the heap sink to below whoever is before it.
static void sink(dealer *d, int at)
{
    int column = d->heap[at];
    for (int below = 2 * at + 1; below < d->waiting; below = 2 * at + 1) {
        if (below + 1 < d->waiting && is_before(d, d->heap[below + 1], d->heap[below]))
            below++;
        if (is_before(d, column, d->heap[below]))
            break;
        d->heap[at] = d->heap[below];
        at = below;
    }
    d->heap[at] = column;
}

static void queue_all(dealer *d)
{
    for (int column = 0; column < d->columns; column++)
        if (has_room(d, column))
            d->heap[d->waiting++] = column;
    for (int at = d->waiting / 2 - 1; at >= 0; at--)
        sink(d, at);
}

// The column that would be done first with one block more. Some column has room.
static int next_owner(dealer *d)
{
    int column = d->heap[0];
    d->count[column]++;
    if (!has_room(d, column))
        d->heap[0] = d->heap[--d->waiting];
    if (d->waiting > 0)
        sink(d, 0);
    return column;
}

static pn_status check_shares(const dealer *d)
{
    for (int column = 0; column < d->columns; column++) {
        double share = share_of(d, column);
        // A share so small that its inverse overflows would compare equal to every other such.
        if (!(share > 0 && isfinite(share) && isfinite(1e15 / share)))
            return pn_fail(PN_ERROR_USAGE,
                           "the share of process column %d is %g; a share is a positive number",
                           column, share);
    }
    return PN_OK;
}

static pn_status check_caps(const dealer *d, pn_gidx blocks)
{
    if (!d->caps)
        return PN_OK;
    pn_gidx room = 0;
    for (int column = 0; column < d->columns && room < blocks; column++)
        room += d->caps[column] < 0 ? blocks : pn_min(d->caps[column], blocks);
    if (room < blocks)
        return pn_fail(
            PN_ERROR_USAGE,
            "the matrix has %lld block columns, but the %d process columns have room for "
            "%lld together",
            (long long)blocks, d->columns, (long long)room);
    return PN_OK;
}

pn_status pn_layout_deal(int32_t *owner, pn_gidx blocks, int columns, const double *shares,
                         const pn_gidx *caps)
{
    dealer d = {.columns = columns, .shares = shares, .caps = caps};
    pn_status status = PN_OK;
    if (blocks < 0 || columns < 1)
        return pn_fail(PN_ERROR_USAGE,
                       "cannot deal %lld block columns to %d process columns; there has to be at "
                       "least one process column",
                       (long long)blocks, columns);
    PN_TRY(check_shares(&d));
    PN_TRY(check_caps(&d, blocks));
    d.count = calloc((size_t)columns, sizeof *d.count);
    d.heap = calloc((size_t)columns, sizeof *d.heap);
    if (!d.count || !d.heap)
        PN_TRY(pn_fail_memory("to deal to %d process columns", columns));
    queue_all(&d);
    for (pn_gidx block = blocks - 1; block >= 0; block--)
        owner[block] = next_owner(&d);
    for (int column = 0; column < columns; column++)
        pn_assert(!caps || caps[column] < 0 || d.count[column] <= caps[column],
                  "no process column is dealt more than it can hold");
fail:
    free(d.count);
    free(d.heap);
    return status;
}
