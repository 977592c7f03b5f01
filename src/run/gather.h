// SPDX-License-Identifier: BSD-3-Clause
// What a picture of the run needs beyond numbers: who owned what, and how time went by on one rank
// of each process column.
#ifndef PN_RUN_GATHER_H
#define PN_RUN_GATHER_H

#include "comm/comm.h"
#include "grid/layout.h"
#include "measure/result.h"

// Every rank calls it with its own trace in `result`. Fills ownership and timelines on rank 0: at
// most a few process columns, evenly picked, with a thinned trace of their first rank. Failure:
// memory.
pn_status pn_gather_story(pn_result *result, const pn_layout *layout, pn_comm *comm);

#endif
