// SPDX-License-Identifier: BSD-3-Clause
// What a run would take: process columns of a few classes of ranks, dealt as a run deals them,
// walked by the model with the settings of the run. The one place where a choice meets the model,
// be the ranks measured or out of a machine file.
#ifndef PN_TUNE_FORECAST_H
#define PN_TUNE_FORECAST_H

#include "base/settings.h"
#include "model/model.h"

typedef struct pn_classes { // of ranks that are alike; what a process of each costs
    int count;
    const pn_part_model *cost; // [count]
    const int *of_column;      // [columns of the layout] all ranks of a column are of one class
    const pn_link *between;    // [count * count] along the process rows; NULL: as inside a class
} pn_classes;

// Seconds and where they go, of_class[classes->count]. settings: look-ahead, split, segment and
// buffers count here; the rest stands in the layout. steps: about how many of the run's to price,
// each for several; 0: all. Failure: memory.
pn_status pn_forecast_layout(const pn_layout *layout, const pn_settings *settings,
                             const pn_classes *classes, int steps, pn_forecast *forecast,
                             pn_part_forecast *of_class);

#endif
