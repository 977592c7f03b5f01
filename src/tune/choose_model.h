// SPDX-License-Identifier: BSD-3-Clause
// The seconds of a run that is being chosen, by the model.
#ifndef PN_TUNE_CHOOSE_MODEL_H
#define PN_TUNE_CHOOSE_MODEL_H

#include "tune/choosing.h"

typedef struct pn_choosing_loss { // parts of the rate
    double capped;                // that full columns cost
    double panels;                // and the slow panels of unlike ranks
} pn_choosing_loss;
// Of the solve; loss: filled if not NULL. INFINITY: it cannot be modelled.
double pn_choosing_seconds(const pn_choosing *choosing, pn_gidx n, int nb, pn_choosing_loss *loss);

#endif
