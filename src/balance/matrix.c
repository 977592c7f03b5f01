// SPDX-License-Identifier: BSD-3-Clause
// Two ways for a part of the matrix to change its size. On processors it lies at the beginning of
// addresses for whole rows, of which only the beginning is ever touched: it grows where it is.
// Devices have no such addresses; there a second matrix is made beside the first, which is then
// released.
#include "balance/matrix.h"

#include "balance/migrate.h"

static pn_lidx leading_dimension(pn_lidx columns)
{
    pn_lidx ld = pn_round_up(pn_max(columns, 1), 8);
    return ld % 256 == 0 ? ld + 8 : ld; // off powers of two: rows must not share cache sets
}

static size_t bytes_of(pn_element element, const pn_place *place, pn_lidx ld)
{
    return (size_t)(ld * pn_max(place->rows, 1) * pn_element_bytes(element));
}

size_t pn_matrix_bytes(pn_element element, const pn_place *place)
{
    return bytes_of(element, place, leading_dimension(place->columns));
}

static bool grows(const pn_matrix *matrix)
{
    return matrix->compute->ops->grow != NULL;
}

// Of a matrix's first bytes, those that a device's own memory has no room for.
static size_t hosted(const pn_compute *compute, size_t bytes, size_t beside)
{
    int64_t over = (int64_t)bytes + (int64_t)beside - compute->memory_bytes;
    if (compute->overflow_bytes == 0 || over <= 0)
        return 0;
    return (size_t)pn_min((int64_t)bytes, over);
}

pn_status pn_matrix_create(pn_matrix *matrix, pn_compute *compute, const pn_place *place,
                           const pn_matrix_need *need)
{
    pn_lidx ld = leading_dimension(place->columns), most = leading_dimension(place->layout->width);
    pn_element element = compute->element;
    pn_room room = {.bytes = bytes_of(element, place, ld)};
    room.most = need->migrates && compute->ops->grow ? bytes_of(element, place, most) : room.bytes;
    room.hosted = hosted(compute, room.bytes, need->beside);
    pn_status status = compute->ops->reserve
                           ? compute->ops->reserve(compute, &room)
                           : compute->ops->allocate(compute, room.bytes, &room.memory);
    *matrix = (pn_matrix){compute, {{room.memory}, place->rows, place->columns, ld, element}, room};
    return status;
}

void pn_matrix_release(pn_matrix *matrix)
{
    if (matrix->room.memory)
        matrix->compute->ops->release(matrix->compute, matrix->room.memory, matrix->room.most);
    matrix->room.memory = NULL;
}

size_t pn_matrix_bytes_ahead(pn_element element, const pn_place *place)
{
    const pn_layout *layout = place->layout;
    pn_gidx most = 0, mine = layout->owned[place->column];
    for (int column = 0; column < layout->columns; column++)
        if (column != place->column)
            most = pn_max(most, layout->owned[column]);
    pn_gidx given = most / 2; // to the others, in proportion to what they have
    pn_lidx columns = pn_ceil_div(mine * given, layout->column_blocks - given) * layout->nb;
    return bytes_of(element, place, leading_dimension(place->columns + columns));
}

bool pn_matrix_grow_ahead(pn_matrix *matrix, size_t bytes)
{
    enum { LITTLE = 1 << 21 };
    const pn_compute_ops *ops = matrix->compute->ops;
    size_t wanted = (size_t)pn_min((int64_t)bytes, (int64_t)matrix->room.bytes + LITTLE);
    return ops->grow_alone && wanted > matrix->room.bytes && wanted <= matrix->room.most &&
           ops->grow_alone(matrix->compute, &matrix->room, wanted) == PN_OK;
}

// Rows never get shorter: what was touched once is there if columns come back.
static pn_lidx longest_rows(const pn_matrix_migration *migration)
{
    pn_lidx columns = pn_migrate_columns(migration->from, migration->to);
    return columns > migration->matrix->block.ld ? leading_dimension(columns)
                                                 : migration->matrix->block.ld;
}

bool pn_matrix_has_room(const pn_matrix_migration *migration, int64_t allowed)
{
    const pn_room *room = &migration->matrix->room;
    pn_element element = migration->matrix->block.element;
    size_t wanted = bytes_of(element, migration->to, longest_rows(migration));
    if (grows(migration->matrix) && wanted > room->most)
        return false;
    if (!grows(migration->matrix))
        wanted = room->bytes + pn_matrix_bytes(element, migration->to);
    return allowed == 0 || wanted + pn_migrate_bytes(migration->to->layout) <= (size_t)allowed;
}

pn_status pn_matrix_make_room(const pn_matrix_migration *migration, pn_matrix *then)
{
    const pn_matrix *now = migration->matrix;
    if (!grows(now))
        return pn_matrix_create(
            then, now->compute, migration->to,
            &(pn_matrix_need){true, migration->beside + now->room.bytes - now->room.hosted});
    pn_lidx ld = longest_rows(migration);
    pn_status status = now->compute->ops->grow(now->compute, &migration->matrix->room,
                                               bytes_of(now->block.element, migration->to, ld));
    *then = *now;
    then->block.columns = migration->to->columns;
    then->block.ld = ld;
    return status;
}

pn_status pn_matrix_migrate(const pn_matrix_migration *migration, const pn_matrix *then,
                            pn_comm *comm)
{
    pn_matrix *matrix = migration->matrix;
    pn_holding from = {migration->from, matrix->block}, to = {migration->to, then->block};
    pn_status status = pn_migrate(comm, matrix->compute, &from, &to);
    if (!grows(matrix))
        pn_matrix_release(matrix);
    *matrix = *then;
    return status;
}
