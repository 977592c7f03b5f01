// SPDX-License-Identifier: BSD-3-Clause
// The search on a machine file: which block size, grid, order, shares and look-ahead the model
// likes best.
#ifndef PN_MACHINES_TUNE_MACHINE_H
#define PN_MACHINES_TUNE_MACHINE_H

#include "machines/predict.h"
#include "tune/search.h"

typedef struct pn_tune_request {
    const pn_machine *machine;
    pn_gidx n; // asked for; 0 and 0 x 0: searched
    int nb, p, q;
} pn_tune_request;

typedef struct pn_tuning {
    int count;
    pn_tuned best[PN_TUNED_MOST]; // all steps priced, the best first, never behind `usual`; at the
                                  // end what equal shares of several partitions, and what no
                                  // look-ahead would be worth, if none of the best is so
    pn_tuned usual;               // what pn_predict_machine takes by itself
    int tried;
} pn_tuning;

// Failures: those of predicting.
pn_status pn_tune_machine(pn_tuning *tuning, const pn_tune_request *request);

#endif
