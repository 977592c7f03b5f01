// SPDX-License-Identifier: BSD-3-Clause
// The file of one process in a checkpoint. It holds the process's block columns in ascending order,
// of each the local rows in their global order (after all swaps), rows contiguous: of a block
// column that is done those down to its diagonal block, of any other all. Each is cut into pieces
// of about 4 MiB; behind them stand the checksums of the pieces. Pure but for the memory of a list.
#ifndef PN_CHECKPOINT_SHARD_H
#define PN_CHECKPOINT_SHARD_H

#include "checkpoint/manifest.h"

typedef struct pn_shard {
    const pn_manifest *manifest; // borrowed
    int column, row;             // process column and row
    pn_gidx count;
    pn_gidx *blocks;    // [count] block rows held, ascending
    pn_lidx piece_rows; // rows of a piece, but for the last of a block column
} pn_shard;

// Failure: memory.
pn_status pn_shard_create(pn_shard *shard, const pn_manifest *manifest, int column, int row);
void pn_shard_release(pn_shard *shard);

// Of a block column: its columns, and the local rows that are kept.
int pn_shard_columns(const pn_manifest *manifest, pn_gidx block);
pn_lidx pn_shard_rows(const pn_shard *shard, pn_gidx block);
// Bytes of the largest piece.
size_t pn_shard_piece_bytes(const pn_manifest *manifest);

// The whole file: pieces, their bytes, and all bytes.
typedef struct pn_shard_size {
    int64_t pieces, data, bytes;
} pn_shard_size;
pn_shard_size pn_shard_measure(const pn_shard *shard);

#endif
