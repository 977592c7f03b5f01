// SPDX-License-Identifier: BSD-3-Clause
// Where an Rmax stands on the TOP500 lists. Every list since June 1993 is known as its Rmax at 58
// ranks (knots.inc; source TOP500.org); between them the logarithm of Rmax is taken to be linear in
// the logarithm of the rank, so a place there is said as "about". docs/prediction.md has the error.
// A list that the user downloaded (list_file.h) gives exact places instead.
#ifndef PN_TOP500_RANK_BY_KNOTS_H
#define PN_TOP500_RANK_BY_KNOTS_H

#include <stdbool.h>

enum { PN_LIST_LENGTH = 500, PN_KNOT_COUNT = 58 };

typedef struct pn_knots {
    int edition;                // year and month, as 202306
    double rmax[PN_KNOT_COUNT]; // TFLOP/s, falling
} pn_knots;

// The lists, oldest first.
int pn_rank_list_count(void);
const pn_knots *pn_rank_list(int index); // 0 <= index < count

// NULL, with a failure message (base/status.h) that names the lists there are, if `edition` is none
// of them.
const pn_knots *pn_rank_find(int edition);

// Place that `tflops` takes on the list: 1 for the first, a fraction between knots, and
// PN_LIST_LENGTH + 1 for an Rmax below the last one.
double pn_knots_rank(const pn_knots *list, double tflops);

// Whether the place is exact: on a knot, or before, between neighbouring or after all of them.
bool pn_rank_is_exact(const pn_knots *list, double tflops);

// Rmax in TFLOP/s at a place, 1 <= place <= PN_LIST_LENGTH.
double pn_rank_rmax(const pn_knots *list, double place);

// Whether that Rmax is known and not interpolated: a knot, or between two of the same Rmax.
bool pn_rank_rmax_is_exact(const pn_knots *list, int place);

#endif
