// SPDX-License-Identifier: BSD-3-Clause
// What a process costs of which only some rates are known: the rest is as usual for its kind.
#ifndef PN_TUNE_CLASS_COST_H
#define PN_TUNE_CLASS_COST_H

#include "tune/classes.h"

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
