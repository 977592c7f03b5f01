// SPDX-License-Identifier: BSD-3-Clause
// Pieces are rows of a block column, so a reader on another grid takes those that it needs and
// knows of each whether it is right. Of a block column that is done only the rows of U are kept,
// but where the run keeps L.
#include "checkpoint/shard.h"

#include <stdlib.h>

enum { PIECE_BYTES = 4 << 20 };

static pn_lidx rows_of_piece(const pn_manifest *m)
{
    return pn_max(1, PIECE_BYTES / ((int64_t)m->nb * m->element_bytes));
}

size_t pn_shard_piece_bytes(const pn_manifest *m)
{
    return (size_t)(rows_of_piece(m) * m->nb * m->element_bytes);
}

static bool is_held(const pn_manifest *m, int column, int row, pn_gidx block)
{
    size_t virtual_row = (size_t)(block % m->virtual_rows);
    return m->host[(size_t)column * (size_t)m->virtual_rows + virtual_row] == row;
}

pn_status pn_shard_create(pn_shard *shard, const pn_manifest *m, int column, int row)
{
    pn_gidx blocks = pn_manifest_row_blocks(m), count = 0;
    *shard =
        (pn_shard){.manifest = m, .column = column, .row = row, .piece_rows = rows_of_piece(m)};
    for (pn_gidx block = 0; block < blocks; block++)
        count += is_held(m, column, row, block);
    shard->blocks = calloc((size_t)pn_max(count, 1), sizeof *shard->blocks);
    if (!shard->blocks)
        return pn_fail_memory("for the rows of a checkpoint");
    for (pn_gidx block = 0; block < blocks; block++)
        if (is_held(m, column, row, block))
            shard->blocks[shard->count++] = block;
    return PN_OK;
}

void pn_shard_release(pn_shard *shard)
{
    free(shard->blocks);
    shard->blocks = NULL;
}

int pn_shard_columns(const pn_manifest *m, pn_gidx block)
{
    return (int)pn_min(m->nb, m->width - block * m->nb);
}

// Held block rows before `block`.
static pn_gidx blocks_before(const pn_shard *shard, pn_gidx block)
{
    pn_gidx low = 0, high = shard->count;
    while (low < high) {
        pn_gidx middle = (low + high) / 2;
        if (shard->blocks[middle] < block)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Only the last block row of the matrix can be short.
pn_lidx pn_shard_rows(const pn_shard *shard, pn_gidx block)
{
    const pn_manifest *m = shard->manifest;
    pn_gidx all = pn_manifest_row_blocks(m);
    bool keeps_l = m->matrix != PN_MATRIX_HPL;
    pn_gidx held = blocks_before(shard, block < m->step && !keeps_l ? block + 1 : all);
    bool has_last = held > 0 && shard->blocks[held - 1] == all - 1;
    return held * m->nb - (has_last ? all * m->nb - m->n : 0);
}

static int64_t pieces_of(const pn_shard *shard, pn_gidx block)
{
    return pn_ceil_div(pn_shard_rows(shard, block), shard->piece_rows);
}

pn_shard_size pn_shard_measure(const pn_shard *shard)
{
    const pn_manifest *m = shard->manifest;
    pn_gidx blocks = pn_manifest_column_blocks(m);
    pn_shard_size size = {0};
    for (pn_gidx block = 0; block < blocks; block++) {
        if (m->owner[block] != shard->column)
            continue;
        size.pieces += pieces_of(shard, block);
        size.data += pn_shard_rows(shard, block) * pn_shard_columns(m, block) * m->element_bytes;
    }
    size.bytes = size.data + size.pieces * (int64_t)sizeof(uint64_t);
    return size;
}
