// SPDX-License-Identifier: BSD-3-Clause
// The parts of a run against others of their kind, by what the run itself recorded: the rate of a
// thread (compute), the time for the rows of a rank that is alone in its process column (memory),
// and the time in which a process column exchanges rows (link). Pure numbers in, a ranking out.
//
// Ranks whose threads share cores are held against those alone that share them as much: how such
// cores are dealt out is the system's doing.
//
// Panels are no such measure: who waits for one waits for all that its sender waited for, so a slow
// link there makes everybody wait alike.
#ifndef PN_MEASURE_RANKING_H
#define PN_MEASURE_RANKING_H

#include "measure/result.h"

// (identifier, name, times the tolerance that is allowed)
#define PN_RANKING_ASPECTS(X)                                                                      \
    X(COMPUTE, "compute", 1)                                                                       \
    X(MEMORY, "memory", 2)                                                                         \
    X(LINK, "link", 5)

typedef enum pn_ranking_aspect {
#define PN_RANKING_ENUM(id, name, factor) PN_RANKING_##id,
    PN_RANKING_ASPECTS(PN_RANKING_ENUM)
#undef PN_RANKING_ENUM
        PN_RANKING_ASPECT_COUNT
} pn_ranking_aspect;

typedef struct pn_ranked_aspect {
    double ratio; // to the median of its kind, less is slower; 0: not compared
    double value; // FLOP/s of a thread; else seconds in which nobody was waited for
    double usual; // of its kind; seconds for as many block columns as this rank's
    int peers;    // measured ranks (columns for LINK) of its kind, itself among them
    bool is_outlier;
} pn_ranked_aspect;

typedef struct pn_ranked { // a rank
    int index;             // into result->ranks
    double worst;          // the least of its ratios
    pn_ranked_aspect aspect[PN_RANKING_ASPECT_COUNT];
} pn_ranked;

// ranked[result->rank_count]: the ranks that have a like in anything, the slowest first; returns
// how many they are, or -1 without memory. Ranks busy for less than PN_OUTLIER_SECONDS are left
// out. An outlier is slower than its kind by more than the tolerance allows; in memory or link it
// also loses at least 1 % of the run's time by it. All ranks of a column are alike in LINK.
int pn_ranking_of_run(const pn_result *result, double tolerance, pn_ranked *ranked);

const char *pn_ranking_name(pn_ranking_aspect aspect);

#endif
