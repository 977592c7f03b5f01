// SPDX-License-Identifier: BSD-3-Clause
// Which nodes to add to a machine: for every kind of node in a catalogue, how many reach a target,
// or what a budget buys, by the model of the enlarged whole in one run. Where the added nodes are
// on another network than the old ones, a gateway joins the two.
#ifndef PN_MACHINES_UPGRADE_H
#define PN_MACHINES_UPGRADE_H

#include "machines/predict.h"

typedef enum pn_upgrade_goal {
    PN_GOAL_BUDGET, // as many nodes as it buys
    PN_GOAL_RMAX,   // of the whole, modelled
    PN_GOAL_PEAK    // of the added nodes. Kinds without a peak are left out
} pn_upgrade_goal;

typedef struct pn_upgrade_request {
    const pn_machine *machine;   // as it is
    const pn_machine *described; // its whole file, of which `machine` may be a part: what a gateway
                                 // there joins, it joins for added nodes too; NULL: `machine`
    const pn_machine *catalogue; // one partition a kind of node, with price and power of one node
    const char *machine_path, *catalogue_path; // for messages
    pn_upgrade_goal goal;
    double target;  // FLOP/s to reach; of a peak: to add
    double budget;  // EUR; 0: no limit
    double gateway; // B/s one way between the old and the added nodes of other networks; 0: as in
                    // `described`, else assumed
} pn_upgrade_request;

typedef struct pn_upgrade_rmax { // FLOP/s, modelled
    double rate;
    double low, high; // nine in ten systems of these kinds lie between
} pn_upgrade_rmax;

typedef struct pn_upgrade {
    const pn_machine_partition *kind; // borrowed from the catalogue
    double nodes;                     // 0: none are needed, or the budget buys none
    pn_upgrade_rmax rmax;             // of machine and added nodes in one run
    double
        rate_alone;  // of the added nodes alone: where it is more, the old ones are better left out
    double peak;     // that is added; 0: not known
    double price;    // EUR; only if the kind has a price
    double watts;    // of the added nodes; only if the kind has a power
    bool is_reached; // the target, within the budget
} pn_upgrade;

typedef struct pn_upgrade_list {
    pn_upgrade_rmax now; // the machine as it is
    int count;
    pn_upgrade *upgrade; // best first: those that reach a target by price, without a price last;
                         // the others, and what a budget buys, by rate
    int left_out_count;
    const pn_machine_partition **left_out; // kinds without the peak that is counted
    pn_notes notes;                        // gateways and what is assumed
} pn_upgrade_list;

// Modelled Rmax of a machine, without an interval.
pn_status pn_upgrade_rate(const pn_machine *machine, double *rate);

// Failures: those of predicting, with the file that they lie in; a kind without a price where there
// is a budget; no kind with a peak where one is counted; too many partitions for one run.
pn_status pn_upgrade_list_make(pn_upgrade_list *list, const pn_upgrade_request *request);
void pn_upgrade_list_release(pn_upgrade_list *list);

#endif
