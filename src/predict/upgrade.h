// SPDX-License-Identifier: BSD-3-Clause
// Which nodes to add to a machine: for every kind of node in a catalogue, how many reach a target,
// or what a budget buys, by the model of the enlarged whole in one run.
#ifndef PN_PREDICT_UPGRADE_H
#define PN_PREDICT_UPGRADE_H

#include "predict/predict.h"

typedef struct pn_upgrade_request {
    const pn_machine *machine;   // as it is
    const pn_machine *catalogue; // one partition a kind of node, with price and power of one node
    double target;               // FLOP/s of Rmax to reach; 0: none
    double target_peak; // FLOP/s of peak to add; 0: none. Kinds without a peak are left out
    double budget;      // EUR; 0: no limit
} pn_upgrade_request;

typedef struct pn_upgrade {
    const pn_machine_partition *kind; // borrowed from the catalogue
    double nodes;
    double rate; // modelled Rmax of machine and added nodes in one run, FLOP/s
    double
        rate_alone;  // of the added nodes alone: where it is more, the old ones are better left out
    double peak;     // that is added; 0: not known
    double price;    // EUR
    double watts;    // of the added nodes
    bool is_reached; // the target, within the budget
} pn_upgrade;

// Modelled Rmax of a machine, without an interval.
pn_status pn_upgrade_rate(const pn_machine *machine, double *rate);

// upgrades[catalogue->partitions_count], best first: those that reach the target by price, then the
// others by rate. `*count`: how many there are. Failures: those of predicting; a kind without a
// price where there is a budget.
pn_status pn_upgrade_list(const pn_upgrade_request *request, pn_upgrade *upgrades, int *count);

#endif
