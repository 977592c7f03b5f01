// SPDX-License-Identifier: BSD-3-Clause
// Where columns differ in height a process has several neighbours beside it, and meets each of them
// for many virtual rows: pairs are collected with repetitions and sorted.
#include "tune/neighbours.h"

#include "grid/layout.h"
#include "grid/virtual_rows.h"

#include <stdlib.h>

typedef struct collection {
    const pn_arrangement *arrangement;
    int *seat;  // [columns * virtual_rows] the rank that hosts a virtual row
    int *place; // [ranks] of the grid; that of a rank left out says nothing
    pn_neighbours *pairs;
    int count;
} collection;

static void add(collection *c, int one, int other)
{
    if (one != other)
        c->pairs[c->count++] =
            (pn_neighbours){one < other ? one : other, one < other ? other : one};
}

// rank_at[height], host[virtual_rows], weight[height]: room.
static pn_status seat_column(collection *c, int column, int *rank_at, int *host, double *weight)
{
    const pn_arrangement *a = c->arrangement;
    int height = a->table.heights[column], rows = a->virtual_rows;
    for (int rank = 0; rank < a->ranks; rank++)
        if (a->table.column[rank] == column) {
            int row = a->table.row[rank];
            rank_at[row] = rank;
            weight[row] = a->table.weights[c->place[rank]];
        }
    pn_status status = pn_virtual_rows_assign(host, rows, height, a->weighted ? weight : NULL);
    for (int v = 0; v < rows && status == PN_OK; v++)
        c->seat[column * rows + v] = rank_at[host[v]];
    for (int row = 0; row < height && status == PN_OK; row++)
        add(c, rank_at[row], rank_at[(row + 1) % height]);
    return status;
}

static pn_status seat_columns(collection *c)
{
    const pn_arrangement *a = c->arrangement;
    int *rank_at = calloc((size_t)a->height, sizeof *rank_at);
    int *host = calloc((size_t)a->virtual_rows, sizeof *host);
    double *weight = calloc((size_t)a->height, sizeof *weight);
    pn_status status = rank_at && host && weight ? PN_OK : PN_ERROR_MEMORY;
    for (int place = 0; place < a->used; place++)
        c->place[a->table.order[place]] = place;
    for (int column = 0; column < a->columns && status == PN_OK; column++)
        status = seat_column(c, column, rank_at, host, weight);
    free(rank_at);
    free(host);
    free(weight);
    return status;
}

static void join_columns(collection *c)
{
    const pn_arrangement *a = c->arrangement;
    int rows = a->virtual_rows;
    for (int column = 0; column < a->columns; column++)
        for (int v = 0; v < rows; v++)
            add(c, c->seat[column * rows + v], c->seat[(column + 1) % a->columns * rows + v]);
}

static void join_left_out(collection *c)
{
    const pn_arrangement *a = c->arrangement;
    for (int rank = 0; rank < a->ranks && a->ranks > 1; rank++)
        if (a->table.column[rank] < 0)
            add(c, rank, rank > 0 ? rank - 1 : 1);
}

static int ascending(const void *left, const void *right)
{
    const pn_neighbours *a = left, *b = right;
    return a->from != b->from ? (a->from > b->from) - (a->from < b->from)
                              : (a->to > b->to) - (a->to < b->to);
}

static void drop_repetitions(collection *c)
{
    int kept = 0;
    qsort(c->pairs, (size_t)c->count, sizeof *c->pairs, ascending);
    for (int i = 0; i < c->count; i++)
        if (kept == 0 || ascending(&c->pairs[kept - 1], &c->pairs[i]) != 0)
            c->pairs[kept++] = c->pairs[i];
    c->count = kept;
}

pn_status pn_neighbours_list(pn_neighbours **pairs, int *count, const pn_arrangement *arrangement)
{
    const pn_arrangement *a = arrangement;
    size_t seats = (size_t)a->columns * (size_t)a->virtual_rows, ranks = (size_t)a->ranks;
    collection c = {.arrangement = a,
                    .seat = calloc(seats + 1, sizeof *c.seat),
                    .place = calloc(ranks + 1, sizeof *c.place),
                    .pairs = calloc(seats + 2 * ranks + 1, sizeof *c.pairs)};
    pn_status status = c.seat && c.place && c.pairs ? seat_columns(&c) : PN_ERROR_MEMORY;
    if (status == PN_OK) {
        join_columns(&c);
        join_left_out(&c);
        drop_repetitions(&c);
    }
    free(c.seat);
    free(c.place);
    if (status != PN_OK) {
        free(c.pairs);
        return pn_fail_memory("for the neighbours of %d ranks", a->ranks);
    }
    *pairs = c.pairs;
    *count = c.count;
    return PN_OK;
}
