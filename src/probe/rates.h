// SPDX-License-Identifier: BSD-3-Clause
// Measured rates of a part at the shapes that LU uses, through the compute seam, so that they are
// the rates of a run's own operations on any backend. Warmed up first; each repeated.
#ifndef PN_PROBE_RATES_H
#define PN_PROBE_RATES_H

#include "compute/compute.h"

// (identifier, name in machine files)
#define PN_RATE_KINDS(X)                                                                           \
    X(MULTIPLY, "multiply") /* C (rows x columns) minus L U, inner dimension NB */                 \
    X(STRIP, "strip")       /* the same for the NB columns of the next panel, and their copy */    \
    X(SOLVE, "solve")       /* U (NB x columns) := inv(L11) U */                                   \
    X(ROWS, "rows")         /* the same after exchanging NB rows with others of the matrix */      \
    X(COPY, "copy")         /* rows of the matrix: bytes read and written */                       \
    X(APPLY, "apply")       /* product of NB columns with a vector: bytes of the matrix read */

typedef enum pn_rate_kind {
#define PN_RATE_ENUM(id, name) PN_RATE_##id,
    PN_RATE_KINDS(PN_RATE_ENUM)
#undef PN_RATE_ENUM
        PN_RATE_KIND_COUNT
} pn_rate_kind;

const char *pn_rate_name(pn_rate_kind kind);

typedef struct pn_rate {
    pn_rate_kind kind; // given
    int nb;            // given
    int threads;
    pn_lidx rows, columns; // given, or 0: those of a large matrix, which are then filled in
    int repeats;
    double rate;   // median; operations per second, bytes per second for COPY and APPLY
    double spread; // (fastest - slowest) / median of the repeats
} pn_rate;

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

typedef struct pn_rate_shape { // of the products of a run
    int nb;
    pn_lidx rows, columns; // of a rank's part of the matrix; 0: large
} pn_rate_shape;

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

// Median of values[count] (reordered), and (largest - smallest) / median.
double pn_rate_median(double *values, int count, double *spread);

#endif
