// SPDX-License-Identifier: BSD-3-Clause
// The matrix of a factorisation that has ended a step, to disk and back: each rank writes a file of
// its own, and reads from all files what is its own now. The ranks, their grid and the owners of
// the block columns may be others than they were.
#ifndef PN_CHECKPOINT_CHECKPOINT_H
#define PN_CHECKPOINT_CHECKPOINT_H

#include "checkpoint/manifest.h"
#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/place.h"

typedef struct pn_checkpoint_task {
    pn_comm *comm;
    pn_compute *compute;
    const pn_place *place;
    pn_block matrix;
    void *buffer;       // pn_shard_piece_bytes of host memory from the backend
    const char *folder; // that holds the generations
    int number;         // of the generation
    int64_t *order;     // [N] of the rows (checkpoint/row_order.h); NULL: they are not checked
} pn_checkpoint_task;

// Writes a generation; all ranks call it, each with the manifest of the same layout and step. It is
// there, and counts, once all files lie on the disk. All ranks get the same status; the first that
// failed has the message, and *failed is its number.
pn_status pn_checkpoint_save(const pn_checkpoint_task *task, pn_manifest *manifest, int *failed);

// Fills this rank's part, and on rank 0 the order. Failures: a file that is missing, not of its
// size, or damaged; a manifest of another width or element than the matrix. It is this rank's own:
// agree afterwards.
pn_status pn_checkpoint_load(const pn_checkpoint_task *task, const pn_manifest *manifest);

#endif
