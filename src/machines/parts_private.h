// SPDX-License-Identifier: BSD-3-Clause
// Inside parts*.c: the part of one partition while it is made.
#ifndef PN_MACHINES_PARTS_PRIVATE_H
#define PN_MACHINES_PARTS_PRIVATE_H

#include "machines/notes.h"
#include "machines/parts.h"

typedef struct pn_part_maker {
    pn_prediction *prediction;
    const pn_constants *constants;
    const pn_machine *machine;
    const pn_machine_partition *partition;
    pn_end end;
    pn_rank_class *class;
    pn_predicted_part *told;
    int network;           // kind
    double network_links;  // that the name of the network says
    bool is_network_known; // by its name, with its speed; else the kind stands for its family
    int device;            // kind; -1: processors, or a device by its own figures
} pn_part_maker;

static inline double pn_part_figure(const pn_part_maker *maker, const pn_figure *figure)
{
    return pn_figure_at(figure, maker->end);
}

static inline double pn_part_nodes(const pn_part_maker *maker)
{
    return pn_part_figure(maker, &maker->partition->nodes);
}

// Probed on one host, and not enlarged: the links were measured, or there is one process only.
static inline bool pn_part_is_one_host(const pn_part_maker *maker)
{
    return maker->partition->ranks.set && pn_part_nodes(maker) == 1;
}

// Whether notes are taken: only at the middle of all ranges.
static inline bool pn_part_is_told(const pn_part_maker *maker)
{
    return maker->end == PN_END_MIDDLE;
}

// A note on a figure, "gpu: devices 4 (list of November 2024)", if it is set.
pn_status pn_part_tell(const pn_part_maker *maker, const pn_told *told);

// The failure that a key is missing, with its partition and line.
pn_status pn_part_missing(const pn_part_maker *maker, const char *key, const char *why);

// Devices (parts_device.c). The device's own entry in the machine file, or NULL.
const pn_machine_device *pn_part_own_device(const pn_part_maker *maker);
pn_status pn_part_of_devices(pn_part_maker *maker);

// Links (parts_network.c). Sets maker->network.
pn_status pn_part_find_network(pn_part_maker *maker);
// B/s of a node; 0 leaves it to the kind of network.
double pn_part_bandwidth(const pn_part_maker *maker);
// The network, and what is taken to be usual on it where the file is silent.
pn_status pn_part_tell_network(const pn_part_maker *maker);

#endif
