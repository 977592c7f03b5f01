// SPDX-License-Identifier: BSD-3-Clause
// All memory of a row exchange is taken here, before the clock starts.
#include "lu/rows_private.h"

#include <stdlib.h>

// What a slice needs at most: an incoming piece, and U once, either outgoing or solved. More than U
// never goes out: the owner of the pivot block sends its own pivot rows and, for each of the
// others, a row that leaves the block; the others send the pivot rows that they hold.
static size_t slice_bytes(pn_element element, const pn_place *place, pn_lidx columns)
{
    int height = place->layout->heights[place->column];
    pn_lidx entries = place->layout->nb * (columns + pn_ceil_div(columns, height) + PN_ROWS_GRAIN);
    return height == 1 ? 0 : (size_t)(entries * pn_element_bytes(element));
}

size_t pn_rows_bytes(pn_element element, const pn_place *place, pn_lidx widest)
{
    return slice_bytes(element, place, widest) + slice_bytes(element, place, place->layout->nb);
}

static void give_back(pn_rows *rows, pn_rows_area *where)
{
    const pn_compute_ops *ops = rows->request.compute->ops;
    if (where->memory)
        (rows->request.gpu_aware ? ops->release : ops->release_host)(rows->request.compute,
                                                                     where->memory, where->bytes);
    *where = (pn_rows_area){NULL, 0};
}

static pn_status allocate(pn_rows *rows, pn_rows_area *where, size_t bytes)
{
    const pn_compute_ops *ops = rows->request.compute->ops;
    pn_status status = PN_OK;
    if (bytes > 0)
        status = (rows->request.gpu_aware ? ops->allocate_message : ops->allocate_host)(
            rows->request.compute, bytes, &where->memory);
    if (status == PN_OK)
        where->bytes = bytes;
    return status;
}

static pn_status allocate_lists(pn_rows *rows)
{
    size_t nb = (size_t)rows->request.place->layout->nb, p = (size_t)rows->request.column.size;
    bool ok = true;
    ok &= (rows->interchange.source = calloc(nb, sizeof(pn_gidx))) != NULL;
    ok &= (rows->interchange.moved_from = calloc(nb, sizeof(pn_gidx))) != NULL;
    ok &= (rows->interchange.moved_to = calloc(nb, sizeof(pn_gidx))) != NULL;
    ok &= (rows->piece_begin = calloc(p + 1, sizeof(int))) != NULL;
    ok &= (rows->moved_begin = calloc(p + 1, sizeof(int))) != NULL;
    ok &= (rows->held_u = calloc(nb, sizeof(pn_lidx))) != NULL;
    ok &= (rows->held_row = calloc(nb, sizeof(pn_lidx))) != NULL;
    ok &= (rows->moved_from = calloc(nb, sizeof(pn_lidx))) != NULL;
    ok &= (rows->moved_to = calloc(nb, sizeof(pn_lidx))) != NULL;
    for (int s = 0; s < PN_SLICES; s++) {
        ok &= (rows->exchanges[s].sends = calloc(2 * p, sizeof(pn_request))) != NULL;
        ok &= (rows->exchanges[s].receives = calloc(p + 1, sizeof(pn_request))) != NULL;
    }
    return ok ? PN_OK : pn_fail_memory("for the lists of row exchanges");
}

pn_status pn_rows_create(pn_rows **result, const pn_rows_request *request)
{
    *result = NULL;
    pn_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return pn_fail_memory("for the row exchange");
    rows->request = *request;
    pn_status status;
    PN_TRY(allocate_lists(rows));
    pn_element element = request->matrix.element;
    PN_TRY(allocate(rows, &rows->look_ahead_area,
                    slice_bytes(element, request->place, request->place->layout->nb)));
    PN_TRY(allocate(rows, &rows->wide_area, slice_bytes(element, request->place, request->widest)));
    *result = rows;
    return PN_OK;
fail:
    pn_rows_destroy(rows);
    return status;
}

void pn_rows_destroy(pn_rows *rows)
{
    if (!rows)
        return;
    for (int s = 0; s < PN_SLICES; s++) {
        free(rows->exchanges[s].sends);
        free(rows->exchanges[s].receives);
    }
    give_back(rows, &rows->look_ahead_area);
    give_back(rows, &rows->wide_area);
    free(rows->interchange.source);
    free(rows->interchange.moved_from);
    free(rows->interchange.moved_to);
    free(rows->piece_begin);
    free(rows->moved_begin);
    free(rows->held_u);
    free(rows->held_row);
    free(rows->moved_from);
    free(rows->moved_to);
    free(rows);
}
