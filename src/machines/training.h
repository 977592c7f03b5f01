// SPDX-License-Identifier: BSD-3-Clause
// How long the training of a language model takes on what there is, and what it takes: by
// operations over rate times the share of it that published trainings reach. Unlike parts are told
// one by one and together, each working as fast as it does.
#ifndef PN_MACHINES_TRAINING_H
#define PN_MACHINES_TRAINING_H

#include "machines/language_model.h"
#include "machines/trainer.h"

#include <stdbool.h>

typedef struct pn_span { // a value, and what it may be between
    double value, low, high;
} pn_span;

typedef struct pn_training_prices { // 0: not asked for
    double hour;                    // EUR for a device and an hour
    double energy;                  // EUR for a J
} pn_training_prices;

typedef struct pn_training_cost { // of one training, on one part or on all
    double devices;
    pn_span speed;   // FLOP/s
    pn_span seconds; // of the model; 0: none was asked for, or it does not fit
    pn_span device_hours;
    pn_span joules; // 0: its power is not known
    bool is_energy_assumed;
    pn_span euros; // 0: not known
    bool fits;     // the model in memory; where that is not known, too
} pn_training_cost;

// Of one part. `model` NULL: speed alone.
pn_training_cost pn_training_alone(const pn_trainer *trainer, const pn_language_model *model,
                                   const pn_training_prices *prices);

// Of all of them that together hold the model.
pn_training_cost pn_training_together(const pn_trainers *trainers, const pn_language_model *model,
                                      const pn_training_prices *prices);

// Seconds to so many operations at that speed.
pn_span pn_training_seconds(const pn_training_cost *cost, double operations);

// Thresholds of operations spent on training (Regulation (EU) 2024/1689).
// General-purpose: the indicative criterion of the Commission's guidelines on the scope of the
// obligations for providers, C(2025) 5045, section 2.1, for models that generate language, or
// images or videos from text. Systemic risk: presumed by Article 51(2) when more were spent.
#define PN_TRAINING_GENERAL_PURPOSE 1e23
#define PN_TRAINING_SYSTEMIC_RISK 1e25

#endif
