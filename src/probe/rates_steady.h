// SPDX-License-Identifier: BSD-3-Clause
// The rate of multiplications after the first moments, when clocks have settled.
#ifndef PN_PROBE_RATES_STEADY_H
#define PN_PROBE_RATES_STEADY_H

#include "probe/rates_bench.h"

typedef struct pn_steady_rate { // FLOP/s
    double undisturbed;         // of short pieces, that of the best tenth
    double by_cpu_time; // the same by the processor time of its threads, as if they had one always
    double mean;
    double processor; // part of that time in which its threads had a processor
    double rows;      // of ROWS, beside nothing else: median
} pn_steady_rate;

// MULTIPLY in the steady state: carried out for `seconds`, of which the first third is not counted.
pn_status pn_rate_steady(pn_steady_rate *rate, pn_compute *compute, const pn_rate_shape *shape,
                         double seconds);

#endif
