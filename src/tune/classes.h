// SPDX-License-Identifier: BSD-3-Clause
// Classes of ranks: ranks that are alike, wherever they were found. Ranks that were measured and
// the partitions of a machine file both become classes; behind this type nobody sees which.
#ifndef PN_TUNE_CLASSES_H
#define PN_TUNE_CLASSES_H

#include "model/model.h"
#include "tune/rank_info.h"
#include "tune/search.h"

typedef struct pn_rank_class {
    double ranks;       // how many; a share of one where a range ends between two
    double rate;        // FLOP/s of multiplication of one
    double memory;      // bytes that one can give to the matrix; 0: no limit
    bool is_device;     // the matrix lies in the memory of devices
    bool is_measured;   // what it costs was measured, at every block size, and its memory is
                        // counted to the last panel as a run counts it
    pn_class_cost cost; // what one does in what time, and its links
} pn_rank_class;

enum { PN_CLASSES_MOST = 16 };

// A run of classes, and what of it is asked for.
typedef struct pn_class_run {
    int classes;
    const pn_rank_class *of; // [classes], at most PN_CLASSES_MOST
    const pn_link *between;  // [classes * classes] along the process rows; NULL: as inside a class
    // N, NB and the grid may be open (0). p and q are of one class alone; with q 0 as many columns
    // as there are. share_mode: AUTO, EQUAL, or COLUMNS with one share a process column.
    pn_settings settings;
    pn_tuned_height height; // of several classes, where there are so many ranks; p 0: open
    int steps;              // about how many of the run to price; 0: all
} pn_class_run;

// What a process does in what time, of which only the rate of multiplication is known and what is
// usual for its kind.
typedef struct pn_usual_cost {
    double rate;                   // FLOP/s
    double half_depth, half_width; // depth, and rows or columns, that cost as much as they bring
    double panel_rate;        // FLOP/s of a panel: m b^2 operations for m rows and b columns, which
                              // is what probes count, up to b^3 / 3
    double panel_column;      // s per column of a panel: pivot search and exchange in the process
    double device_panel_rate; // of panels that a device factors itself; 0: it does not
    double variation;         // standard deviation of speeds over their mean
} pn_usual_cost;
// Depth (NB) at which a device reads and writes the result as long as it computes; held in the fit
// of the others.
#define PN_DEVICE_HALF_DEPTH 24

pn_process_cost pn_cost_usual(const pn_usual_cost *usual);

// The same of a rank of which some rates were measured, the rest being as usual for a device or a
// team of threads. rate: FLOP/s of multiplication that counts for it; nb: block size of the run.
pn_process_cost pn_cost_of_rank(const pn_rank_info *info, int threads, double rate, int nb);

#endif
