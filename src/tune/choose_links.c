// SPDX-License-Identifier: BSD-3-Clause
// The links that a run's messages go over, as the model takes them: usual ones, or those measured
// between hosts. The processes of a column that stand on one host send at the same time and share
// the host's link to another.

#include "tune/choose_links.h"

#include <stdlib.h>
#include <string.h>

// Where nothing was measured: shared memory, and a fast network; set by hand.
static const pn_link on_host = {1.5e-6, 1 / 6e9}, between_hosts = {3e-6, 1 / 5e9};

pn_status pn_link_ends_find(const pn_choosing *choosing, pn_link_ends *ends)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    const pn_arrangement_tables *table = &a->table;
    ends->first = calloc(2 * (size_t)a->columns, sizeof *ends->first);
    if (!ends->first)
        return pn_fail_memory("for the links of %d process columns", a->columns);
    ends->beside = ends->first + a->columns;
    for (int rank = 0; rank < a->ranks; rank++)
        if (table->row[rank] == 0)
            ends->first[table->column[rank]] = rank;
    for (int rank = 0; rank < a->ranks; rank++)
        if (table->column[rank] >= 0) {
            int first = ends->first[table->column[rank]];
            bool same = choosing->info[first].host_id == choosing->info[rank].host_id;
            ends->beside[table->column[rank]] += same;
        }
    return PN_OK;
}

void pn_link_ends_release(pn_link_ends *ends)
{
    free(ends->first);
    *ends = (pn_link_ends){0};
}

static bool has_usual_link(const pn_choosing *choosing, int rank, int other)
{
    const bool *eased = choosing->eased;
    return !choosing->has_links ||
           (eased && choosing->trouble == PN_LEFT_OUT_LINK && (eased[rank] || eased[other]));
}

static pn_link link_of(const pn_choosing *choosing, int rank, int other)
{
    const pn_host_links *links = choosing->request->links;
    int from = choosing->info[rank].host_id, to = choosing->info[other].host_id;
    if (from == to)
        return on_host;
    if (has_usual_link(choosing, rank, other))
        return between_hosts;
    int at = from * links->hosts + to;
    return links->bandwidth[at] > 0 ? (pn_link){links->latency[at], 1 / links->bandwidth[at]}
                                    : between_hosts;
}

pn_link pn_choosing_link(const pn_choosing *choosing, const pn_link_ends *ends, int column,
                         int other)
{
    int from = ends->first[column], to = ends->first[other];
    pn_link link = link_of(choosing, from, to);
    if (choosing->has_links && choosing->info[from].host_id != choosing->info[to].host_id)
        link.per_byte *= ends->beside[column];
    return link;
}

pn_link pn_choosing_link_inside(const pn_choosing *choosing, const pn_link_ends *ends, int column)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_link worst = on_host;
    for (int rank = 0; rank < a->ranks; rank++) {
        if (a->table.column[rank] != column)
            continue;
        pn_link link = link_of(choosing, ends->first[column], rank);
        if (link.per_byte > worst.per_byte)
            worst = link;
    }
    return worst;
}

pn_link pn_choosing_link_beside(const pn_choosing *choosing, const pn_link_ends *ends, int column)
{
    int columns = choosing->choice->arrangement.columns;
    if (columns == 1)
        return pn_choosing_link_inside(choosing, ends, column);
    pn_link left = pn_choosing_link(choosing, ends, (column + columns - 1) % columns, column);
    pn_link right = pn_choosing_link(choosing, ends, column, (column + 1) % columns);
    return left.per_byte < right.per_byte ? left : right;
}
