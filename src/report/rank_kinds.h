// SPDX-License-Identifier: BSD-3-Clause
// The kinds of a machine as a run saw them: its ranks, grouped by kind and compared with their own.
#ifndef PN_REPORT_RANK_KINDS_H
#define PN_REPORT_RANK_KINDS_H

#include "measure/result.h"

typedef struct pn_rank_kind { // ranks of one kind
    const char *name;         // borrowed from the result
    int ranks;
    double rate;  // FLOP/s that its ranks multiply at together
    double share; // of the matrix, 0 to 1
    double wait;  // share of the time that its ranks waited, 0 to 1
} pn_rank_kind;

typedef struct pn_rank_kinds {
    int count;
    pn_rank_kind *kind; // in the order of their first ranks
    int *of_rank;       // [ranks] which kind
    int *of_column;     // [Q] the kind that a process column is made of: that of one of its ranks
    double *relative;   // [ranks] multiply rate / median of its kind; 1 where none was measured
    int slowest;        // rank with the least of it; -1 without ranks
} pn_rank_kinds;

// Failure: memory.
pn_status pn_rank_kinds_create(pn_rank_kinds *kinds, const pn_result *result);
void pn_rank_kinds_release(pn_rank_kinds *kinds);

#endif
