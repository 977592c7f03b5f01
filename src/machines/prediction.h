// SPDX-License-Identifier: BSD-3-Clause
// A forecast of a machine and what it rests on: for each partition what was taken of it and where
// that comes from, and an interval that says how far the whole may be off.
#ifndef PN_MACHINES_PREDICTION_H
#define PN_MACHINES_PREDICTION_H

#include "config/machine.h"
#include "machines/notes.h"
#include "tune/class_run.h"

#include <stdbool.h>

typedef enum pn_basis { // of a partition's rate
    PN_BASIS_MEASURED,  // by panache probe: entries of `measured`, or a source that says so
    PN_BASIS_GIVEN,     // any other rate in the machine file
    PN_BASIS_FITTED,    // the constants of its kind
    PN_BASIS_ASSUMED    // a figure marked as assumed, or a processor that nobody knows
} pn_basis;

typedef struct pn_range {
    double low, high;
} pn_range;

typedef struct pn_predicted_partition {
    const pn_machine_partition *partition; // borrowed from the machine
    char kind[64];
    pn_basis basis;
    double nodes;
    double processes;    // devices, or processors
    double rate;         // FLOP/s of the multiply of one
    pn_range rate_range; // where figures have ranges; else rate twice
    double memory;       // bytes of one for the matrix
    double efficiency;   // of its multiply rate, over the whole run
    double disagreement; // mean spread of what was measured of it; 0: nothing was
    bool is_as_probed;   // as many nodes, on the links, as panache probe measured
    double watts;        // of the partition; 0: not known
    pn_range watts_range;
    bool watts_assumed;
} pn_predicted_partition;

typedef struct pn_prediction {
    bool is_mixed; // of HPL-MxP
    int partitions;
    pn_predicted_partition of[PN_CLASSES_MOST];
    pn_class_forecast forecast;
    double low, high; // FLOP/s: nine in ten systems of these kinds lie between; over all ranges
    double watts;     // all partitions; 0: not known for all
    pn_range watts_range;
    bool watts_assumed;
    double joules;
    pn_range joules_range; // least power and time at the ends of all ranges, to the most of both
    pn_notes notes;
} pn_prediction;

void pn_prediction_release(pn_prediction *prediction);

const char *pn_basis_name(pn_basis basis);

#endif
