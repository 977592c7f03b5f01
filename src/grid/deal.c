// SPDX-License-Identifier: BSD-3-Clause
// The dealing of block columns to unlike process columns. A greedy deal on machines of unlike speed
// keeps the slowest finish as early as it can be after every single block; dealt from the last
// block to the first, that holds for every trailing submatrix at once. With caps it stays so, and a
// fast part with little memory gets the rightmost columns, which carry the most work per byte.
#include "grid/deal.h"

#include <math.h>
#include <stdlib.h>

typedef struct dealer {
    int columns;
    const double *shares; // NULL: equal
    const pn_gidx *caps;  // NULL: none
    pn_gidx *count;       // [columns] dealt so far
} dealer;

static double share_of(const dealer *d, int column)
{
    return d->shares ? d->shares[column] : 1.0;
}

static bool has_room(const dealer *d, int column)
{
    return !d->caps || d->caps[column] < 0 || d->count[column] < d->caps[column];
}

// The column that would be done first with one block more. Some column has room.
static int next_owner(const dealer *d)
{
    int best = -1;
    double best_time = INFINITY;
    for (int column = 0; column < d->columns; column++) {
        if (!has_room(d, column))
            continue;
        double time = (double)(d->count[column] + 1) / share_of(d, column);
        bool faster = best >= 0 && share_of(d, column) > share_of(d, best);
        if (best < 0 || time < best_time || (time == best_time && faster)) {
            best = column;
            best_time = time;
        }
    }
    return best;
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
    if (!d.count)
        return pn_fail(PN_ERROR_MEMORY, "no memory to deal to %d process columns", columns);
    for (pn_gidx block = blocks - 1; block >= 0; block--) {
        int column = next_owner(&d);
        owner[block] = column;
        d.count[column]++;
    }
fail:
    free(d.count);
    return status;
}
