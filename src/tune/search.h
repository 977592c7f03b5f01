// SPDX-License-Identifier: BSD-3-Clause
// The search for the settings of a run: block size, height of the process columns, shares,
// look-ahead. One search for what `panache tune` answers, what `panache run` takes by default and
// what `panache predict` completes; who asks says what may be tried and what it is worth.
#ifndef PN_TUNE_SEARCH_H
#define PN_TUNE_SEARCH_H

#include "base/status.h"
#include "base/types.h"

enum { PN_TUNED_MOST = 8, PN_TUNED_CLASSES = 16 };

typedef struct pn_tuned_class { // of ranks, in a candidate
    int height, columns;        // of its process columns, and their number
    double share;               // of the matrix's columns
} pn_tuned_class;

typedef struct pn_tuned_height { // of the process columns
    int p;
    bool differs; // the columns of each class come near to it, as suits the class
} pn_tuned_height;

typedef struct pn_tuned { // a candidate
    pn_gidx n;
    int nb, p, q;           // p: of the tallest process column
    pn_tuned_height height; // tried; p 0: left to whoever prices
    bool equal;             // equal shares; else by the rates
    int look_ahead;         // as in pn_settings
    double rate;            // FLOP/s expected; 0: it cannot be
    double seconds;
    double time[4]; // shares of the time of a process, all together: as in pn_tuned_name
    int classes;    // 0: not told
    pn_tuned_class of[PN_TUNED_CLASSES];
} pn_tuned;

enum { PN_TUNED_MULTIPLY, PN_TUNED_PANEL, PN_TUNED_ROWS, PN_TUNED_WAIT };

// "multiplying", "factoring panels", ...
const char *pn_tuned_name(int share);

// Puts a candidate in its place among best[*count], of which there are `most` at most.
void pn_tuned_insert(pn_tuned *best, int most, int *count, const pn_tuned *candidate);

// The same choices, to be priced once more.
pn_tuned pn_tuned_again(const pn_tuned *tuned);

// Whether both make the same columns with the same choices.
bool pn_tuned_is_same(const pn_tuned *a, const pn_tuned *b);

// Fills in what is left of a candidate with nb, p, height and the choices; its rate stays 0 if it
// cannot be. Failure: memory, and what ends the search.
typedef pn_status pn_tune_price(void *context, pn_tuned *candidate);

typedef struct pn_tune_space {
    const int *nb; // [nbs]
    int nbs;
    const pn_tuned_height *heights; // [height_count]
    int height_count;
    int look_ahead;           // of all candidates
    bool tries_equal;         // the best few with equal shares as well
    bool tries_no_look_ahead; // the best few without look-ahead as well
    pn_tune_price *price;
    void *context;
} pn_tune_space;

// best[most], at most PN_TUNED_MOST, the best first; *count: how many can be, up to `most`.
// Failures: those of pricing.
pn_status pn_tune_search(const pn_tune_space *space, pn_tuned *best, int most, int *count);

#endif
