// SPDX-License-Identifier: BSD-3-Clause
// The records of a folder in the order of time. Runs of the same problem on the same host, ranks
// and grid make a series, in which each stands beside those before it.
#ifndef PN_REPORT_HISTORY_H
#define PN_REPORT_HISTORY_H

#include "base/status.h"
#include "measure/result.h"

#include <time.h>

enum { PN_HISTORY_EARLIER = 3 }; // runs of a series after which its noise is known

typedef struct pn_history_run {
    char file[128];
    time_t began;
    pn_settings settings; // n, nb, p, q, element
    int ranks;
    char host[64];
    bool passed;
    double rate;        // FLOP/s, the median of its repetitions
    int series;         // from 1
    double usual;       // median of those before it in its series; 0: it is the first
    double spread;      // of those, 1.4826 times the median of their distances from it, over it
    bool is_regression; // below the usual rate by more than noise: three spreads, and a per cent
    char changed[256];  // versions and processor that differ from the one before; "" if none
    char versions[512]; // for that
} pn_history_run;

typedef struct pn_history {
    int count;
    pn_history_run *run; // [count] earliest first
    int series;
    int skipped;             // files that are no record of a run
    char skipped_first[256]; // why the first of them is none
} pn_history;

// Failures: the folder cannot be read, or holds no record; memory.
pn_status pn_history_read(pn_history *history, const char *folder);
void pn_history_release(pn_history *history);

// Of the usual rate; 1 for the first of a series.
double pn_history_ratio(const pn_history_run *run);

// A finding: it did not pass, is below `fail_below` of the usual rate, or a regression where that
// is 0. Only the last run of each series counts: what was mended since is past.
bool pn_history_fails(const pn_history *history, int index, double fail_below);

#endif
