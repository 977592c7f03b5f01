// SPDX-License-Identifier: BSD-3-Clause
// The seconds of a run that is being chosen, by the model.
#ifndef PN_TUNE_CHOOSE_MODEL_H
#define PN_TUNE_CHOOSE_MODEL_H

#include "model/model.h"
#include "tune/choosing.h"

typedef struct pn_choosing_loss { // parts of the rate
    double capped;                // that full columns cost
    double panels;                // and the slow panels of unlike ranks
    double refinement;            // seconds, in no relation to the others
} pn_choosing_loss;
// The layout of a run on the arrangement, with its caps; its time on the classes of its columns:
// times[columns], or one for each class where these are known. To be destroyed. Failures: memory;
// a matrix that the columns cannot hold.
pn_status pn_choosing_layout(const pn_choosing *choosing, pn_gidx n, int nb, pn_layout **layout);
pn_status pn_choosing_model(const pn_choosing *choosing, const pn_layout *layout,
                            pn_forecast *forecast, pn_class_time *times);
// Of the solve; loss: filled if not NULL. INFINITY: it cannot be modelled.
double pn_choosing_seconds(const pn_choosing *choosing, pn_gidx n, int nb, pn_choosing_loss *loss);

#endif
