// SPDX-License-Identifier: BSD-3-Clause
// What trains: the devices of a partition, or the ranks of a run, by their rate in 16 bits and the
// share of it that published trainings reach.
#ifndef PN_MACHINES_TRAINER_H
#define PN_MACHINES_TRAINER_H

#include "config/machine.h"
#include "machines/prediction.h"
#include "machines/training_share.h"

typedef enum pn_rate_source { // of a rate in 16 bits
    PN_RATE_MEASURED,         // products, by panache
    PN_RATE_GIVEN,            // products, in the machine file
    PN_RATE_PEAK,             // of the data sheet
    PN_RATE_ASSUMED           // a figure marked as assumed
} pn_rate_source;

const char *pn_rate_source_name(pn_rate_source source);

typedef struct pn_trainer {
    char name[64];
    char kind[64];
    double count;   // devices, or ranks
    double rate;    // FLOP/s of one in 16 bits
    pn_range rates; // of all of them, over the ranges of the machine file
    bool is_peak;   // `rate`; else that of products
    pn_rate_source source;
    double share;    // of the rate
    pn_range shares; // that published runs span
    double memory;   // bytes of all that a model may have; 0: not known
    double watts;    // of all; 0: not known
    pn_range watts_range;
    bool is_watts_assumed;
} pn_trainer;

typedef struct pn_trainers {
    int count, room;
    pn_trainer *of;
    pn_notes notes;
} pn_trainers;

// Sets the shares, of a peak or of a rate of products. `generation` as in pn_training_share_of.
void pn_trainer_set_share(pn_trainer *trainer, const pn_training_shares *shares,
                          const char *generation);

pn_status pn_trainers_add(pn_trainers *trainers, const pn_trainer *trainer);

// The partitions that have a rate in 16 bits; the others become notes. Failures: none has one,
// memory.
pn_status pn_trainers_of_machine(pn_trainers *trainers, const pn_machine *machine);

void pn_trainers_release(pn_trainers *trainers);

#endif
