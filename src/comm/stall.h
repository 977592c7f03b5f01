// SPDX-License-Identifier: BSD-3-Clause
// No hang without a name. A rank that waits in vain asks the rank it waits for; one that waits
// itself answers and says for whom, and is followed, so that only the end of the chain is judged:
// a rank that has answered nothing for the whole limit is named, with the ranks that wait for it
// and where they are. A rank that computes answers between operations, so a slow one is left alone.
// A thread beside each rank names the rank itself when one of its operations never ends.
//
// Time is counted in looks, a few to the limit, and a look that could not be taken does not count:
// a job that was suspended and goes on is not to blame. Outside the steps, where memory is touched
// and matrices are made, all by one call, the limit is PN_STALL_PATIENCE times as long.
#ifndef PN_COMM_STALL_H
#define PN_COMM_STALL_H

#include "comm/stall_thread.h"

typedef struct pn_stall pn_stall;

// Every rank of the communicator calls it, before copies of `comm` are made; from then on `comm`
// says when it waits (comm->watch), and ends the watch when it is closed. seconds: the limit; 0:
// never. Failure: the thread cannot be created; to be agreed on, `comm` can be closed as usual.
pn_status pn_stall_start(pn_comm *comm, double seconds);
// Another limit from now on; the same on all ranks.
void pn_stall_limit(pn_comm *comm, double seconds);
// Said before each operation (a constant text); step < 0: of no step. Answers who asks.
void pn_stall_at(pn_comm *comm, int64_t step, const char *operation);

#endif
