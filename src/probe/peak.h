// SPDX-License-Identifier: BSD-3-Clause
// The peak of a core, measured: chains of multiply-adds on registers, with the widest vector unit
// that the processor has (AVX-512, AVX2 with FMA, SVE, NEON), all threads at once. It is what a
// product of matrices is measured against; published clocks say little of what a core may hold.
#ifndef PN_PROBE_PEAK_H
#define PN_PROBE_PEAK_H

#include "base/team.h"

typedef struct pn_peak {
    double gflops;    // a core: the mean of the threads' best
    const char *unit; // "AVX-512"; "scalar" where no vector unit is known
} pn_peak;

// About `seconds` of processor time, which is what counts: other programs cost none. Without memory
// the rate is 0.
void pn_peak_measure(pn_peak *peak, pn_team *team, double seconds);

#endif
