// SPDX-License-Identifier: BSD-3-Clause
// All ranks walk over the block columns in the same order, so that plain sends and receives meet. A
// block that moves goes in as many pieces as there are virtual rows, because the columns may differ
// in height.
#include "trust/migrate.h"

#include <stdlib.h>

enum { TAG_MIGRATE = 4096 };

typedef struct migration {
    pn_comm *comm;
    pn_compute *compute;
    const pn_holding *from, *to;
    pn_lidx *rows;  // [local rows] scratch: those of one virtual row
    double *pieces; // [local rows x NB] scratch
} migration;

static int block_columns(const pn_layout *layout, pn_gidx block)
{
    return (int)pn_min(layout->nb, layout->n + 1 - block * layout->nb);
}

static pn_lidx local_column(const pn_holding *holding, pn_gidx block)
{
    return pn_place_columns_before(holding->place, block * holding->place->layout->nb);
}

static void keep(const migration *m, pn_gidx block)
{
    pn_block from = m->from->matrix, to = m->to->matrix;
    from.data += local_column(m->from, block);
    to.data += local_column(m->to, block);
    from.columns = to.columns = block_columns(m->from->place->layout, block);
    if (to.rows > 0)
        m->compute->ops->copy(m->compute, to, from);
}

// Local rows of a virtual row: every `hosted`-th block of rows.
static pn_lidx list_rows(const migration *m, int virtual_row)
{
    const pn_place *place = m->from->place;
    pn_lidx count = 0;
    for (pn_gidx block = virtual_row; block < place->layout->row_blocks;
         block += place->layout->virtual_rows) {
        pn_gidx first = block * place->layout->nb;
        pn_gidx last = pn_min(first + place->layout->nb, place->layout->n);
        pn_lidx row = pn_place_rows_before(place, first);
        for (pn_gidx i = first; i < last; i++)
            m->rows[count++] = row++;
    }
    return count;
}

static pn_row_list piece_of(const migration *m, const pn_holding *holding, pn_gidx block,
                            int virtual_row)
{
    return (pn_row_list){.matrix = holding->matrix,
                         .index = m->rows,
                         .count = list_rows(m, virtual_row),
                         .column = local_column(holding, block),
                         .columns = block_columns(holding->place->layout, block),
                         .host = m->pieces};
}

static void send(const migration *m, pn_gidx block, int virtual_row, int to)
{
    pn_row_list piece = piece_of(m, m->from, block, virtual_row);
    if (piece.count == 0)
        return;
    m->compute->ops->wait(m->compute, m->compute->ops->gather_rows(m->compute, &piece));
    pn_comm_send(m->comm, piece.host, sizeof(double) * (size_t)(piece.count * piece.columns), to,
                 TAG_MIGRATE);
}

static void receive(const migration *m, pn_gidx block, int virtual_row, int from)
{
    pn_row_list piece = piece_of(m, m->to, block, virtual_row);
    if (piece.count == 0)
        return;
    pn_comm_receive(m->comm, piece.host, sizeof(double) * (size_t)(piece.count * piece.columns),
                    from, TAG_MIGRATE);
    m->compute->ops->wait(m->compute, m->compute->ops->scatter_rows(m->compute, &piece));
}

static int host_of(const pn_layout *layout, int virtual_row, int column)
{
    int row = layout->host[(size_t)column * (size_t)layout->virtual_rows + (size_t)virtual_row];
    return pn_layout_rank(layout, row, column);
}

static void move(const migration *m, pn_gidx block)
{
    const pn_layout *before = m->from->place->layout, *after = m->to->place->layout;
    for (int v = 0; v < before->virtual_rows; v++) {
        int giver = host_of(before, v, before->owner[block]);
        int taker = host_of(after, v, after->owner[block]);
        if (giver == m->comm->rank)
            send(m, block, v, taker);
        if (taker == m->comm->rank)
            receive(m, block, v, giver);
    }
}

pn_status pn_migrate(pn_comm *comm, pn_compute *compute, const pn_holding *from,
                     const pn_holding *to)
{
    const pn_layout *before = from->place->layout, *after = to->place->layout;
    size_t rows = (size_t)from->place->rows + 1, bytes = rows * (size_t)before->nb * sizeof(double);
    migration m = {comm, compute, from, to, malloc(rows * sizeof *m.rows), NULL};
    void *memory = NULL;
    pn_status status = compute->ops->allocate_host(compute, bytes, &memory);
    m.pieces = memory;
    if (m.rows && status == PN_OK)
        for (pn_gidx block = 0; block < before->column_blocks; block++) {
            if (before->owner[block] != after->owner[block])
                move(&m, block);
            else if (before->owner[block] == from->place->column)
                keep(&m, block);
        }
    else
        status = pn_fail(PN_ERROR_MEMORY, "no memory to move block columns");
    compute->ops->wait(compute, PN_TICKET_ALL);
    free(m.rows);
    if (memory)
        compute->ops->release_host(compute, memory, bytes);
    return status;
}
