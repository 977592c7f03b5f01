// SPDX-License-Identifier: BSD-3-Clause
// Where hosts have an order by their links, process columns follow it, so that neighbours in the
// ring are near each other.
#include "tune/arrangement.h"

#include <stdlib.h>
#include <string.h>

// Few ranks are out of order, and equal ones have to stay so: by insertion.
void pn_arrangement_sort_hosts(pn_arrangement *a, const pn_rank_rate *ranks)
{
    int *order = a->table.order;
    for (int i = 1; i < a->used; i++) {
        int rank = order[i], at = i;
        for (; at > 0 && ranks[order[at - 1]].host_order > ranks[rank].host_order; at--)
            order[at] = order[at - 1];
        order[at] = rank;
    }
    pn_arrangement_set_places(a);
}

// Lets the column that begins at place `first` and the one before it change places.
static void exchange(pn_arrangement *a, int column, int first)
{
    int above = a->table.heights[column - 1], height = a->table.heights[column];
    int *order = a->table.order + first - above;
    for (int i = 0; i < height; i++) {
        int rank = order[above + i];
        memmove(&order[i + 1], &order[i], (size_t)above * sizeof *order);
        order[i] = rank;
    }
    a->table.heights[column - 1] = height;
    a->table.heights[column] = above;
}

void pn_arrangement_sort_columns(pn_arrangement *a, const pn_rank_rate *ranks)
{
    const int *order = a->table.order, *heights = a->table.heights;
    int first_of_last = heights[0];
    for (int last = 1; last < a->columns; last++) {
        int first = first_of_last;
        first_of_last += heights[last];
        for (int column = last; column > 0; column--) {
            int before = first - heights[column - 1];
            if (ranks[order[before]].host_order <= ranks[order[first]].host_order)
                break;
            exchange(a, column, first);
            first = before;
        }
    }
}

// Places of the hosts of a column in row `row` of `rows`, where the column may be lower.
static int place_at(const pn_arrangement *a, const int *places, int column, int share[2])
{
    int row = (int)((int64_t)share[0] * a->table.heights[column] / share[1]);
    return places[column * a->height + row];
}

pn_status pn_arrangement_set_gaps(pn_arrangement *a, const pn_rank_rate *ranks,
                                  const pn_host_order *order)
{
    int *places = calloc((size_t)a->columns * (size_t)a->height, sizeof *places);
    if (!places)
        return pn_fail_memory("for the places of %d ranks", a->ranks);
    for (int rank = 0; rank < a->ranks; rank++)
        if (a->table.column[rank] >= 0)
            places[a->table.column[rank] * a->height + a->table.row[rank]] = ranks[rank].host_order;
    for (int column = 1; column < a->columns; column++) {
        int rows = (int)pn_max(a->table.heights[column - 1], a->table.heights[column]), widest = 0;
        for (int row = 0; row < rows; row++) {
            int share[2] = {row, rows};
            int gap = pn_hosts_gap(order, place_at(a, places, column - 1, share),
                                   place_at(a, places, column, share));
            widest = (int)pn_max(widest, gap);
        }
        a->table.gaps[column] = widest;
    }
    free(places);
    return PN_OK;
}
