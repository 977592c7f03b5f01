// SPDX-License-Identifier: BSD-3-Clause
// The table of kinds: what is in the job, what each part of it delivers and gets.
#include "tune/choosing.h"

#include "grid/layout.h"

#include <stdlib.h>
#include <string.h>

typedef struct table {
    const pn_choice *choice;
    const pn_facts *facts;
    pn_choice_part *parts;
    int count, most;
    pn_gidx *owned; // [columns]
} table;

static pn_choice_part *part_of(table *t, int rank)
{
    const pn_facts *facts = &t->facts[rank];
    pn_left_out left_out = t->choice->ranks[rank].left_out;
    for (int i = 0; i < t->count; i++)
        if (t->parts[i].left_out == left_out &&
            strncmp(t->parts[i].kind, facts->kind, sizeof facts->kind) == 0)
            return &t->parts[i];
    if (t->count == t->most)
        return NULL;
    pn_choice_part *part = &t->parts[t->count++];
    *part = (pn_choice_part){.left_out = left_out};
    memcpy(part->kind, facts->kind, sizeof part->kind);
    return part;
}

// The first rank of its part on its host, or of its column.
static bool is_first(const table *t, int rank, bool of_column)
{
    const int *column = t->choice->arrangement.table.column;
    const pn_rank_choice *ranks = t->choice->ranks;
    for (int other = 0; other < rank; other++) {
        bool same = of_column ? column[other] == column[rank]
                              : ranks[other].left_out == ranks[rank].left_out &&
                                    strcmp(t->facts[other].kind, t->facts[rank].kind) == 0 &&
                                    strcmp(t->facts[other].host, t->facts[rank].host) == 0;
        if (same)
            return false;
    }
    return true;
}

static void add_rank(table *t, int rank)
{
    const pn_arrangement *a = &t->choice->arrangement;
    pn_choice_part *part = part_of(t, rank);
    if (!part)
        return;
    int column = a->table.column[rank];
    part->ranks++;
    part->hosts += is_first(t, rank, false);
    part->rate_gflops += t->choice->ranks[rank].rate_gflops;
    part->bytes_allowed += t->choice->ranks[rank].bytes_allowed;
    if (t->choice->ranks[rank].is_full) {
        part->first_full = part->full > 0 ? (int)pn_min(part->first_full, rank) : rank;
        part->full++;
    }
    if (column < 0 || !is_first(t, rank, true))
        return;
    double blocks = (double)pn_ceil_div(t->choice->n + 1, t->choice->nb);
    part->columns++;
    part->share += (double)t->owned[column] / blocks;
}

static pn_status deal(table *t)
{
    const pn_choice *choice = t->choice;
    const pn_arrangement *a = &choice->arrangement;
    pn_gidx blocks = pn_ceil_div(choice->n + 1, choice->nb);
    int32_t *owner = calloc((size_t)blocks, sizeof *owner);
    t->owned = calloc((size_t)a->columns, sizeof *t->owned);
    pn_status status = PN_ERROR_MEMORY;
    if (owner && t->owned)
        status = pn_layout_deal(owner, blocks, a->columns, a->table.shares, a->table.caps);
    for (pn_gidx block = 0; block < blocks && status == PN_OK; block++)
        t->owned[owner[block]]++;
    free(owner);
    return status;
}

int pn_choice_parts(const pn_choice *choice, const pn_facts *facts, pn_choice_part *parts, int most)
{
    table t = {.choice = choice, .facts = facts, .parts = parts, .most = most};
    const pn_arrangement *a = &choice->arrangement;
    if (deal(&t) == PN_OK) {
        for (int place = 0; place < a->used; place++)
            add_rank(&t, a->table.order[place]);
        for (int rank = 0; rank < choice->rank_count; rank++)
            if (a->table.column[rank] < 0)
                add_rank(&t, rank);
    }
    free(t.owned);
    return t.count;
}
