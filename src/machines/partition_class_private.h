// SPDX-License-Identifier: BSD-3-Clause
// Inside partition_*.c: the class of one partition while it is made.
#ifndef PN_MACHINES_PARTITION_CLASS_PRIVATE_H
#define PN_MACHINES_PARTITION_CLASS_PRIVATE_H

#include "machines/notes.h"
#include "machines/partition_class.h"

typedef struct pn_class_builder {
    pn_prediction *prediction;
    const pn_constants *constants;
    const pn_machine *machine;
    const pn_machine_partition *partition;
    pn_end end;
    pn_rank_class *class;
    pn_predicted_partition *told;
    int network;           // kind
    double network_links;  // that the name of the network says
    bool is_network_known; // by its name, with its speed; else the kind stands for its family
    int device;            // kind; -1: processors, or a device by its own figures
} pn_class_builder;

static inline double pn_partition_figure(const pn_class_builder *builder, const pn_figure *figure)
{
    return pn_figure_at(figure, builder->end);
}

static inline double pn_partition_nodes(const pn_class_builder *builder)
{
    return pn_partition_figure(builder, &builder->partition->nodes);
}

// Probed on one host, and not enlarged: the links were measured, or there is one process only.
static inline bool pn_partition_is_one_host(const pn_class_builder *builder)
{
    return builder->partition->ranks.set && pn_partition_nodes(builder) == 1;
}

// Whether notes are taken: only at the middle of all ranges.
static inline bool pn_partition_is_told(const pn_class_builder *builder)
{
    return builder->end == PN_END_MIDDLE;
}

// A note on a figure, "gpu: devices 4 (list of November 2024)", if it is set.
pn_status pn_partition_tell(const pn_class_builder *builder, const pn_told *told);

// The failure that a key is missing, with its partition and line.
pn_status pn_partition_missing(const pn_class_builder *builder, const char *key, const char *why);

// Devices (partition_device.c). The device's own entry in the machine file, or NULL.
const pn_machine_device *pn_partition_own_device(const pn_class_builder *builder);
pn_status pn_partition_of_devices(pn_class_builder *builder);

// Links (partition_network.c). Sets builder->network.
pn_status pn_partition_find_network(pn_class_builder *builder);
// B/s of a node; 0 leaves it to the kind of network.
double pn_partition_bandwidth(const pn_class_builder *builder);
// The network, and what is taken to be usual on it where the file is silent.
pn_status pn_partition_tell_network(const pn_class_builder *builder);

#endif
