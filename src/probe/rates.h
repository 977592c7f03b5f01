// SPDX-License-Identifier: BSD-3-Clause
// Measured rates of a part at the shapes that LU uses, through the compute seam, so that they are
// the rates of a run's own operations on any backend. Warmed up first; each repeated.
#ifndef PN_PROBE_RATES_H
#define PN_PROBE_RATES_H

#include "probe/rates_bench.h"

// Fills rates[count] in about `seconds` altogether, each with at least three repeats, or one that
// takes a quarter of a second. What a run finds in main memory comes from there: repeats go on to
// other rows or columns. In a team of processors a STRIP is one thread's while the others multiply.
// Failures: memory.
pn_status pn_rates_measure(pn_rate *rates, int count, pn_compute *compute, double seconds);

// The same on several parts at once: they meet before each rate, so that what they share is shared
// all the time, and by the same. All must ask for as many rates.
typedef struct pn_rate_meeting {
    void (*meet)(void *context); // waits for the others
    void *context;
} pn_rate_meeting;
pn_status pn_rates_measure_together(pn_rate *rates, int count, pn_compute *compute, double seconds,
                                    const pn_rate_meeting *meeting);

// Multiplications on the other threads of a team while the caller does something of its own, as
// beside the panels of a run; nothing happens in a team of one or beside a device's.
typedef struct pn_rate_load pn_rate_load;
// nb: of the multiplications. Failure: memory.
pn_status pn_rate_load_create(pn_rate_load **load, pn_compute *compute, int nb);
void pn_rate_load_destroy(pn_rate_load *load); // NULL: nothing
// Keeps the others busy for about `seconds`, with an inner dimension of nb, at most that of the
// creation; ends before anything else is asked of the part.
void pn_rate_load_begin(pn_rate_load *load, int nb, double seconds);
void pn_rate_load_end(pn_rate_load *load);

// One figure: FLOP/s of MULTIPLY at this NB, in about `seconds`.
pn_status pn_rate_quick(double *flops, pn_compute *compute, int nb, double seconds);

#endif
