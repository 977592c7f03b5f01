// SPDX-License-Identifier: BSD-3-Clause
// The table of kinds: what is in the job, what the ranks of each kind deliver and get. Ranks of one
// kind that are left out have a row of their own for each reason.
#include "tune/choice_kinds.h"

#include "base/width.h"
#include "grid/deal.h"
#include "grid/layout.h"

#include <stdlib.h>
#include <string.h>

typedef struct table {
    const pn_choice *choice;
    const pn_rank_info *info;
    pn_choice_kind *kinds;
    int *kind_of;   // [ranks] row of a rank; -1: not yet, or there is no room for it
    pn_gidx *owned; // [columns]
    int count, most;
} table;

static bool is_of_one_row(const table *t, int rank, int other)
{
    return t->info[rank].kind_id == t->info[other].kind_id &&
           t->choice->ranks[rank].left_out == t->choice->ranks[other].left_out;
}

// Sets the row of a rank: that of a rank like it, or a new one.
static void find_row(table *t, int rank)
{
    for (int other = 0; other < t->choice->rank_count && t->kind_of[rank] < 0; other++)
        if (t->kind_of[other] >= 0 && is_of_one_row(t, rank, other))
            t->kind_of[rank] = t->kind_of[other];
    if (t->kind_of[rank] >= 0 || t->count == t->most)
        return;
    pn_choice_kind *fresh = &t->kinds[t->count];
    *fresh = (pn_choice_kind){.left_out = t->choice->ranks[rank].left_out};
    memcpy(fresh->name, t->info[rank].kind, sizeof fresh->name);
    t->kind_of[rank] = t->count++;
}

static bool is_first_on_host(const table *t, int rank)
{
    for (int other = 0; other < t->choice->rank_count; other++)
        if (other != rank && t->kind_of[other] == t->kind_of[rank] &&
            t->info[other].host_id == t->info[rank].host_id)
            return false;
    return true;
}

static void add_rank(table *t, int rank)
{
    const pn_arrangement *a = &t->choice->arrangement;
    const pn_rank_choice *mine = &t->choice->ranks[rank];
    find_row(t, rank);
    if (t->kind_of[rank] < 0)
        return;
    pn_choice_kind *kind = &t->kinds[t->kind_of[rank]];
    kind->ranks++;
    kind->hosts += is_first_on_host(t, rank);
    kind->rate += mine->rate;
    kind->bytes_allowed += mine->bytes_allowed;
    if (mine->is_full) {
        kind->first_full = kind->full > 0 ? (int)pn_min(kind->first_full, rank) : rank;
        kind->full++;
    }
    if (a->table.row[rank] == 0) {
        const pn_settings *settings = &t->choice->settings;
        kind->columns++;
        kind->share += (double)t->owned[a->table.column[rank]] /
                       (double)pn_width_blocks(settings->n, settings->nb);
    }
}

static pn_status deal(table *t)
{
    const pn_settings *settings = &t->choice->settings;
    const pn_arrangement *a = &t->choice->arrangement;
    pn_gidx blocks = pn_width_blocks(settings->n, settings->nb);
    int32_t *owner = calloc((size_t)blocks, sizeof *owner);
    pn_status status = PN_ERROR_MEMORY;
    if (owner)
        status = pn_layout_deal(owner, blocks, a->columns, a->table.shares, a->table.caps);
    for (pn_gidx block = 0; block < blocks && status == PN_OK; block++)
        t->owned[owner[block]]++;
    free(owner);
    return status;
}

int pn_choice_kinds(const pn_choice *choice, const pn_rank_info *info, pn_choice_kind *kinds,
                    int most)
{
    const pn_arrangement *a = &choice->arrangement;
    table t = {.choice = choice,
               .info = info,
               .kinds = kinds,
               .most = most,
               .kind_of = malloc((size_t)choice->rank_count * sizeof *t.kind_of),
               .owned = calloc((size_t)a->columns, sizeof *t.owned)};
    if (t.kind_of && t.owned && deal(&t) == PN_OK) {
        for (int rank = 0; rank < choice->rank_count; rank++)
            t.kind_of[rank] = -1;
        for (int place = 0; place < a->used; place++)
            add_rank(&t, a->table.order[place]);
        for (int rank = 0; rank < choice->rank_count; rank++)
            if (a->table.column[rank] < 0)
                add_rank(&t, rank);
    }
    free(t.kind_of);
    free(t.owned);
    return t.count;
}
