// SPDX-License-Identifier: BSD-3-Clause
// The links between the partitions of a machine: through a gateway where the file describes one,
// else as fast as the slower of both goes.
#ifndef PN_MACHINES_BETWEEN_H
#define PN_MACHINES_BETWEEN_H

#include "machines/partition_class.h"

typedef struct pn_between_request {
    const pn_machine *machine;
    const pn_rank_class *classes; // [machine->partitions_count]
    double sent;                  // bytes that are sent, in parts of those of a Linpack
    pn_end end;                   // of the ranges of gateways
    pn_prediction *prediction;    // takes the notes, when `end` is the middle
} pn_between_request;

// Fills between[count * count], from partition to partition; those of one with itself are left
// alone. Failure: memory.
pn_status pn_between_fill(pn_link *between, const pn_between_request *request);

#endif
