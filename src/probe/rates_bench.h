// SPDX-License-Identifier: BSD-3-Clause
// What rates are measured on: one matrix, one panel and one row block, which serve all kinds.
#ifndef PN_PROBE_RATES_BENCH_H
#define PN_PROBE_RATES_BENCH_H

#include "probe/rates.h"

typedef struct pn_rate_bench {
    pn_compute *compute;
    int nb; // largest
    pn_block matrix, u;
    size_t matrix_bytes, u_bytes, panel_bytes;
    double *panel; // host memory: L11 (nb x nb), then L21 (rows x nb), both column-major
    double *strip; // host memory for the strip
    void *slot;    // the panel in the part's memory, if it needs a place there
    const double *l11, *l;
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

void pn_rate_sort(double *values, int count); // upwards

#endif
