// SPDX-License-Identifier: BSD-3-Clause
// A run of classes of ranks: its grid, its shares, N and NB where they are open, and its time by
// the model. Process columns hold ranks of one class each.
#ifndef PN_TUNE_CLASS_RUN_H
#define PN_TUNE_CLASS_RUN_H

#include "base/status.h"
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

// Sets what is open by the model on some steps: height and block size of several classes together,
// then N, then the block size again. Failures: memory; no matrix fits, and N stays 0.
pn_status pn_class_run_complete(pn_class_run *run);

// Order of the largest matrix that all together hold, and of the one that they hold in proportion
// to their rates: beyond it a class is full and the others do its work.
typedef struct pn_orders {
    double largest, balanced;
} pn_orders;
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
