// SPDX-License-Identifier: BSD-3-Clause
// Published trainings of language models: what share of the 16-bit peak of its devices each
// reached.
#ifndef PN_MACHINES_TRAINING_RUNS_H
#define PN_MACHINES_TRAINING_RUNS_H

#include "base/status.h"

typedef struct pn_training_run {
    char model[64];
    char device[64];
    const char *generation; // of machines/half_kind.h; NULL: nothing is known of the device
    double share;           // operations over peak x device-hours; 0: not known
} pn_training_run;

typedef struct pn_training_runs {
    int count, room;
    pn_training_run *run;
} pn_training_runs;

// A table (csv, xlsx) with the columns model, active_parameters, tokens, device and device_hours
// (or gpu_hours); rows that lack a number are left out. Failures: not readable, a column that is
// missing, a number that is none (file, row, column).
pn_status pn_training_runs_read(pn_training_runs *runs, const char *path);
void pn_training_runs_release(pn_training_runs *runs);

#endif
