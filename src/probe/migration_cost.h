// SPDX-License-Identifier: BSD-3-Clause
// What moving block columns would cost, measured before the clock starts.
#ifndef PN_PROBE_MIGRATION_COST_H
#define PN_PROBE_MIGRATION_COST_H

#include "comm/comm.h"
#include "compute/compute.h"

// Seconds for a byte, on the slowest of all ranks.
typedef struct pn_migration_cost {
    double touch; // of memory that was not used before and is not found in idle time
    double copy;  // within the part's memory
    double link;  // from one rank to the next, while all do it
    double anew;  // 1: on some rank the whole part goes into other memory (see compute.h, grow)
} pn_migration_cost;

// All ranks call it, while the matrix may still be overwritten. touch: as above, of this rank.
void pn_migration_cost_measure(pn_migration_cost *cost, pn_comm *comm, pn_compute *compute,
                               const pn_block *matrix, double touch);

#endif
