// SPDX-License-Identifier: BSD-3-Clause
// Published systems, as a table (csv or xlsx) with a row each: device, devices, host_cores,
// cores_per_socket, processor, processor_mhz, interconnect, nmax, rmax_tflops, power_kw, name,
// list. The model's constants are fitted to such a table and judged on another.
#ifndef PN_MACHINES_PUBLISHED_H
#define PN_MACHINES_PUBLISHED_H

#include "base/status.h"
#include "machines/kind_class.h"

typedef struct pn_published {
    char name[64];
    int list;       // edition
    int device;     // kind in pn_constants, -1: processors alone
    int processor;  // kind
    int network;    // kind, -1: not known
    double devices; // as counted from the list's cores
    double cores;   // of the processors, all
    double cores_per_socket;
    double hertz;
    double power; // W of the whole, 0: not known
    double n;
    bool is_by_xeon;  // its processors are Xeons
    bool is_template; // of a maker whose submissions follow a template
    double in_node;   // devices that a node has, as its form and the counts say
    double links;     // that a node has, as its form or the interconnect says
    double rmax;      // FLOP/s
    double peak;      // as listed, 0: not known; counts devices and is never a rate
    bool is_counted;  // the devices, by the processors that they are sold with
    bool skipped;     // no such kind of device is known, or not how many, or no clock of processors
} pn_published;

typedef struct pn_published_list {
    int count, capacity;
    pn_published *system;
} pn_published_list;

// Failures: not readable, a column that is missing, a number that is none (file, row, column).
pn_status pn_published_read(pn_published_list *list, const char *path,
                            const pn_constants *constants);
void pn_published_release(pn_published_list *list);

// How often the devices were undercounted: lists count the cores of some devices by half, or as
// those of one die. 2, 4 or 8 where the matrix cannot be held by fewer devices, a half or a quarter
// where peak or matrix tell of fewer, else 1.
double pn_published_recount(const pn_constants *constants, const pn_published *system);

// Whether nodes without devices take part: there are more than four processors for each device.
bool pn_published_is_mixed(const pn_constants *constants, const pn_published *system);

// Drawn by a device, with its part of its node; 0: not known, or nodes without devices draw too.
double pn_published_watts(const pn_constants *constants, const pn_published *system);

// Modelled Rmax in FLOP/s; `steps` as in pn_class_run.
pn_status pn_published_predict(const pn_constants *constants, const pn_published *system, int steps,
                               double *rate);

#endif
