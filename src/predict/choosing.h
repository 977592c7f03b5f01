// SPDX-License-Identifier: BSD-3-Clause
// A choice under way: what the parts of choose.c, choose_cost.c and choose_lines.c share.
#ifndef PN_PREDICT_CHOOSING_H
#define PN_PREDICT_CHOOSING_H

#include "predict/choose.h"

typedef struct pn_choosing {
    const pn_wishes *wishes;
    const pn_facts *facts; // [ranks]
    int ranks;
    pn_choice *choice;
    double rate;         // GFLOP/s of all ranks together, held back by the slowest for its share
    bool rate_assumed;   // not measured on every rank
    pn_gidx n_for_time;  // that fills the time; 0: N was asked for
    double memory_share; // of what is available, where no size was asked for
} pn_choosing;

// Process column of a rank, and the share of the matrix's columns that it holds (0 to 1).
int pn_choosing_column(const pn_choosing *choosing, int rank);
double pn_choosing_share(const pn_choosing *choosing, int column);

// Bytes of a rank that holds `share` of the columns.
int64_t pn_choosing_bytes(pn_gidx n, int nb, int p, double share);
bool pn_choosing_fits(const pn_choosing *choosing, pn_gidx n, int nb);
// The largest N, a multiple of NB (or below it), whose parts fit all ranks; 0: none.
pn_gidx pn_choosing_largest(const pn_choosing *choosing, int nb);
// The largest multiple of NB (at least one) solved within `seconds`.
pn_gidx pn_choosing_filling(const pn_choosing *choosing, int nb, double seconds);
// Sets choosing->rate.
void pn_choosing_rate(pn_choosing *choosing);

// Fills choice->lines and the expectations.
void pn_choosing_explain(pn_choosing *choosing);

// "1.9 GiB".
void pn_bytes_text(int64_t bytes, char *text, size_t room);

#endif
