// SPDX-License-Identifier: BSD-3-Clause
// Who sends to whom in a run of an arrangement: a panel goes from each process column to the one
// before it, round the grid, from and to those that host the same virtual row; rows go round inside
// a column. Pure.
#ifndef PN_TUNE_NEIGHBOURS_H
#define PN_TUNE_NEIGHBOURS_H

#include "tune/arrangement.h"

typedef struct pn_neighbours { // two ranks of the job; from < to
    int from, to;
} pn_neighbours;

// Each pair once, in ascending order. Ranks that were left out talk to nobody; each is paired with
// the rank numbered before it (the first: after it), so that a pair is named for every rank. To be
// freed. Failure: memory.
pn_status pn_neighbours_list(pn_neighbours **pairs, int *count, const pn_arrangement *arrangement);

#endif
