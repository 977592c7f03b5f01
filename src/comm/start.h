// SPDX-License-Identifier: BSD-3-Clause
// The start of a job, watched: MPI's own start blocks for as long as a rank is missing, so a thread
// beside it ends the job when the time is up and says who is there and who is not.
#ifndef PN_COMM_START_H
#define PN_COMM_START_H

#include "base/log.h"
#include "comm/comm.h"
#include "comm/launcher.h"
#include "comm/witness.h"

typedef struct pn_start pn_start;

typedef struct pn_start_plan { // everything borrowed until the end
    const pn_launch *launch;
    pn_log *log;
    pn_witness *witness; // dismissed if the job ends here; NULL if there is none
    double seconds;      // 0 is no limit
} pn_start_plan;

// Marks this rank as present on its host and starts the watch.
pn_status pn_start_begin(pn_start **start, const pn_start_plan *plan);
// All ranks report to rank 0, which answers when it has heard of all. Returns when that is done;
// otherwise the job has ended, and the ranks that did not report are named.
void pn_start_meet(pn_start *start, pn_comm *comm);
// Ends the watch; NULL is allowed.
void pn_start_end(pn_start *start);

#endif
