// SPDX-License-Identifier: BSD-3-Clause
// A job on a machine of a file: how many ranks each partition's nodes get, how many threads each
// rank, and why. One rank drives one device where there are devices; elsewhere one rank fills a
// NUMA domain, so that its memory is near. Devices are taken whole; of a node's memory the system
// keeps a part. Pure: machine in, numbers out.
#ifndef PN_CONFIG_BATCH_JOB_H
#define PN_CONFIG_BATCH_JOB_H

#include "config/machine.h"

#include <stdint.h>

typedef struct pn_batch_component {
    const pn_machine_partition *partition; // borrowed
    int nodes;
    int ranks_a_node;
    int threads;      // of each rank
    const char *each; // what a rank has to itself: "device", "NUMA domain", "socket", "node"
    int64_t memory;   // bytes that the ranks of a node may take together; 0: as they find it
} pn_batch_component;

typedef struct pn_batch_job {
    const pn_machine *machine; // borrowed
    int count;
    pn_batch_component *components;
    int64_t nodes, ranks; // over all components
} pn_batch_job;

// nodes: of each partition; 0: all it has. Failures (PN_ERROR_USAGE), each with the partition and
// its line: more nodes than there are, cores not given, or too few of them for the ranks.
pn_status pn_batch_job_plan(pn_batch_job *job, const pn_machine *machine, int64_t nodes);
void pn_batch_job_release(pn_batch_job *job);

// Ranks of a component.
int64_t pn_batch_component_ranks(const pn_batch_component *component);

#endif
