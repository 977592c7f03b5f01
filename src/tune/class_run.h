// SPDX-License-Identifier: BSD-3-Clause
// A run of classes of ranks: its grid, its shares, N and NB where they are open, and its time by
// the model. Process columns hold ranks of one class each.
#ifndef PN_TUNE_CLASS_RUN_H
#define PN_TUNE_CLASS_RUN_H

#include "base/status.h"
#include "tune/choose_order.h"
#include "tune/classes.h"

typedef struct pn_class_forecast {
    pn_gidx n;
    int nb;
    int p, q;                       // q: process columns of all classes; p: of the tallest
    int heights[PN_CLASSES_MOST];   // processes high, a column of each class
    int columns[PN_CLASSES_MOST];   // process columns of each class
    double shares[PN_CLASSES_MOST]; // of the matrix's columns; they add up to 1
    double work[PN_CLASSES_MOST];   // of the operations: columns on the right are worked on longer
    double seconds;
    double back; // of these in the back substitution
    double rate; // FLOP/s
    pn_class_time of[PN_CLASSES_MOST];
} pn_class_forecast;

// N is set; what else is open is as usual for the speeds. Failures: memory; a matrix that the ranks
// cannot hold; shares of another number than there are process columns.
pn_status pn_class_run_price(const pn_class_run *run, pn_class_forecast *forecast);

// The largest N that the ranks hold with the block size and the heights of the run, and its shares.
// Failure: memory.
pn_status pn_class_run_largest(const pn_class_run *run, pn_gidx *n);
// Sets block size and height to the best of a space, with the N set so far or, where that was not
// asked for (n: 0), less if it does not fit. Nothing fits: all stays. Failure: memory.
pn_status pn_class_run_search(pn_class_run *run, pn_gidx n, const pn_tune_space *space);
// Sets N to that of the best rate in a range, as far as it is held. Failures: as of the price; N
// then stays 0.
pn_status pn_class_run_best_order(pn_class_run *run, const pn_order_range *range);

// Sets what is open by the model on some steps: height and block size of several classes together,
// then N, then the block size again. Failures: memory; no matrix fits, and N stays 0.
pn_status pn_class_run_complete(pn_class_run *run);

// By the bytes of the matrix alone.
pn_orders pn_class_run_orders(const pn_class_run *run);

typedef struct pn_tuning {
    int count;
    pn_tuned best[PN_TUNED_MOST]; // all steps priced, the best first, never behind `usual`; at the
                                  // end what equal shares of several classes, and what no
                                  // look-ahead would be worth, if none of the best is so
    pn_tuned usual;               // what is taken without a search
    int tried;
} pn_tuning;

// The search for whatever is open. usual: the price of the completed run. Failures: memory.
pn_status pn_class_run_tune(const pn_class_run *asked, const pn_class_forecast *usual,
                            pn_tuning *tuning);

#endif
