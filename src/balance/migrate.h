// SPDX-License-Identifier: BSD-3-Clause
// Moving block columns between process columns while a factorisation pauses.
#ifndef PN_BALANCE_MIGRATE_H
#define PN_BALANCE_MIGRATE_H

#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/place.h"

// One rank's part of the matrix under a layout.
typedef struct pn_holding {
    const pn_place *place;
    pn_block matrix;
} pn_holding;

// Fills `to` from what all ranks hold as `from`: the same grid, other owners. All ranks call it;
// each may do it within one memory (the same data, rows at least as long as they were, of
// pn_migrate_columns at least) or with two. Failure: memory, on this rank alone; the others may
// then wait for it, so it ends the job.
pn_status pn_migrate(pn_comm *comm, pn_compute *compute, const pn_holding *from,
                     const pn_holding *to);

// Columns that a rank holds at the most, within one memory: what arrives comes before anything that
// leaves is gone.
pn_lidx pn_migrate_columns(const pn_place *from, const pn_place *to);

// Host memory that it needs for messages.
size_t pn_migrate_bytes(const pn_layout *layout);

#endif
