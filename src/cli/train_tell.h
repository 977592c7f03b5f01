// SPDX-License-Identifier: BSD-3-Clause
// What a training takes, as text and as a record.
#ifndef PN_CLI_TRAIN_TELL_H
#define PN_CLI_TRAIN_TELL_H

#include "config/options.h"
#include "machines/training.h"

typedef struct pn_train_answer {
    const char *machine; // its name
    const pn_trainers *trainers;
    const pn_language_model *model; // NULL: none was asked for
    pn_training_prices prices;
} pn_train_answer;

// To standard output, and to the file of --json. Failure: a file that cannot be written.
pn_status pn_train_tell(const pn_train_answer *answer, const pn_options *options);

// Published runs beside what the others say of each, and how many lie in the interval of the
// others; then the constants that all of them give.
pn_status pn_train_tell_runs(const pn_training_runs *runs);

#endif
