// SPDX-License-Identifier: BSD-3-Clause
// Ranks are sorted by kind and speed, cut into process columns, and each column's virtual rows are
// dealt by the weights of its ranks. Shares are what a column's slowest rank delivers for its rows,
// so that no rank has more to do than its speed is worth.
#include "tune/arrangement.h"

#include "grid/virtual_rows.h"
#include "tune/heights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double like = 1.05;

pn_status pn_arrangement_create(pn_arrangement *arrangement, int ranks, int columns)
{
    size_t r = (size_t)ranks, c = (size_t)columns;
    pn_arrangement_tables table = {.bytes =
                                       r * (sizeof(double) + 4 * sizeof(int)) +
                                       c * (sizeof(double) + sizeof(pn_gidx) + 3 * sizeof(int))};
    *arrangement = (pn_arrangement){.ranks = ranks};
    table.memory = calloc(1, table.bytes);
    if (!table.memory)
        return pn_fail_memory("to arrange %d ranks in %d process columns", ranks, columns);
    table.weights = table.memory;
    table.shares = table.weights + r;
    table.caps = (pn_gidx *)(table.shares + c);
    table.order = (int *)(table.caps + c);
    table.row = table.order + r;
    table.column = table.row + r;
    table.hosted = table.column + r;
    table.heights = table.hosted + r;
    table.gaps = table.heights + c;
    table.class_of = table.gaps + c;
    arrangement->table = table;
    return PN_OK;
}

void pn_arrangement_release(pn_arrangement *arrangement)
{
    free(arrangement->table.memory);
    *arrangement = (pn_arrangement){0};
}

pn_layout_request pn_arrangement_request(const pn_arrangement *a, pn_gidx n, int nb)
{
    return (pn_layout_request){.n = n,
                               .nb = nb,
                               .columns = a->columns,
                               .heights = a->table.heights,
                               .virtual_rows = a->virtual_rows,
                               .shares = a->table.shares,
                               .caps = a->table.caps,
                               .column_major_ranks = a->column_major,
                               .weights = a->weighted ? a->table.weights : NULL,
                               .gaps = a->table.gaps};
}

bool pn_arrangement_are_like(double least, double most)
{
    return most <= least * like;
}

bool pn_arrangement_is_like(const pn_rank_rate *ranks, int count)
{
    double least = INFINITY, most = 0;
    for (int rank = 0; rank < count; rank++) {
        if (ranks[rank].left_out)
            continue;
        least = fmin(least, ranks[rank].rate);
        most = fmax(most, ranks[rank].rate);
    }
    return pn_arrangement_are_like(least, most);
}

void pn_arrangement_set_places(pn_arrangement *a)
{
    pn_arrangement_tables *table = &a->table;
    int outer = a->column_major ? a->columns : a->height;
    int inner = a->column_major ? a->height : a->columns;
    int place = 0;
    for (int rank = 0; rank < a->ranks; rank++)
        table->row[rank] = table->column[rank] = -1;
    for (int i = 0; i < outer; i++)
        for (int j = 0; j < inner; j++) {
            int row = a->column_major ? j : i, column = a->column_major ? i : j;
            if (row >= table->heights[column])
                continue;
            int rank = table->order[place++];
            table->row[rank] = row;
            table->column[rank] = column;
        }
}

pn_status pn_arrangement_make_grid(pn_arrangement *a, int p, int q, bool column_major)
{
    a->used = p * q;
    a->columns = q;
    a->height = a->virtual_rows = p;
    a->column_major = column_major;
    a->unlike = a->weighted = false;
    for (int place = 0; place < a->used; place++) {
        a->table.order[place] = place;
        a->table.weights[place] = 1;
    }
    for (int column = 0; column < q; column++) {
        a->table.heights[column] = p;
        a->table.shares[column] = 1;
        a->table.caps[column] = -1;
        a->table.gaps[column] = 0;
    }
    for (int rank = 0; rank < a->ranks; rank++)
        a->table.hosted[rank] = rank < a->used;
    pn_arrangement_set_places(a);
    return PN_OK;
}

typedef struct sorted_rank { // a rank among the others
    const pn_rank_rate *of;
    int rank;
    double kind_rate; // mean of its kind
    bool uneven;      // its kind has ranks of unlike speed
} sorted_rank;

static int by_kind(const void *left, const void *right)
{
    const sorted_rank *a = left, *b = right;
    int kinds = a->of->kind - b->of->kind;
    return kinds ? kinds : (a->rank > b->rank) - (a->rank < b->rank);
}

// Fast kinds first; inside a kind fast ranks first where that matters, else host by host.
static int by_speed(const void *left, const void *right)
{
    const sorted_rank *a = left, *b = right;
    if (a->kind_rate != b->kind_rate)
        return a->kind_rate > b->kind_rate ? -1 : 1;
    int order = a->of->kind - b->of->kind;
    if (order == 0 && a->uneven && a->of->rate != b->of->rate)
        order = a->of->rate > b->of->rate ? -1 : 1;
    if (order == 0)
        order = a->of->host_order - b->of->host_order;
    if (order == 0)
        order = a->of->host - b->of->host;
    return order ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

static int same_kind(const sorted_rank *list, int count)
{
    int same = 1;
    while (same < count && list[same].of->kind == list->of->kind)
        same++;
    return same;
}

static void weigh_kinds(sorted_rank *list, int count)
{
    for (int first = 0; first < count;) {
        int same = same_kind(&list[first], count - first);
        double sum = 0, least = INFINITY, most = 0;
        for (int i = first; i < first + same; i++) {
            sum += list[i].of->rate;
            least = fmin(least, list[i].of->rate);
            most = fmax(most, list[i].of->rate);
        }
        for (int i = first; i < first + same; i++) {
            list[i].kind_rate = sum / same;
            list[i].uneven = most > least * like;
        }
        first += same;
    }
}

static void add_columns(pn_arrangement *a, const sorted_rank *list, int count, double height)
{
    int columns = pn_columns_near(count, height);
    for (int i = 0; i < columns; i++) {
        int ranks = (int)((int64_t)count * (i + 1) / columns - (int64_t)count * i / columns);
        a->table.gaps[a->columns] = 0;
        a->table.heights[a->columns++] = ranks;
        a->height = (int)pn_max(a->height, ranks);
    }
    for (int i = 0; i < count; i++)
        a->table.order[a->used++] = list[i].rank;
}

pn_status pn_arrangement_make_kinds(pn_arrangement *a, const pn_rank_rate *ranks,
                                    const pn_tuned_height *height)
{
    sorted_rank *list = calloc((size_t)a->ranks, sizeof *list);
    int count = 0;
    double sum = 0;
    if (!list)
        return pn_fail_memory("to sort %d ranks", a->ranks);
    for (int rank = 0; rank < a->ranks; rank++)
        if (!ranks[rank].left_out) {
            list[count++] = (sorted_rank){.of = &ranks[rank], .rank = rank};
            sum += ranks[rank].rate;
        }
    qsort(list, (size_t)count, sizeof *list, by_kind);
    weigh_kinds(list, count);
    qsort(list, (size_t)count, sizeof *list, by_speed);
    a->used = a->columns = a->height = 0;
    a->column_major = true;
    for (int first = 0; first < count;) {
        int same = same_kind(&list[first], count - first);
        double near = height->p > 0 ? pn_height_beside(same, height)
                                    : pn_height_by_speed(count, sum, list[first].kind_rate);
        add_columns(a, &list[first], same, near);
        first += same;
    }
    free(list);
    pn_arrangement_sort_columns(a, ranks);
    pn_arrangement_set_places(a);
    return pn_arrangement_set_weights(a, ranks);
}

// The rates of each column's ranks, column by column and row by row; in columns of like ranks all
// the least, so that only unlike ranks hold unlike numbers of rows.
static void list_weights(pn_arrangement *a, const pn_rank_rate *ranks, double *by_column)
{
    double *weight = by_column;
    a->weighted = false;
    for (int column = 0; column < a->columns; weight += a->table.heights[column++]) {
        double least = INFINITY, most = 0;
        int height = a->table.heights[column];
        for (int rank = 0; rank < a->ranks; rank++)
            if (a->table.column[rank] == column) {
                weight[a->table.row[rank]] = ranks[rank].rate;
                least = fmin(least, ranks[rank].rate);
                most = fmax(most, ranks[rank].rate);
            }
        bool uneven = most > least * like;
        a->weighted = a->weighted || uneven;
        for (int row = 0; row < height && !uneven; row++)
            weight[row] = least;
    }
}

static pn_status seat_rows(pn_arrangement *a, const double *by_column)
{
    const double *weight = by_column;
    pn_status status = pn_virtual_rows_choose(&a->virtual_rows, a->columns, a->table.heights,
                                              a->weighted ? by_column : NULL);
    int *host = status == PN_OK ? calloc((size_t)a->virtual_rows, sizeof *host) : NULL;
    if (status == PN_OK && !host)
        status = pn_fail_memory("to seat %d virtual rows", a->virtual_rows);
    memset(a->table.hosted, 0, (size_t)a->ranks * sizeof *a->table.hosted);
    for (int column = 0; column < a->columns && status == PN_OK; column++) {
        int height = a->table.heights[column];
        status = pn_virtual_rows_assign(host, a->virtual_rows, height, a->weighted ? weight : NULL);
        for (int rank = 0; rank < a->ranks && status == PN_OK; rank++) {
            bool here = a->table.column[rank] == column;
            for (int v = 0; here && v < a->virtual_rows; v++)
                a->table.hosted[rank] += host[v] == a->table.row[rank];
        }
        weight += height;
    }
    free(host);
    return status;
}

static int first_of_column(const pn_arrangement *a, int column)
{
    int first = 0;
    for (int i = 0; i < column; i++)
        first += a->table.heights[i];
    return first;
}

pn_status pn_arrangement_set_weights(pn_arrangement *a, const pn_rank_rate *ranks)
{
    double *by_column = calloc((size_t)a->used, sizeof *by_column);
    if (!by_column)
        return pn_fail_memory("to weigh %d ranks", a->used);
    list_weights(a, ranks, by_column);
    pn_status status = seat_rows(a, by_column);
    for (int place = 0; place < a->used; place++) {
        int rank = a->table.order[place], column = a->table.column[rank];
        a->table.weights[place] = by_column[first_of_column(a, column) + a->table.row[rank]];
    }
    for (int column = 0; column < a->columns; column++) {
        a->table.shares[column] = pn_arrangement_rate(a, ranks, column);
        a->table.caps[column] = -1;
    }
    a->unlike = true;
    free(by_column);
    return status;
}

double pn_arrangement_rate(const pn_arrangement *a, const pn_rank_rate *ranks, int column)
{
    double rate = INFINITY; // as fast as the slowest for its rows
    for (int rank = 0; rank < a->ranks; rank++)
        if (a->table.column[rank] == column && a->table.hosted[rank] > 0)
            rate = fmin(rate, ranks[rank].rate * a->virtual_rows / a->table.hosted[rank]);
    return rate;
}
