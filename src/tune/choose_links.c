// SPDX-License-Identifier: BSD-3-Clause
// The links that a run's messages go over, as the model takes them: usual ones, or those measured
// between hosts. The processes of a column that stand on one host send at the same time and share
// the host's link to another.

#include "tune/choose_links.h"

#include <stdlib.h>
#include <string.h>

// Where nothing was measured: shared memory, and a fast network; set by hand.
static const pn_link on_host = {1.5e-6, 1 / 6e9}, between_hosts = {3e-6, 1 / 5e9};

pn_status pn_choosing_seat(const pn_choosing *choosing, pn_choosing_seats *seats)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    const pn_arrangement_tables *table = &a->table;
    seats->first = calloc(2 * (size_t)a->columns, sizeof *seats->first);
    if (!seats->first)
        return pn_fail_memory("for the links of %d process columns", a->columns);
    seats->beside = seats->first + a->columns;
    for (int rank = 0; rank < a->ranks; rank++)
        if (table->row[rank] == 0)
            seats->first[table->column[rank]] = rank;
    for (int rank = 0; rank < a->ranks; rank++)
        if (table->column[rank] >= 0) {
            int first = seats->first[table->column[rank]];
            bool same = choosing->info[first].host_id == choosing->info[rank].host_id;
            seats->beside[table->column[rank]] += same;
        }
    return PN_OK;
}

void pn_choosing_unseat(pn_choosing_seats *seats)
{
    free(seats->first);
    *seats = (pn_choosing_seats){0};
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

pn_link pn_choosing_link(const pn_choosing *choosing, const pn_choosing_seats *seats, int column,
                         int other)
{
    int from = seats->first[column], to = seats->first[other];
    pn_link link = link_of(choosing, from, to);
    if (choosing->has_links && choosing->info[from].host_id != choosing->info[to].host_id)
        link.per_byte *= seats->beside[column];
    return link;
}

pn_link pn_choosing_link_inside(const pn_choosing *choosing, const pn_choosing_seats *seats,
                                int column)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_link worst = on_host;
    for (int rank = 0; rank < a->ranks; rank++) {
        if (a->table.column[rank] != column)
            continue;
        pn_link link = link_of(choosing, seats->first[column], rank);
        if (link.per_byte > worst.per_byte)
            worst = link;
    }
    return worst;
}

pn_link pn_choosing_link_beside(const pn_choosing *choosing, const pn_choosing_seats *seats,
                                int column)
{
    int columns = choosing->choice->arrangement.columns;
    if (columns == 1)
        return pn_choosing_link_inside(choosing, seats, column);
    pn_link left = pn_choosing_link(choosing, seats, (column + columns - 1) % columns, column);
    pn_link right = pn_choosing_link(choosing, seats, column, (column + 1) % columns);
    return left.per_byte < right.per_byte ? left : right;
}
