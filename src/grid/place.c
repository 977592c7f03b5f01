// SPDX-License-Identifier: BSD-3-Clause
// Index maps between the whole matrix and one process's part of it. Only the last block can be
// short, and it is last wherever it lies, so every block before it fills NB local rows or columns.
#include "grid/place.h"

#include <assert.h>
#include <stdlib.h>

// Virtual rows hosted by one process.
typedef struct host_list {
    const int *rows; // ascending
    int count;
} host_list;

static host_list hosted_by(const pn_layout *layout, int process_row, int process_column)
{
    assert(process_column >= 0 && process_column < layout->columns);
    assert(process_row >= 0 && process_row < layout->heights[process_column]);
    const int *first = layout->first_hosted + (size_t)process_column * (size_t)(layout->height + 1);
    const int *hosted =
        layout->hosted + (size_t)process_column * (size_t)layout->virtual_rows + first[process_row];
    return (host_list){hosted, first[process_row + 1] - first[process_row]};
}

static int hosted_before(host_list list, int virtual_row)
{
    int low = 0;
    int high = list.count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (list.rows[middle] < virtual_row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static pn_lidx rows_before(const pn_layout *layout, host_list list, pn_gidx row)
{
    assert(row >= 0 && row <= layout->n);
    pn_gidx block = row / layout->nb;
    int virtual_row = (int)(block % layout->virtual_rows);
    int before = hosted_before(list, virtual_row);
    bool mine = before < list.count && list.rows[before] == virtual_row;
    pn_lidx blocks = block / layout->virtual_rows * list.count + before;
    return blocks * layout->nb + (mine ? row % layout->nb : 0);
}

static pn_status find_rank(pn_place *place, int rank)
{
    const pn_layout *layout = place->layout;
    for (int column = 0; column < layout->columns; column++)
        for (int row = 0; row < layout->heights[column]; row++)
            if (pn_layout_rank(layout, row, column) == rank) {
                place->row = row;
                place->column = column;
                return PN_OK;
            }
    return pn_fail(PN_ERROR_USAGE, "rank %d has no place in a grid of %d processes", rank,
                   layout->ranks);
}

static pn_status list_blocks(pn_place *place)
{
    const pn_layout *layout = place->layout;
    pn_gidx owned = layout->owned[place->column];
    place->blocks =
        calloc((size_t)owned + 1, sizeof *place->blocks); // owning nothing is no failure
    if (!place->blocks)
        return pn_fail_memory("to list %lld block columns", (long long)owned);
    for (pn_gidx block = 0; block < layout->column_blocks; block++)
        if (layout->owner[block] == place->column)
            place->blocks[layout->local_block[block]] = block;
    return PN_OK;
}

// What follows from the process row.
static void take_row(pn_place *place)
{
    host_list list = hosted_by(place->layout, place->row, place->column);
    place->hosted = list.count;
    place->virtual_rows = list.rows;
    place->rows = pn_place_rows_before(place, place->layout->n);
}

void pn_place_change_row(pn_place *place, int process_row)
{
    place->row = process_row;
    place->rank = pn_layout_rank(place->layout, process_row, place->column);
    take_row(place);
}

pn_status pn_place_create_at(pn_place *place, const pn_layout *layout, int process_row,
                             int process_column)
{
    *place = (pn_place){.layout = layout,
                        .rank = pn_layout_rank(layout, process_row, process_column),
                        .row = process_row,
                        .column = process_column};
    pn_status status = list_blocks(place);
    if (status != PN_OK)
        return status;
    take_row(place);
    place->columns = pn_place_columns_before(place, layout->width);
    return PN_OK;
}

pn_status pn_place_create(pn_place *place, const pn_layout *layout, int rank)
{
    *place = (pn_place){.layout = layout};
    pn_status status = find_rank(place, rank);
    return status == PN_OK ? pn_place_create_at(place, layout, place->row, place->column) : status;
}

void pn_place_release(pn_place *place)
{
    free(place->blocks);
    *place = (pn_place){0};
}

int pn_layout_column_of(const pn_layout *layout, pn_gidx column)
{
    assert(column >= 0 && column < layout->width);
    return layout->owner[column / layout->nb];
}

int pn_layout_row_of(const pn_layout *layout, int process_column, pn_gidx row)
{
    assert(row >= 0 && row < layout->n);
    pn_gidx virtual_row = row / layout->nb % layout->virtual_rows;
    return layout
        ->host[(size_t)process_column * (size_t)layout->virtual_rows + (size_t)virtual_row];
}

// Rows that a process has in the `left` block rows from `block` on: in whole rounds of the virtual
// rows one block for each that it hosts, then one for each that the rest of a round meets.
static pn_lidx rows_from(const pn_layout *layout, host_list list, pn_gidx block, pn_gidx left)
{
    int period = layout->virtual_rows;
    int first = (int)(block % period), rest = (int)(left % period), last = first + rest;
    pn_lidx blocks = left / period * list.count;
    for (int i = 0; i < list.count; i++)
        blocks += (list.rows[i] >= first && list.rows[i] < last) || list.rows[i] < last - period;
    return blocks * layout->nb;
}

int pn_layout_fullest_row(const pn_layout *layout, int process_column, pn_gidx block)
{
    pn_gidx left = layout->row_blocks - block;
    int last = pn_layout_row_of(layout, process_column, layout->n - 1), fullest = last;
    pn_lidx lacking = layout->row_blocks * layout->nb - layout->n; // to fill the last block
    pn_lidx most = rows_from(layout, hosted_by(layout, last, process_column), block, left) -
                   (left > 0 ? lacking : 0);
    for (int row = 0; row < layout->heights[process_column]; row++) {
        pn_lidx rows = row == last
                           ? 0
                           : rows_from(layout, hosted_by(layout, row, process_column), block, left);
        if (rows > most) {
            most = rows;
            fullest = row;
        }
    }
    return fullest;
}

int pn_layout_rank(const pn_layout *layout, int process_row, int process_column)
{
    assert(process_row >= 0 && process_row < layout->height);
    return layout->rank_of[(size_t)process_column * (size_t)layout->height + (size_t)process_row];
}

void pn_layout_row_ranks(const pn_layout *layout, int virtual_row, int *ranks)
{
    for (int column = 0; column < layout->columns; column++) {
        int row = layout->host[(size_t)column * (size_t)layout->virtual_rows + (size_t)virtual_row];
        ranks[column] = pn_layout_rank(layout, row, column);
    }
}

pn_lidx pn_place_rows_before(const pn_place *place, pn_gidx row)
{
    return rows_before(place->layout, (host_list){place->virtual_rows, place->hosted}, row);
}

pn_lidx pn_layout_rows_before(const pn_layout *layout, int process_row, int process_column,
                              pn_gidx row)
{
    return rows_before(layout, hosted_by(layout, process_row, process_column), row);
}

pn_lidx pn_place_columns_before(const pn_place *place, pn_gidx column)
{
    const pn_layout *layout = place->layout;
    assert(column >= 0 && column <= layout->width);
    pn_gidx block = column / layout->nb;
    if (block < layout->column_blocks && layout->owner[block] == place->column)
        return (pn_lidx)layout->local_block[block] * layout->nb + column % layout->nb;
    pn_gidx low = 0;
    pn_gidx high = layout->owned[place->column];
    while (low < high) {
        pn_gidx middle = low + (high - low) / 2;
        if (place->blocks[middle] < block)
            low = middle + 1;
        else
            high = middle;
    }
    return low * layout->nb; // a short block has nothing after it
}

pn_gidx pn_place_global_row(const pn_place *place, pn_lidx row)
{
    const pn_layout *layout = place->layout;
    assert(row >= 0 && row < place->rows);
    pn_lidx block = row / layout->nb;
    pn_gidx cycle = block / place->hosted;
    pn_gidx global = cycle * layout->virtual_rows + place->virtual_rows[block % place->hosted];
    return global * layout->nb + row % layout->nb;
}

pn_gidx pn_place_global_column(const pn_place *place, pn_lidx column)
{
    const pn_layout *layout = place->layout;
    assert(column >= 0 && column < place->columns);
    return place->blocks[column / layout->nb] * layout->nb + column % layout->nb;
}
