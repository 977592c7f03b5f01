// SPDX-License-Identifier: BSD-3-Clause
// The parts of a machine as a run saw them: its ranks, grouped by kind and compared with their own.
#ifndef PN_REPORT_KINDS_H
#define PN_REPORT_KINDS_H

#include "measure/result.h"

typedef struct pn_part { // ranks of one kind
    const char *kind;    // borrowed from the result
    int ranks;
    double rate;  // FLOP/s that its ranks multiply at together
    double share; // of the matrix, 0 to 1
    double wait;  // share of the time that its ranks waited, 0 to 1
} pn_part;

typedef struct pn_parts {
    int count;
    pn_part *part;    // in the order of their first ranks
    int *of_rank;     // [ranks] which part
    int *of_column;   // [Q] the part that a process column is made of: that of one of its ranks
    double *relative; // [ranks] multiply rate / median of its kind; 1 where none was measured
    int slowest;      // rank with the least of it; -1 without ranks
} pn_parts;

// Failure: memory.
pn_status pn_parts_create(pn_parts *parts, const pn_result *result);
void pn_parts_release(pn_parts *parts);

#endif
