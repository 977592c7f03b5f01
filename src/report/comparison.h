// SPDX-License-Identifier: BSD-3-Clause
// Measurements beside the first of them: the ratio of the rates with what repetitions say of its
// spread, the phase and the parts that made the difference, and the settings that differ.
#ifndef PN_REPORT_COMPARISON_H
#define PN_REPORT_COMPARISON_H

#include "report/sample.h"

typedef struct pn_difference { // a member of the records that differs
    char name[96];             // "versions.blas"
    char was[96], now[96];     // "-" where it is missing
} pn_difference;

enum { PN_DIFFERENCES = 64, PN_PARTS_COMPARED = 32 };

typedef struct pn_part_ratio { // a kind of both
    char kind[64];
    double was, now; // FLOP/s of all its ranks together
} pn_part_ratio;

typedef struct pn_comparison { // of one measurement beside another
    double ratio;              // of the medians
    double least, most;        // ratios that single repetitions give
    bool is_beyond; // both were repeated, and no repetition of the one reaches the other's
    double was[PN_PHASE_COUNT], now[PN_PHASE_COUNT]; // seconds, mean of the ranks
    pn_phase largest;                                // the phase whose time changed most
    bool same_problem; // N is the same, so that seconds can be held against each other
    int part_count;
    pn_part_ratio part[PN_PARTS_COMPARED];
    int difference_count; // at most PN_DIFFERENCES are kept
    pn_difference difference[PN_DIFFERENCES];
} pn_comparison;

// Failure: memory.
pn_status pn_comparison_make(pn_comparison *comparison, const pn_sample *first,
                             const pn_sample *other);

#endif
