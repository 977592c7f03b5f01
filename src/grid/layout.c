// SPDX-License-Identifier: BSD-3-Clause
// The tables of a layout. The places of the grid are numbered first; then each process's weight is
// known, by which the virtual rows of its column find their hosts; last the places are given to
// ranks.
#include "grid/layout.h"

#include "base/assertion.h"
#include "base/width.h"
#include "grid/deal.h"
#include "grid/virtual_rows.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int height_of(const pn_layout_request *request, int column)
{
    return request->heights ? request->heights[column] : request->virtual_rows;
}

static pn_status check_heights(const pn_layout_request *request)
{
    int64_t ranks = 0;
    for (int column = 0; column < request->columns; column++) {
        int height = height_of(request, column);
        if (height < 1 || height > request->virtual_rows)
            return pn_fail(PN_ERROR_USAGE,
                           "process column %d is %d processes high; with %d virtual rows a column "
                           "has 1 to %d processes",
                           column, height, request->virtual_rows, request->virtual_rows);
        ranks += height;
    }
    if (ranks > INT_MAX)
        return pn_fail(PN_ERROR_USAGE, "the grid has %lld processes; at most %d can be numbered",
                       (long long)ranks, INT_MAX);
    return PN_OK;
}

_Static_assert(PN_N_LIMIT < INT32_MAX, "block columns are numbered in 32 bits, at NB = 1 too");

static pn_status check_request(const pn_layout_request *request)
{
    if (request->n < 1 || request->n > PN_N_LIMIT)
        return pn_fail(PN_ERROR_USAGE, "N is %lld; it has to be between 1 and %lld",
                       (long long)request->n, (long long)PN_N_LIMIT);
    if (request->nb < 1)
        return pn_fail(PN_ERROR_USAGE, "NB is %d; it has to be at least 1", request->nb);
    if (request->riding < 0 || request->riding > PN_N_LIMIT)
        return pn_fail(PN_ERROR_USAGE,
                       "%d columns ride along with the matrix; it has to be between 0 and %lld",
                       request->riding, (long long)PN_N_LIMIT);
    if (request->columns < 1)
        return pn_fail(PN_ERROR_USAGE, "the grid has %d process columns; it needs at least 1",
                       request->columns);
    if (request->virtual_rows < 1)
        return pn_fail(PN_ERROR_USAGE, "the grid has %d virtual rows; it needs at least 1",
                       request->virtual_rows);
    return check_heights(request);
}

static pn_status allocate_tables(pn_layout *layout)
{
    size_t columns = (size_t)layout->columns;
    size_t virtual_rows = (size_t)layout->virtual_rows;
    size_t height = (size_t)layout->height;
    size_t blocks = (size_t)layout->column_blocks;
    layout->host = calloc(columns * virtual_rows, sizeof *layout->host);
    layout->hosted = calloc(columns * virtual_rows, sizeof *layout->hosted);
    layout->first_hosted = calloc(columns * (height + 1), sizeof *layout->first_hosted);
    layout->rank_of = calloc(columns * height, sizeof *layout->rank_of);
    layout->owner = calloc(blocks, sizeof *layout->owner);
    layout->local_block = calloc(blocks, sizeof *layout->local_block);
    layout->owned = calloc(columns, sizeof *layout->owned);
    if (!layout->host || !layout->hosted || !layout->first_hosted || !layout->rank_of ||
        !layout->owner || !layout->local_block || !layout->owned)
        return pn_fail_memory("for the layout of %zu block columns on %zu process columns", blocks,
                              columns);
    return PN_OK;
}

static pn_status take_heights(pn_layout *layout, const pn_layout_request *request)
{
    layout->heights = calloc((size_t)layout->columns, sizeof *layout->heights);
    layout->gaps = calloc((size_t)layout->columns, sizeof *layout->gaps);
    if (!layout->heights || !layout->gaps)
        return pn_fail_memory("for the heights of %d process columns", layout->columns);
    if (request->gaps)
        memcpy(layout->gaps, request->gaps, (size_t)layout->columns * sizeof *layout->gaps);
    for (int column = 0; column < layout->columns; column++) {
        int height = height_of(request, column);
        layout->heights[column] = height;
        layout->ranks += height;
        layout->height = (int)pn_max(layout->height, height);
    }
    return PN_OK;
}

// A table over all places, kept in rank_of until ranks are known.
static int *place_at(const pn_layout *layout, int row, int column)
{
    return &layout->rank_of[(size_t)column * (size_t)layout->height + (size_t)row];
}

static void number_places(pn_layout *layout, bool column_major)
{
    int outer = column_major ? layout->columns : layout->height;
    int inner = column_major ? layout->height : layout->columns;
    int place = 0;
    for (int i = 0; i < outer; i++)
        for (int j = 0; j < inner; j++) {
            int row = column_major ? j : i;
            int column = column_major ? i : j;
            *place_at(layout, row, column) = row < layout->heights[column] ? place++ : -1;
        }
}

static void list_hosted(pn_layout *layout, int column)
{
    int virtual_rows = layout->virtual_rows;
    const int *host = layout->host + (size_t)column * (size_t)virtual_rows;
    int *hosted = layout->hosted + (size_t)column * (size_t)virtual_rows;
    int *first = layout->first_hosted + (size_t)column * (size_t)(layout->height + 1);
    for (int v = 0; v < virtual_rows; v++)
        first[host[v] + 1]++;
    for (int row = 0; row < layout->height; row++)
        first[row + 1] += first[row];
    for (int v = virtual_rows - 1; v >= 0; v--) // `first` is each group's end meanwhile
        hosted[--first[host[v] + 1]] = v;
    for (int row = 0; row < layout->height; row++)
        first[row] = first[row + 1];
    first[layout->height] = virtual_rows;
}

static pn_status host_columns(pn_layout *layout, const double *weights)
{
    size_t virtual_rows = (size_t)layout->virtual_rows;
    double *mine = calloc((size_t)layout->height, sizeof *mine);
    pn_status status =
        mine ? PN_OK : pn_fail_memory("to find hosts for %zu virtual rows", virtual_rows);
    for (int column = 0; column < layout->columns && status == PN_OK; column++) {
        int height = layout->heights[column];
        int *host = layout->host + (size_t)column * virtual_rows;
        for (int row = 0; weights && row < height; row++)
            mine[row] = weights[*place_at(layout, row, column)];
        status = pn_virtual_rows_assign(host, layout->virtual_rows, height, weights ? mine : NULL);
        if (status != PN_OK)
            break;
        list_hosted(layout, column);
    }
    free(mine);
    return status;
}

// Places become ranks.
static pn_status order_ranks(pn_layout *layout, const int *order)
{
    pn_status status = PN_OK;
    if (!order)
        return PN_OK;
    bool *has_place = calloc((size_t)layout->ranks, sizeof *has_place);
    if (!has_place)
        return pn_fail_memory("for the order of %d ranks", layout->ranks);
    for (int place = 0; place < layout->ranks && status == PN_OK; place++) {
        int rank = order[place];
        if (rank < 0 || rank >= layout->ranks || has_place[rank])
            status = pn_fail(PN_ERROR_USAGE,
                             "place %d of the grid is given to rank %d; each of the ranks 0 to %d "
                             "has to have one place",
                             place, rank, layout->ranks - 1);
        else
            has_place[rank] = true;
    }
    free(has_place);
    size_t places = (size_t)layout->columns * (size_t)layout->height;
    for (size_t at = 0; at < places && status == PN_OK; at++)
        if (layout->rank_of[at] >= 0)
            layout->rank_of[at] = order[layout->rank_of[at]];
    return status;
}

static void place_blocks(pn_layout *layout)
{
    for (pn_gidx block = 0; block < layout->column_blocks; block++) {
        pn_assert(layout->owner[block] >= 0 && layout->owner[block] < layout->columns,
                  "every block column has an owner");
        layout->local_block[block] = (int32_t)layout->owned[layout->owner[block]]++;
    }
}

// Every process hosts a virtual row, and every virtual row has a host in each column.
static void check_hosts(const pn_layout *layout)
{
    for (int column = 0; column < layout->columns; column++) {
        const int *first = layout->first_hosted + (size_t)column * (size_t)(layout->height + 1);
        for (int row = 0; row < layout->heights[column]; row++)
            pn_assert(first[row + 1] > first[row], "every process hosts a virtual row");
        pn_assert(first[layout->heights[column]] == layout->virtual_rows,
                  "every virtual row has a host in each process column");
    }
}

pn_status pn_layout_create(pn_layout **result, const pn_layout_request *request)
{
    pn_status status = PN_OK;
    pn_layout *layout = NULL;
    *result = NULL;
    PN_TRY(check_request(request));
    layout = calloc(1, sizeof *layout);
    if (!layout)
        return pn_fail_memory("for a layout");
    layout->n = request->n;
    layout->nb = request->nb;
    layout->row_blocks = pn_ceil_div(request->n, request->nb);
    layout->width = pn_width(request->n, request->riding);
    layout->column_blocks = pn_ceil_div(layout->width, request->nb);
    layout->columns = request->columns;
    layout->virtual_rows = request->virtual_rows;
    PN_TRY(take_heights(layout, request));
    PN_TRY(allocate_tables(layout));
    PN_TRY(pn_layout_deal(layout->owner, layout->column_blocks, layout->columns, request->shares,
                          request->caps));
    number_places(layout, request->column_major_ranks);
    PN_TRY(host_columns(layout, request->weights));
    PN_TRY(order_ranks(layout, request->order));
    place_blocks(layout);
    check_hosts(layout);
    *result = layout;
    return PN_OK;
fail:
    pn_layout_destroy(layout);
    return status;
}

void pn_layout_destroy(pn_layout *layout)
{
    if (!layout)
        return;
    free(layout->heights);
    free(layout->gaps);
    free(layout->host);
    free(layout->hosted);
    free(layout->first_hosted);
    free(layout->rank_of);
    free(layout->owner);
    free(layout->local_block);
    free(layout->owned);
    free(layout);
}
