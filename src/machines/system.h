// SPDX-License-Identifier: BSD-3-Clause
// A run on a system made of parts: from what is known of each part (counts, kinds, links) to the
// constants of the model, the process grid, the shares, and the time.
#ifndef PN_MACHINES_SYSTEM_H
#define PN_MACHINES_SYSTEM_H

#include "machines/constants.h"
#include "model/model.h"

#include <stdbool.h>

typedef struct pn_system_part {
    double processes;                        // one a device, or one a processor (socket)
    double rate;                             // FLOP/s of the multiply of one
    double memory;                           // bytes that one can give to the matrix; 0: no limit
    double bandwidth;                        // B/s to other nodes, of one, as a run gets it
    double latency;                          // s
    double variation, column, panel, narrow; // as in PN_GLOBAL_CONSTANTS
    double shallow; // depth (NB) at which reading and writing the result costs as much as computing
    bool is_measured; // then `model` says what a process does in what time, in place of the above
    pn_part_model model;
} pn_system_part;

typedef struct pn_system {
    int parts;
    const pn_system_part *part; // [parts]
    const pn_link *between;     // as in pn_model, or NULL
    pn_gidx n;
    int nb;           // 0: chosen by the rate of a process
    int p, q;         // 0: chosen; of several parts, p is the height to come near to
    bool same_height; // several parts: p exactly, where there are so many processes
    bool in_turn;     // no look-ahead: panels are factored when the step is done
    bool equal_shares;
    const double *shares; // [share_count] relative speeds of the process columns; NULL: by rates
    int share_count;      // must be the number of process columns
    int steps;            // about how many to price; 0: all
} pn_system;

enum { PN_SYSTEM_PARTS = 16 };

typedef struct pn_system_forecast {
    pn_gidx n;
    int nb;
    int p, q;                       // q: process columns of all parts; p: of the tallest
    int heights[PN_SYSTEM_PARTS];   // processes high, a column of each part
    int columns[PN_SYSTEM_PARTS];   // process columns of each part
    double shares[PN_SYSTEM_PARTS]; // of the matrix's columns
    double seconds;
    double rate; // FLOP/s: (2/3 n^3 + 3/2 n^2) / seconds
    double back;
    pn_part_forecast part[PN_SYSTEM_PARTS];
} pn_system_forecast;

// Failures: memory; a matrix that the parts cannot hold; shares of another number than there are
// process columns.
pn_status pn_system_predict(const pn_system *system, pn_system_forecast *forecast);

typedef struct pn_device_use {
    int device, network; // kinds
    double count;
    double watts;      // drawn by one, its part of the node included; 0: not known
    double host_cores; // beside one; 0: not known
    double bandwidth;  // B/s of the links of a node; 0: as usual for the network and the kind
    double in_node;    // devices that share them
    double age;        // years since the kind's introduction; INFINITY: long ago or not known
    bool is_card;      // or nothing says that it is a module
    bool is_by_xeon;   // beside Xeon processors
    bool is_template;  // submitted by a template
} pn_device_use;

typedef struct pn_processor_use {
    int processor, network; // kinds
    double sockets;
    double core_hertz; // cores x nominal clock of one processor
    double bandwidth;  // B/s of the links of one, together; 0: as usual for the network
} pn_processor_use;

// B/s that a run gets for each of `in_node` devices that share `links` B/s. Of what a device sends
// down its column and along its row, the part for neighbours in its own node passes no link; if a
// node is a square of the grid, the load on its links grows with the root of its devices.
double pn_device_bandwidth(const pn_constants *constants, double links, double in_node);

// ln of the power that a device draws over what its rate goes with, within what is plausible;
// 0: not known.
double pn_device_draw(const pn_constants *constants, int device, double watts);

pn_system_part pn_device_part(const pn_constants *constants, const pn_device_use *use);
pn_system_part pn_processor_part(const pn_constants *constants, const pn_processor_use *use);

#endif
