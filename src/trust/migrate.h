// SPDX-License-Identifier: BSD-3-Clause
// Moving block columns between process columns while a factorisation pauses.
#ifndef PN_TRUST_MIGRATE_H
#define PN_TRUST_MIGRATE_H

#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/layout.h"

// One rank's part of the matrix under a layout.
typedef struct pn_holding {
    const pn_place *place;
    pn_block matrix;
} pn_holding;

// Fills `to` from what all ranks hold as `from`: the same grid, other owners. All ranks call it.
// Failure: memory, on this rank alone; the others may then wait for it, so it ends the job.
pn_status pn_migrate(pn_comm *comm, pn_compute *compute, const pn_holding *from,
                     const pn_holding *to);

#endif
