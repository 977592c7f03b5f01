// SPDX-License-Identifier: BSD-3-Clause
// Changing who owns what while a run is under way.
#include "grid/redeal.h"

#include "base/assertion.h"

#include <stdlib.h>
#include <string.h>

static void *copy_of(const void *from, size_t bytes)
{
    void *copy = malloc(bytes + 1);
    if (copy)
        memcpy(copy, from, bytes);
    return copy;
}

static bool copy_tables(pn_layout *to, const pn_layout *from, const int32_t *owner)
{
    size_t columns = (size_t)from->columns, hosted = columns * (size_t)from->virtual_rows;
    size_t places = columns * (size_t)from->height, blocks = (size_t)from->column_blocks;
    to->heights = copy_of(from->heights, columns * sizeof *to->heights);
    to->gaps = copy_of(from->gaps, columns * sizeof *to->gaps);
    to->host = copy_of(from->host, hosted * sizeof *to->host);
    to->hosted = copy_of(from->hosted, hosted * sizeof *to->hosted);
    to->first_hosted = copy_of(from->first_hosted,
                               columns * ((size_t)from->height + 1) * sizeof *to->first_hosted);
    to->rank_of = copy_of(from->rank_of, places * sizeof *to->rank_of);
    to->owner = copy_of(owner, blocks * sizeof *to->owner);
    to->local_block = calloc(blocks, sizeof *to->local_block);
    to->owned = calloc(columns, sizeof *to->owned);
    return to->heights && to->gaps && to->host && to->hosted && to->first_hosted && to->rank_of &&
           to->owner && to->local_block && to->owned;
}

pn_status pn_layout_with_owners(pn_layout **result, const pn_layout *from, const int32_t *owner)
{
    *result = NULL;
    pn_layout *layout = malloc(sizeof *layout);
    if (!layout)
        return pn_fail_memory("for a layout");
    *layout = *from;
    if (!copy_tables(layout, from, owner)) {
        pn_layout_destroy(layout);
        return pn_fail_memory("for a layout");
    }
    for (pn_gidx block = 0; block < layout->column_blocks; block++) {
        pn_assert(owner[block] >= 0 && owner[block] < layout->columns,
                  "every block column has an owner among the process columns");
        layout->local_block[block] = (int32_t)layout->owned[owner[block]]++;
    }
    *result = layout;
    return PN_OK;
}

// Columns while blocks are dealt from the last to the first.
typedef struct tally {
    int columns;
    const double *shares;
    pn_gidx *count; // [columns] blocks dealt
    pn_gidx *room;  // [columns] blocks it can take in all
} tally;

// When a column would be done with one block more.
static double done(const tally *t, int column)
{
    return (double)(t->count[column] + 1) / t->shares[column];
}

// The column that would be done soonest with one block more; -1 if none has room.
static int soonest(const tally *t)
{
    int best = -1;
    for (int column = 0; column < t->columns; column++) {
        if (t->count[column] >= t->room[column] || t->shares[column] <= 0)
            continue;
        if (best < 0 || done(t, column) < done(t, best))
            best = column;
    }
    return best;
}

// What is left of the caps once the blocks that are done are counted: they stay in memory.
static void measure_room(tally *t, const int32_t *owner, pn_gidx first, pn_gidx blocks,
                         const pn_gidx *caps)
{
    for (int column = 0; column < t->columns; column++)
        t->room[column] = caps && caps[column] >= 0 ? caps[column] : blocks;
    for (pn_gidx block = 0; caps && block < first; block++)
        t->room[owner[block]]--;
}

static pn_gidx deal_again(tally *t, int32_t *owner, pn_gidx first, pn_gidx blocks)
{
    double sum = 0;
    pn_gidx moved = 0;
    for (int column = 0; column < t->columns; column++)
        sum += t->shares[column];
    double patience = 0.5 * t->columns / sum; // in which all together do half a block for each
    for (pn_gidx block = blocks - 1; block >= first; block--) {
        int now = owner[block], to = soonest(t);
        bool has_room = t->count[now] < t->room[now] && t->shares[now] > 0;
        if (to >= 0 && to != now && !(has_room && done(t, now) <= done(t, to) + patience)) {
            owner[block] = to;
            moved++;
        }
        t->count[owner[block]]++;
    }
    return moved;
}

pn_gidx pn_layout_redeal(int32_t *owner, pn_gidx first, pn_gidx blocks, int columns,
                         const double *shares, const pn_gidx *caps)
{
    tally t = {columns, shares, calloc((size_t)columns, sizeof *t.count),
               calloc((size_t)columns, sizeof *t.room)};
    pn_gidx moved = 0;
    if (t.count && t.room) {
        measure_room(&t, owner, first, blocks, caps);
        moved = deal_again(&t, owner, first, blocks);
    }
    free(t.count);
    free(t.room);
    return moved;
}
