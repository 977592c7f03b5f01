// SPDX-License-Identifier: BSD-3-Clause
// The few constants of each kind of device, network and processor core, fitted to published systems
// (constants.inc; docs/prediction.md says how and how well). They answer for what nobody measured.
#ifndef PN_MACHINES_CONSTANTS_H
#define PN_MACHINES_CONSTANTS_H

#include <stdbool.h>

typedef struct pn_device_kind {
    const char *name;
    double memory;         // bytes
    int introduced;        // the first list it was on
    bool holds_matrix;     // its HPL keeps the matrix in its memory; else the host's serves too
    int list_cores;        // what a TOP500 list counts for one
    double peak;           // FLOP/s that lists give for one: tells how many there are, is no rate
    double rate;           // FLOP/s of the multiply inside a run, at `watts`
    double watts;          // a device and its part of the node
    double power_exponent; // the rate goes with the power drawn to this power
} pn_device_kind;

typedef struct pn_network_kind {
    const char *name;
    const char *words;      // of its name as machines/network_name.h has it; see pn_words_match
    double bandwidth;       // B/s of a link, one way
    double latency;         // s
    double processor_share; // of the rate that is left to processors beside driving the network
    double device_share;    // the same for devices
} pn_network_kind;

typedef struct pn_processor_kind { // a microarchitecture
    const char *name;
    const char *words; // of its name in lower case between blanks, without (R), (TM), CPU, Intel
    double flops_per_cycle; // a core
    double efficiency;      // of clock x flops_per_cycle, at the nominal clock, multiply in a run
    int systems;            // that the efficiency was fitted to; 0: a guess
} pn_processor_kind;

// How many devices share how many links of a node where a list says neither: the first row that
// fits.
typedef struct pn_node_form {
    const char *words; // of the computer; see pn_words_match
    int introduced;    // of kinds from this list on
    double least;      // devices a node, as counted
    double devices;    // a node; 0: as counted
    double links;      // usual number, a mean where nodes differ
} pn_node_form;

#define PN_GLOBAL_CONSTANTS(X)                                                                     \
    X(device_variation)  /* deviation of a device's speed over its mean */                         \
    X(device_column)     /* s per panel column */                                                  \
    X(device_panel)      /* rate of the panel, m b^2, over that of the multiply, 2 m n b */        \
    X(device_narrow)     /* rows or columns that cost as much as they bring */                     \
    X(device_young)      /* factor on the rate at the introduction, while codes are tuned */       \
    X(device_xeon)       /* factor beside Xeon processors */                                       \
    X(device_template)   /* factor on submissions that follow a template */                        \
    X(device_scale)      /* exponent of the number of devices over 500 */                          \
    X(device_link)       /* share of the links, see pn_device_bandwidth */                         \
    X(device_link_least) /* B/s of a link at least, where a list names a slower network */         \
    X(host_panel)        /* FLOP/s of a host core in the panel, where the host factors it */       \
    X(device_spread)     /* nine in ten published systems with devices lie at most so far above */ \
    X(device_below)      /* and at most so far below: 1 / (1 + it) */                              \
    X(processor_spread)  /* the same for processors alone */                                       \
    X(measured_spread)   /* the same for runs of what was probed */                                \
    X(processor_variation)                                                                         \
    X(processor_column)                                                                            \
    X(processor_panel)                                                                             \
    X(processor_link) /* share of a link that one of a node's two processors gets */

enum { PN_DEVICE_KINDS = 32, PN_NETWORK_KINDS = 40, PN_PROCESSOR_KINDS = 48, PN_NODE_FORMS = 24 };

typedef struct pn_constants {
    int devices, networks, processors, nodes;
    pn_device_kind device[PN_DEVICE_KINDS];
    pn_network_kind network[PN_NETWORK_KINDS]; // the last two: Ethernet, InfiniBand of any speed
    pn_processor_kind processor[PN_PROCESSOR_KINDS]; // the last fits any name
    pn_node_form node[PN_NODE_FORMS];                // the last fits any node
#define PN_GLOBAL_FIELD(name) double name;
    PN_GLOBAL_CONSTANTS(PN_GLOBAL_FIELD)
#undef PN_GLOBAL_FIELD
} pn_constants;

// Those of constants.inc.
void pn_constants_load(pn_constants *constants);

// Years from the introduction of the kind to a list, e.g. 202406.
double pn_device_age(const pn_device_kind *kind, int list);

// Index of the kind, or -1. A device by its name, without regard to case; processors by the first
// row whose words are in the text; networks in machines/network_name.h.
int pn_device_find(const pn_constants *constants, const char *name);
int pn_processor_find(const pn_constants *constants, const char *text);

// A name such as "A100" or "H100" stands for the kind of that name, and of several for the one with
// the memory nearest to `memory` (bytes; 0: not known, the first one). -1: none.
int pn_device_find_like(const pn_constants *constants, const char *name, double memory);

// The form of the nodes of a computer (or "") that has `counted` devices of a kind in each.
const pn_node_form *pn_node_find(const pn_constants *constants, const char *computer, int device,
                                 double counted);

// Whether `text` holds one of the patterns of "a|b?c": `?` is any character, `*` any number of
// them, case does not count, and an empty pattern is in everything.
bool pn_words_match(const char *words, const char *text);

#endif
