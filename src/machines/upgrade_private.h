// SPDX-License-Identifier: BSD-3-Clause
// Inside the upgrades: a machine with nodes of a kind beside it as one machine, the gateways that
// this takes, and the notes on what it rests on.
#ifndef PN_MACHINES_UPGRADE_PRIVATE_H
#define PN_MACHINES_UPGRADE_PRIVATE_H

#include "machines/upgrade.h"

typedef struct pn_mixture {
    const pn_upgrade_request *request;
    const pn_machine_partition *kind;
    double nodes;  // of the kind
    bool is_alone; // without the machine
} pn_mixture;

// A shallow copy: lists are fresh, what they hold is borrowed. The added nodes are the last
// partition.
typedef struct pn_joined {
    pn_machine machine;
    char name[128]; // of the added nodes, where a partition has their kind's
} pn_joined;

// Released also after a failure.
pn_status pn_mixture_join(pn_joined *joined, const pn_mixture *mixture);
void pn_joined_release(pn_joined *joined);

typedef enum pn_gateway_origin {
    PN_GATEWAY_NONE, // one network
    PN_GATEWAY_GIVEN,
    PN_GATEWAY_DESCRIBED, // for another pair of partitions on such networks
    PN_GATEWAY_ASSUMED
} pn_gateway_origin;

// What joins a partition with nodes of a kind. Fills all of `gateway` but its ends; texts are
// borrowed.
pn_gateway_origin pn_upgrade_gateway(const pn_upgrade_request *request,
                                     const pn_machine_partition *old,
                                     const pn_machine_partition *kind, pn_machine_gateway *gateway);

// Each adds lines that are not in the list yet: the machine's assumptions, and those on a kind with
// the gateways that it takes.
pn_status pn_upgrade_note_machine(pn_upgrade_list *list, const pn_prediction *prediction);
pn_status pn_upgrade_note_mixture(pn_upgrade_list *list, const pn_mixture *mixture,
                                  const pn_prediction *prediction);

#endif
