// SPDX-License-Identifier: BSD-3-Clause
// A small process beside the ranks of a host that outlives them. Where a launcher ends a job by
// killing every rank at once and names none of them, the witness says which one fell first.
#ifndef PN_COMM_WITNESS_H
#define PN_COMM_WITNESS_H

#include "base/log.h"

typedef struct pn_witness pn_witness;

// To be called before MPI starts, while there is one thread. `job` is the same for all ranks of the
// job and no other on this host; `log` has this rank's number and host. NULL if there can be none:
// `complaint` is told why, if somebody else has its name.
pn_witness *pn_witness_call(const char *job, pn_log *log, pn_log *complaint);
// The rank ends and has nothing left to be said; job_ends: it takes all the others with it. NULL is
// allowed.
void pn_witness_dismiss(pn_witness *witness, bool job_ends);

#endif
