// SPDX-License-Identifier: BSD-3-Clause
// All ranks walk over the block columns in the same order, and each ends its transfers in the order
// in which it began them: so the first of all that is not done yet is under way on both sides, and
// nobody waits in a circle. A block that moves goes in pieces of a few rows of one virtual row,
// because the columns may differ in height. Within one memory, columns are first spread out to make
// room for what arrives, and closed up once what leaves is gone.
#include "balance/migrate.h"

#include "base/assertion.h"

#include <stdlib.h>

enum { TAG_MIGRATE = 4096, PIECE_BYTES = 1 << 21, TRANSFERS = 4 };

typedef enum moment { BEFORE, BETWEEN, AFTER, MOMENTS } moment;

typedef struct transfer { // a piece under way
    void *memory;
    pn_row_list piece;
    pn_request request;
    bool used, arrives;
} transfer;

typedef struct migration {
    pn_comm *comm;
    pn_compute *compute;
    const pn_holding *from, *to;
    bool within;
    pn_lidx *at[MOMENTS]; // [block columns] local column; -1: not here
    pn_run *runs;         // [block columns] scratch
    pn_lidx *rows;        // [local rows] grouped by virtual row
    pn_lidx *first_row;   // [hosted + 1] where the groups begin
    transfer transfers[TRANSFERS];
    int64_t pieces;
} migration;

static int block_columns(const pn_layout *layout, pn_gidx block)
{
    return (int)pn_min(layout->nb, layout->width - block * layout->nb);
}

static bool is_here(const pn_place *from, const pn_place *to, pn_gidx block, moment when)
{
    bool was = from->layout->owner[block] == from->column;
    bool will_be = to->layout->owner[block] == to->column;
    return when == BEFORE ? was : when == AFTER ? will_be : was || will_be;
}

pn_lidx pn_migrate_columns(const pn_place *from, const pn_place *to)
{
    pn_lidx columns = 0;
    for (pn_gidx block = 0; block < from->layout->column_blocks; block++)
        if (is_here(from, to, block, BETWEEN))
            columns += block_columns(from->layout, block);
    return columns;
}

static pn_lidx rows_of_piece(const pn_layout *layout)
{
    return pn_max(1, PIECE_BYTES / (int64_t)sizeof(double) / layout->nb);
}

static size_t transfer_bytes(const pn_layout *layout)
{
    return sizeof(double) * (size_t)(rows_of_piece(layout) * layout->nb);
}

size_t pn_migrate_bytes(const pn_layout *layout)
{
    return TRANSFERS * transfer_bytes(layout);
}

static void find_columns(migration *m)
{
    const pn_layout *layout = m->from->place->layout;
    for (moment when = BEFORE; when < MOMENTS; when++) {
        pn_lidx column = 0;
        for (pn_gidx block = 0; block < layout->column_blocks; block++) {
            bool here = is_here(m->from->place, m->to->place, block, when);
            m->at[when][block] = here ? column : -1;
            column += here ? block_columns(layout, block) : 0;
        }
    }
}

static void list_rows(migration *m)
{
    const pn_place *place = m->from->place;
    const pn_layout *layout = place->layout;
    pn_lidx count = 0;
    for (int v = 0; v < place->hosted; v++) {
        m->first_row[v] = count;
        for (pn_gidx block = place->virtual_rows[v]; block < layout->row_blocks;
             block += layout->virtual_rows) {
            pn_gidx first = block * layout->nb, last = pn_min(first + layout->nb, layout->n);
            pn_lidx row = pn_place_rows_before(place, first);
            for (pn_gidx i = first; i < last; i++)
                m->rows[count++] = row++;
        }
    }
    m->first_row[place->hosted] = count;
}

// What is here at both moments.
static int list_runs(const migration *m, moment from, moment to)
{
    const pn_layout *layout = m->from->place->layout;
    int count = 0;
    for (pn_gidx block = 0; block < layout->column_blocks; block++) {
        pn_run run = {m->at[from][block], m->at[to][block], block_columns(layout, block)};
        pn_run *last = count > 0 ? &m->runs[count - 1] : NULL;
        if (run.from < 0 || run.to < 0)
            continue;
        if (last && last->from + last->columns == run.from && last->to + last->columns == run.to)
            last->columns += run.columns;
        else
            m->runs[count++] = run;
    }
    return count;
}

static void repack(const migration *m, pn_block matrix, moment from, moment to)
{
    pn_repack task = {matrix, m->to->matrix.ld, m->runs, list_runs(m, from, to)};
    m->compute->ops->repack(m->compute, &task);
}

static void copy_kept(const migration *m)
{
    int count = list_runs(m, BEFORE, AFTER);
    for (int i = 0; i < count && m->to->matrix.rows > 0; i++) {
        const pn_run *run = &m->runs[i];
        pn_lidx rows = m->to->matrix.rows;
        m->compute->ops->copy(
            m->compute, pn_block_submatrix(m->to->matrix, 0, run->to, rows, run->columns),
            pn_block_submatrix(m->from->matrix, 0, run->from, rows, run->columns));
    }
}

static void finish(migration *m, transfer *s)
{
    if (!s->used)
        return;
    pn_comm_wait(m->comm, &s->request);
    if (s->arrives)
        m->compute->ops->wait(m->compute, m->compute->ops->scatter_rows(m->compute, &s->piece));
    s->used = false;
}

static void start(migration *m, const pn_row_list *piece, int peer, bool arrives)
{
    transfer *s = &m->transfers[m->pieces++ % TRANSFERS];
    pn_lidx entries = piece->count * piece->columns;
    size_t bytes = (size_t)(entries * pn_element_bytes(piece->matrix.element));
    finish(m, s);
    s->used = true;
    s->arrives = arrives;
    s->piece = *piece;
    s->piece.host = s->memory;
    if (arrives) {
        pn_comm_receive_start(m->comm, s->memory, bytes, peer, TAG_MIGRATE, &s->request);
    } else {
        m->compute->ops->wait(m->compute, m->compute->ops->gather_rows(m->compute, &s->piece));
        pn_comm_send_start(m->comm, s->memory, bytes, peer, TAG_MIGRATE, &s->request);
    }
}

static int host_of(const pn_layout *layout, int virtual_row, int column)
{
    int row = layout->host[(size_t)column * (size_t)layout->virtual_rows + (size_t)virtual_row];
    return pn_layout_rank(layout, row, column);
}

// This rank's part in one hosted virtual row of a block that moves.
static void pass(migration *m, pn_gidx block, int v)
{
    const pn_layout *before = m->from->place->layout, *after = m->to->place->layout;
    int virtual_row = m->from->place->virtual_rows[v];
    bool arrives = after->owner[block] == m->to->place->column;
    int peer = arrives ? host_of(before, virtual_row, before->owner[block])
                       : host_of(after, virtual_row, after->owner[block]);
    pn_row_list piece = {.matrix = arrives || m->within ? m->to->matrix : m->from->matrix,
                         .column = m->at[m->within ? BETWEEN
                                         : arrives ? AFTER
                                                   : BEFORE][block],
                         .columns = block_columns(before, block)};
    pn_lidx end = m->first_row[v + 1], most = rows_of_piece(before);
    if (m->within)
        piece.matrix.columns = pn_migrate_columns(m->from->place, m->to->place);
    for (pn_lidx row = m->first_row[v]; row < end; row += most) {
        piece.index = m->rows + row;
        piece.count = pn_min(most, end - row);
        start(m, &piece, peer, arrives);
    }
}

static void exchange(migration *m)
{
    const pn_layout *before = m->from->place->layout, *after = m->to->place->layout;
    for (pn_gidx block = 0; block < before->column_blocks; block++)
        if (before->owner[block] != after->owner[block] && m->at[BETWEEN][block] >= 0)
            for (int v = 0; v < m->from->place->hosted; v++)
                pass(m, block, v);
    for (int i = 0; i < TRANSFERS; i++)
        finish(m, &m->transfers[m->pieces++ % TRANSFERS]);
}

static void migrate(migration *m)
{
    find_columns(m);
    list_rows(m);
    if (m->within)
        repack(m, m->from->matrix, BEFORE, BETWEEN);
    else
        copy_kept(m);
    exchange(m);
    if (m->within)
        repack(m, m->to->matrix, BETWEEN, AFTER);
    m->compute->ops->wait(m->compute, PN_TICKET_ALL);
}

static pn_status prepare(migration *m)
{
    const pn_place *place = m->from->place;
    size_t blocks = (size_t)place->layout->column_blocks, rows = (size_t)place->rows + 1;
    bool lists = (m->rows = malloc(rows * sizeof *m->rows)) &&
                 (m->first_row = malloc(((size_t)place->hosted + 1) * sizeof *m->first_row)) &&
                 (m->runs = malloc(blocks * sizeof *m->runs));
    for (moment when = BEFORE; when < MOMENTS && lists; when++)
        lists = (m->at[when] = malloc(blocks * sizeof *m->at[when]));
    if (!lists)
        return pn_fail_memory("to list the block columns that move");
    pn_status status = PN_OK;
    for (int i = 0; i < TRANSFERS && status == PN_OK; i++) {
        void *memory = NULL;
        status = m->compute->ops->allocate_host(m->compute, transfer_bytes(place->layout), &memory);
        m->transfers[i].memory = memory;
    }
    return status;
}

static void clean_up(migration *m)
{
    for (int i = 0; i < TRANSFERS; i++)
        if (m->transfers[i].memory)
            m->compute->ops->release_host(m->compute, m->transfers[i].memory,
                                          transfer_bytes(m->from->place->layout));
    for (moment when = BEFORE; when < MOMENTS; when++)
        free(m->at[when]);
    free(m->runs);
    free(m->rows);
    free(m->first_row);
}

pn_status pn_migrate(pn_comm *comm, pn_compute *compute, const pn_holding *from,
                     const pn_holding *to)
{
    migration m = {.comm = comm,
                   .compute = compute,
                   .from = from,
                   .to = to,
                   .within = from->matrix.data == to->matrix.data};
    pn_assert(from->place->rows == to->place->rows && from->place->row == to->place->row &&
                  from->place->column == to->place->column,
              "columns migrate on one grid");
    pn_assert(to->matrix.ld >= to->place->columns &&
                  (!m.within || to->matrix.ld >= pn_migrate_columns(from->place, to->place)),
              "the rows have room for what a process holds meanwhile");
    pn_status status = prepare(&m);
    if (status == PN_OK)
        migrate(&m);
    clean_up(&m);
    return status;
}
