// SPDX-License-Identifier: BSD-3-Clause
// A file is new, and counts only once the manifest names it: whatever fails here leaves the
// generations before it as they were.
#include "checkpoint/checkpoint.h"

#include "base/exit_code.h"
#include "checkpoint/row_order.h"
#include "checkpoint/shard.h"
#include "comm/group.h"
#include "comm/stall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

enum { TAG = 0 };

typedef struct writer {
    const pn_checkpoint_task *task;
    pn_shard shard;
    int file;
    off_t written, flushed; // bytes; flushed: given to the disk
    int64_t pieces;
    uint64_t *checksum; // [pieces]
    char path[PN_GENERATION_PATH];
} writer;

static pn_status write_all(const writer *w, const void *data, size_t bytes)
{
    const char *at = data;
    while (bytes > 0) {
        ssize_t wrote = write(w->file, at, bytes);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return pn_fail(PN_ERROR_SYSTEM, "\"%s\": writing failed: %s", w->path,
                           wrote == 0 ? "nothing was taken" : strerror(errno));
        at += wrote;
        bytes -= (size_t)wrote;
    }
    return PN_OK;
}

// The disk begins with what is complete while the rest is still prepared; fsync has little left.
static void begin_flush(writer *w)
{
    const off_t enough = 32 << 20;
    if (w->written - w->flushed < enough)
        return;
    (void)sync_file_range(w->file, w->flushed, w->written - w->flushed, SYNC_FILE_RANGE_WRITE);
    w->flushed = w->written;
}

static pn_status write_block_column(writer *w, pn_gidx block)
{
    const pn_checkpoint_task *task = w->task;
    const pn_manifest *m = w->shard.manifest;
    int columns = pn_shard_columns(m, block);
    pn_lidx rows = pn_shard_rows(&w->shard, block);
    pn_lidx column = pn_place_columns_before(task->place, block * m->nb);
    pn_status status = PN_OK;
    for (pn_lidx row = 0; row < rows && status == PN_OK; row += w->shard.piece_rows) {
        pn_lidx count = pn_min(w->shard.piece_rows, rows - row);
        size_t bytes = (size_t)(count * columns * m->element_bytes);
        pn_block piece = pn_block_submatrix(task->matrix, row, column, count, columns);
        pn_stall_at(task->comm, -1, "writing of a checkpoint");
        task->compute->ops->wait(
            task->compute, task->compute->ops->read(task->compute, piece, task->buffer, columns));
        w->checksum[w->pieces++] = XXH3_64bits(task->buffer, bytes);
        status = write_all(w, task->buffer, bytes);
        w->written += (off_t)bytes;
        begin_flush(w);
    }
    return status;
}

static pn_status write_contents(writer *w)
{
    const pn_manifest *m = w->shard.manifest;
    pn_status status = PN_OK;
    pn_gidx blocks = pn_manifest_column_blocks(m);
    for (pn_gidx block = 0; block < blocks && status == PN_OK; block++)
        if (m->owner[block] == w->shard.column)
            status = write_block_column(w, block);
    if (status == PN_OK)
        status = write_all(w, w->checksum, (size_t)w->pieces * sizeof *w->checksum);
    return status;
}

static pn_status write_file(writer *w)
{
    const pn_checkpoint_task *task = w->task;
    char name[64];
    pn_status status;
    snprintf(name, sizeof name, "shard-%d-%d", w->shard.column, w->shard.row);
    PN_TRY(pn_generation_path(w->path, task->folder, task->number, name));
    PN_TRY(pn_generation_make(task->folder, task->number));
    w->file = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (w->file < 0)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\" cannot be written: %s", w->path, strerror(errno));
    status = write_contents(w);
    if (status == PN_OK && fsync(w->file) != 0)
        status = pn_fail(PN_ERROR_SYSTEM, "\"%s\": writing failed: %s", w->path, strerror(errno));
    if (close(w->file) != 0 && status == PN_OK)
        status = pn_fail(PN_ERROR_SYSTEM, "\"%s\": writing failed: %s", w->path, strerror(errno));
    if (status != PN_OK)
        unlink(w->path); // it may be what fills the disk
fail:
    return status;
}

// This rank's file; its checksum is that of the checksums of its pieces.
static pn_status write_shard(const pn_checkpoint_task *task, const pn_manifest *m,
                             uint64_t *checksum)
{
    writer w = {.task = task};
    pn_status status = pn_shard_create(&w.shard, m, task->place->column, task->place->row);
    if (status == PN_OK) {
        size_t pieces = (size_t)pn_shard_measure(&w.shard).pieces;
        w.checksum = calloc(pieces + 1, sizeof *w.checksum);
        status = w.checksum ? write_file(&w) : pn_fail_memory("for the checksums of a checkpoint");
        if (status == PN_OK)
            *checksum = XXH3_64bits(w.checksum, pieces * sizeof *w.checksum);
    }
    free(w.checksum);
    pn_shard_release(&w.shard);
    return status;
}

typedef struct note { // of one rank, as it travels
    int32_t status, column, row;
    uint64_t checksum;
} note;

static pn_status publish(const pn_checkpoint_task *task, const pn_manifest *m)
{
    char *text = NULL;
    pn_status status = PN_OK;
    if (task->order)
        status = pn_row_order_save(task->folder, task->number, task->order, m->n);
    if (status == PN_OK)
        status = pn_manifest_write(m, &text);
    if (status == PN_OK)
        status = pn_generation_publish(task->folder, task->number, text);
    free(text);
    if (status == PN_OK)
        pn_generation_clean(task->folder, PN_GENERATIONS_KEPT);
    return status;
}

// Ends with the same on all ranks: rank 0 puts the manifest in place if all files are there.
static pn_status conclude(const pn_checkpoint_task *task, pn_manifest *m, const note *all,
                          int *failed)
{
    pn_comm *comm = task->comm;
    pn_group world = pn_group_world(comm, TAG);
    int first = 0;
    while (first < comm->size && all[first].status == PN_OK)
        first++;
    int32_t status = first < comm->size ? all[first].status : PN_OK;
    for (int rank = 0; rank < comm->size; rank++)
        m->checksum[pn_manifest_file(m, all[rank].column, all[rank].row)] = all[rank].checksum;
    *failed = first < comm->size ? first : 0;
    if (status == PN_OK && comm->rank == 0)
        status = publish(task, m);
    if (status != PN_OK && comm->rank == 0)
        pn_generation_clean(task->folder, PN_GENERATIONS_KEPT); // the others' files fill the disk
    pn_group_broadcast(&world, &status, sizeof status, 0);
    return (pn_status)status;
}

pn_status pn_checkpoint_save(const pn_checkpoint_task *task, pn_manifest *m, int *failed)
{
    pn_comm *comm = task->comm;
    note *all = calloc((size_t)comm->size, sizeof *all);
    if (!all)
        pn_comm_abort(comm, PN_EXIT_FAILURE);
    note *mine = &all[comm->rank];
    *mine = (note){.column = task->place->column, .row = task->place->row};
    mine->status = write_shard(task, m, &mine->checksum);
    pn_group world = pn_group_world(comm, TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    pn_status status = conclude(task, m, all, failed);
    free(all);
    return status;
}
