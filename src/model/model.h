// SPDX-License-Identifier: BSD-3-Clause
// The model: the time that a layout and its plan take on classes described by a few constants each.
// It walks the same list of operations that the executor performs (lu/plan.h), one process a
// process column standing for its column, and prices each with the constants of its class
// (model/cost.h). Columns run on their own clocks and meet only where a panel arrives, as the real
// ones do. Columns of one class with the same number of blocks left share their prices, so a step
// costs one plan a class and a few additions a column: seconds for an exascale machine.
#ifndef PN_MODEL_MODEL_H
#define PN_MODEL_MODEL_H

#include "model/cost.h"

// Seconds of the mean process of a class; they overlap, so they do not add up to the time.
typedef struct pn_class_time {
    double multiply;
    double panel; // factoring, strips and latencies, of a process of each column
    double rows;  // exchanging and solving
    double wait;  // for panels
    double end;   // when the last of its columns is done
} pn_class_time;

typedef struct pn_forecast {
    double seconds; // factorisation and back substitution
    double back;    // the latter alone
} pn_forecast;

// The one place where a choice meets the model, be the ranks measured or out of a machine file.
// of_class[model->classes.count]. Failure: memory.
pn_status pn_model_run(const pn_model *model, pn_forecast *forecast, pn_class_time *of_class);

#endif
