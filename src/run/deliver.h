// SPDX-License-Identifier: BSD-3-Clause
// A result on its way to rank 0, which tells it also where it took no part in the run itself.
#ifndef PN_RUN_DELIVER_H
#define PN_RUN_DELIVER_H

#include "comm/comm.h"
#include "measure/result.h"

// Every rank calls it. Rank 0's `result`, which is empty unless it is `from`, becomes a copy of
// rank `from`'s, with memory of its own; who sat where (columns, left_out) is the caller's to add.
// Rank 0 without memory for it ends the job.
void pn_deliver_result(pn_result *result, pn_comm *comm, int from);

#endif
