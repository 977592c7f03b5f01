// SPDX-License-Identifier: BSD-3-Clause
// The search for the settings of a run: block size, height of the process columns, look-ahead. One
// search for what `panache tune` answers and for what `panache run` takes by default; who asks says
// what may be tried and what it is worth.
#ifndef PN_PREDICT_SEARCH_H
#define PN_PREDICT_SEARCH_H

#include "base/status.h"
#include "base/types.h"

#include <stdbool.h>

typedef struct pn_tuned { // a candidate
    pn_gidx n;
    int nb, p, q; // p: of the tallest process column
    bool in_turn; // no look-ahead
    double rate;  // FLOP/s expected; 0: it cannot be
    double seconds;
    double shares[4]; // of the time of a process, all parts together: as in pn_tuned_name
} pn_tuned;

enum { PN_TUNED_MULTIPLY, PN_TUNED_PANEL, PN_TUNED_ROWS, PN_TUNED_WAIT };

// "multiplying", "factoring panels", ...
const char *pn_tuned_name(int share);

// Puts a candidate in its place among best[*count], of which there are `most` at most.
void pn_tuned_insert(pn_tuned *best, int most, int *count, const pn_tuned *candidate);

// Fills in what is left of a candidate with nb, p and in_turn; its rate stays 0 if it cannot be.
// Failure: memory, and what ends the search.
typedef pn_status pn_tune_price(void *context, pn_tuned *candidate);

typedef struct pn_tune_space {
    const int *nb; // [nbs]
    int nbs;
    const int *heights; // [height_count]
    int height_count;
    bool may_wait; // try the best without look-ahead as well
    pn_tune_price *price;
    void *context;
} pn_tune_space;

enum { PN_TUNED_MOST = 8 };

// best[most], the best first; *count: how many can be, up to `most`. Failures: those of pricing.
pn_status pn_tune_search(const pn_tune_space *space, pn_tuned *best, int most, int *count);

#endif
