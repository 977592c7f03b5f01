// SPDX-License-Identifier: BSD-3-Clause
// What rates are measured of, the operations of a run at the shapes that it has, and on: one
// matrix, one panel and one row block, which serve all kinds.
#ifndef PN_PROBE_RATES_BENCH_H
#define PN_PROBE_RATES_BENCH_H

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

typedef struct pn_rate_shape { // of the products of a run
    int nb;
    pn_lidx rows, columns; // of a rank's part of the matrix; 0: large
} pn_rate_shape;

// Of the part's element type.
typedef struct pn_rate_bench {
    pn_compute *compute;
    int nb; // largest
    pn_block matrix, u;
    size_t matrix_bytes, u_bytes, panel_bytes;
    void *panel;  // host memory: L11 (nb x nb), then L21 (rows x nb), both column-major
    void *strip;  // host memory for the strip
    void *buffer; // the panel in the part's memory, if it needs a place there
    const void *l11, *l;
    void *rounded;           // L21, then U, of 16 bits, if the part multiplies such
    pn_lidx *source, *moved; // [nb] rows that an interchange brings to the pivot block, and takes
} pn_rate_bench;

// at_least: rows and columns that the matrix has in any case; at_most: of usual ones no more than
// these; 0: no limit. The largest nb is at_most's. Failure: memory, and nothing is left open.
pn_status pn_rate_bench_open(pn_rate_bench *b, pn_compute *compute, const pn_rate_shape *at_most,
                             const pn_rate_shape *at_least);
void pn_rate_bench_close(pn_rate_bench *b);

// Fills in threads, and the rows and columns that are 0 or that the kind leaves no choice of.
void pn_rate_complete(const pn_rate_bench *b, pn_rate *rate);
// Operations, or bytes moved, of one go.
double pn_rate_amount(const pn_rate *rate);
// The product of this shape on the first rows and columns of the matrix.
pn_update pn_rate_update_of(const pn_rate_bench *b, const pn_rate *rate);
// Carries the operation out once; go: its number, for other rows or columns than the time before.
void pn_rate_perform(const pn_rate_bench *b, const pn_rate *rate, int go);

// A team of processors of which one factors a panel while the others multiply.
bool pn_rate_has_others(const pn_compute *compute);

#endif
