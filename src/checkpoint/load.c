// SPDX-License-Identifier: BSD-3-Clause
// A rank walks over the files that hold block columns of its own, and reads of them the pieces in
// which there are rows of its own. Each piece is held against its checksum before it is used.
#include "checkpoint/checkpoint.h"

#include "checkpoint/row_order.h"
#include "checkpoint/shard.h"
#include "comm/stall.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

typedef struct reader {
    const pn_checkpoint_task *task;
    pn_shard shard;
    pn_shard_size size;
    int file;
    uint64_t *checksum; // [size.pieces]
    int64_t piece, at;  // the next one, and where it begins
    char path[PN_GENERATION_PATH];
} reader;

static pn_status read_all(const reader *r, void *data, size_t bytes, int64_t at)
{
    char *to = data;
    while (bytes > 0) {
        ssize_t got = pread(r->file, to, bytes, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return pn_fail(PN_ERROR_SYSTEM, "\"%s\": reading failed: %s", r->path,
                           got == 0 ? "it ends too early" : strerror(errno));
        to += got;
        at += got;
        bytes -= (size_t)got;
    }
    return PN_OK;
}

// This process's row for a block row, or -1.
static pn_lidx row_here(const pn_place *place, pn_gidx block)
{
    const pn_layout *layout = place->layout;
    if (pn_layout_row_of(layout, place->column, block * layout->nb) != place->row)
        return -1;
    return pn_place_rows_before(place, block * layout->nb);
}

// Block rows [from, to) of the shard that lie in rows [row, row + rows) of it.
static void blocks_of(const reader *r, pn_lidx row, pn_lidx rows, pn_gidx *from, pn_gidx *to)
{
    *from = row / r->shard.manifest->nb;
    *to = pn_ceil_div(row + rows, r->shard.manifest->nb);
}

static bool is_wanted(const reader *r, pn_lidx row, pn_lidx rows)
{
    pn_gidx from, to;
    blocks_of(r, row, rows, &from, &to);
    for (pn_gidx i = from; i < to; i++)
        if (row_here(r->task->place, r->shard.blocks[i]) >= 0)
            return true;
    return false;
}

typedef struct piece {
    pn_lidx row, rows; // of the shard
    int columns;
    pn_lidx column; // where it goes
} piece;

static void place_rows(const reader *r, const piece *is)
{
    const pn_checkpoint_task *task = r->task;
    const pn_manifest *m = r->shard.manifest;
    pn_compute *compute = task->compute;
    pn_gidx from, to;
    blocks_of(r, is->row, is->rows, &from, &to);
    for (pn_gidx i = from; i < to; i++) {
        pn_lidx first = pn_max(i * m->nb, is->row);
        pn_lidx end = pn_min((i + 1) * m->nb, is->row + is->rows);
        pn_lidx here = row_here(task->place, r->shard.blocks[i]);
        if (here < 0)
            continue;
        pn_block part = pn_block_submatrix(task->matrix, here + first - i * m->nb, is->column,
                                           end - first, is->columns);
        const char *data = (const char *)task->buffer +
                           (first - is->row) * is->columns * (int64_t)m->element_bytes;
        compute->ops->write(compute, part, data, is->columns);
    }
    compute->ops->wait(compute, PN_TICKET_ALL);
}

static pn_status read_piece(reader *r, const piece *is)
{
    size_t bytes = (size_t)(is->rows * is->columns * r->shard.manifest->element_bytes);
    pn_stall_at(r->task->comm, -1, "reading of a checkpoint");
    pn_status status = read_all(r, r->task->buffer, bytes, r->at);
    if (status != PN_OK)
        return status;
    if (XXH3_64bits(r->task->buffer, bytes) != r->checksum[r->piece])
        return pn_fail(PN_ERROR_SYSTEM,
                       "\"%s\": damaged: bytes %" PRId64 " to %" PRId64
                       " do not match their checksum",
                       r->path, r->at, r->at + (int64_t)bytes - 1);
    place_rows(r, is);
    return PN_OK;
}

static pn_status read_block_column(reader *r, pn_gidx block)
{
    const pn_manifest *m = r->shard.manifest;
    const pn_place *place = r->task->place;
    bool ours = place->layout->owner[block] == place->column;
    pn_lidx rows = pn_shard_rows(&r->shard, block);
    piece is = {.columns = pn_shard_columns(m, block)};
    pn_status status = PN_OK;
    if (ours)
        is.column = pn_place_columns_before(place, block * m->nb);
    for (; is.row < rows && status == PN_OK; is.row += r->shard.piece_rows) {
        is.rows = pn_min(r->shard.piece_rows, rows - is.row);
        if (ours && is_wanted(r, is.row, is.rows))
            status = read_piece(r, &is);
        r->piece++;
        r->at += is.rows * is.columns * (int64_t)m->element_bytes;
    }
    return status;
}

static pn_status open_shard(reader *r)
{
    const pn_manifest *m = r->shard.manifest;
    struct stat is;
    r->size = pn_shard_measure(&r->shard);
    r->file = open(r->path, O_RDONLY | O_CLOEXEC);
    if (r->file < 0 || fstat(r->file, &is) != 0)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be read: %s", r->path, strerror(errno));
    if (is.st_size != r->size.bytes)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" has %lld bytes; by its manifest it has %" PRId64,
                       r->path, (long long)is.st_size, r->size.bytes);
    size_t bytes = (size_t)r->size.pieces * sizeof *r->checksum;
    r->checksum = malloc(bytes + 1);
    if (!r->checksum)
        return pn_fail_memory("for the checksums of \"%s\"", r->path);
    pn_status status = read_all(r, r->checksum, bytes, r->size.data);
    uint64_t told = m->checksum[pn_manifest_file(m, r->shard.column, r->shard.row)];
    if (status == PN_OK && XXH3_64bits(r->checksum, bytes) != told)
        status = pn_fail(PN_ERROR_SYSTEM,
                         "\"%s\": damaged: its checksums are not those of the manifest", r->path);
    return status;
}

static pn_status read_contents(reader *r)
{
    const pn_manifest *m = r->shard.manifest;
    pn_gidx blocks = pn_manifest_column_blocks(m);
    pn_status status = open_shard(r);
    for (pn_gidx block = 0; block < blocks && status == PN_OK; block++)
        if (m->owner[block] == r->shard.column)
            status = read_block_column(r, block);
    return status;
}

static bool holds_wanted(const pn_checkpoint_task *task, const pn_shard *shard)
{
    for (pn_gidx i = 0; i < shard->count; i++)
        if (row_here(task->place, shard->blocks[i]) >= 0)
            return true;
    return false;
}

static pn_status read_shard(const pn_checkpoint_task *task, const pn_manifest *m, int column,
                            int row)
{
    char name[64];
    reader r = {.task = task, .file = -1};
    pn_status status = pn_shard_create(&r.shard, m, column, row);
    snprintf(name, sizeof name, "shard-%d-%d", column, row);
    if (status == PN_OK && holds_wanted(task, &r.shard)) {
        status = pn_generation_path(r.path, task->folder, task->number, name);
        if (status == PN_OK)
            status = read_contents(&r);
    }
    if (r.file >= 0)
        close(r.file);
    free(r.checksum);
    pn_shard_release(&r.shard);
    return status;
}

static bool has_block_of(const pn_checkpoint_task *task, const pn_manifest *m, int column)
{
    const pn_place *place = task->place;
    for (pn_gidx block = 0; block < place->layout->column_blocks; block++)
        if (m->owner[block] == column && place->layout->owner[block] == place->column)
            return true;
    return false;
}

pn_status pn_checkpoint_load(const pn_checkpoint_task *task, const pn_manifest *m)
{
    const pn_layout *layout = task->place->layout;
    int element_bytes = (int)pn_element_bytes(task->matrix.element);
    if (m->n != layout->n || m->nb != layout->nb || m->width != layout->width ||
        m->element_bytes != element_bytes)
        return pn_fail(PN_ERROR_USAGE,
                       "a matrix of N = %" PRId64 ", NB = %d, %" PRId64
                       " columns and %d bytes an entry; this run has N = %" PRId64
                       ", NB = %d, %" PRId64 " columns and %d bytes",
                       m->n, m->nb, m->width, m->element_bytes, layout->n, layout->nb,
                       layout->width, element_bytes);
    pn_status status = PN_OK;
    if (task->order && task->comm->rank == 0)
        status = pn_row_order_load(task->folder, task->number, task->order, m->n);
    for (int column = 0; column < m->columns && status == PN_OK; column++)
        for (int row = 0; row < m->heights[column] && status == PN_OK; row++)
            if (has_block_of(task, m, column))
                status = read_shard(task, m, column, row);
    return status;
}
