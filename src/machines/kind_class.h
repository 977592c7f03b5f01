// SPDX-License-Identifier: BSD-3-Clause
// What stands for devices and processors of a kind that is known by name: a class of ranks, one a
// device or one a processor (socket), by the constants that were fitted to published systems.
#ifndef PN_MACHINES_KIND_CLASS_H
#define PN_MACHINES_KIND_CLASS_H

#include "machines/constants.h"
#include "tune/class_cost.h"

#include <stdbool.h>

typedef struct pn_device_use {
    int device, network; // kinds
    double count;
    double watts;      // drawn by one, its part of the node included; 0: not known
    double host_cores; // beside one; 0: not known
    double bandwidth;  // B/s of the links of a node; 0: as usual for the network and the kind
    double in_node;    // devices that share them
    double age;        // years since the kind's introduction; INFINITY: long ago or not known
    bool is_by_xeon;   // beside Xeon processors
    bool is_template;  // submitted by a template
} pn_device_use;

typedef struct pn_processor_use {
    int processor, network; // kinds
    double sockets;
    double core_hertz; // cores x nominal clock of one processor
    double rate;       // FLOP/s of the multiply of one; 0: by these, as fitted for its kind
    double doubt;      // factor on the fitted rate; 0: none
    double bandwidth;  // B/s of the links of one, together; 0: as usual for the network
} pn_processor_use;

// B/s that a run gets for each of `in_node` devices that share `links` B/s. Of what a device sends
// down its column and along its row, the part for neighbours in its own node passes no link; if a
// node is a square of the grid, the load on its links grows with the root of its devices.
double pn_device_bandwidth(const pn_constants *constants, double links, double in_node);

// ln of the power that a device draws over what its rate goes with, within what is plausible;
// 0: not known.
double pn_device_draw(const pn_constants *constants, int device, double watts);

// The cost of a process and its links, alike in all directions: B/s, s.
pn_class_cost pn_kind_cost(const pn_usual_cost *usual, double bandwidth, double latency);

// Without memory; the links are those of one process as a run gets them.
pn_rank_class pn_device_class(const pn_constants *constants, const pn_device_use *use);
pn_rank_class pn_processor_class(const pn_constants *constants, const pn_processor_use *use);

#endif
