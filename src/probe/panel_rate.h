// SPDX-License-Identifier: BSD-3-Clause
// How fast this process's threads factor a panel, all of them or one beside multiplications.
#ifndef PN_PROBE_PANEL_RATE_H
#define PN_PROBE_PANEL_RATE_H

#include "base/team.h"
#include "probe/rates.h"

typedef struct pn_panel_rate {
    pn_lidx rows;            // given
    int nb;                  // given
    pn_element element;      // given; FP64: with pivoting, FP32: without
    pn_rate_load *beside;    // given, of the same team; NULL: all threads have it to themselves
    double (*seconds)(void); // given; NULL: wall time
    int repeats;
    double rate;   // median, operations per second; NB^2 (rows - NB/3) of them in a panel
    double spread; // (fastest - slowest) / median
} pn_panel_rate;

// Takes about `seconds`, with at least three repeats. Failures: memory.
pn_status pn_panel_rate_measure(pn_panel_rate *rate, pn_team *team, const pn_blas *blas,
                                double seconds);
// The same, in FP64, of a part that factors panels in its own memory (factor_panel is not NULL).
pn_status pn_panel_rate_on_part(pn_panel_rate *rate, pn_compute *compute, double seconds);

#endif
