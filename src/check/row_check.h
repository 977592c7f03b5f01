// SPDX-License-Identifier: BSD-3-Clause
// Checks of the rows of a factorisation between two steps, and what follows from one that does not
// pass. A few wrong rows are computed again by themselves. Where they are many, or the spread of
// all has grown, or a pivot was lost, what was computed since the last check that passed is: all
// rows from there on are generated and eliminated once more with U as it was then, and the
// factorisation goes on from there.
#ifndef PN_CHECK_ROW_CHECK_H
#define PN_CHECK_ROW_CHECK_H

#include "check/row_sums.h"
#include "measure/correction.h"

enum { PN_CHECK_ROWS_MOST = 64 }; // that are computed again by themselves

typedef struct pn_row_check {
    int64_t *order;      // [N] which row of the generator's matrix stands at a place; the
                         // factorisation keeps it
    int64_t *good_order; // as it was at the last check that passed
    pn_gidx good;        // before which step that was
    double noise;        // sigma of the differences then; 0: there was none yet
    bool has_returned;   // since then, all was computed again once
    int count;           // of checks
    double largest;      // difference of a check that passed, in sigmas
    pn_row_sums sums;
} pn_row_check;

// Failure: memory.
pn_status pn_row_check_create(pn_row_check *check, pn_compute *compute, const pn_layout *layout);
void pn_row_check_release(pn_row_check *check, pn_compute *compute); // one never created, too
size_t pn_row_check_bytes(const pn_place *place);

// Writes the column of sums into a matrix that was generated; the rows stand as the generator has
// them. All ranks call it.
void pn_row_check_begin(pn_row_check *check, const pn_site *site);

// Goes on before `step` with a matrix that was right then, and the order that its rows have.
void pn_row_check_resume(pn_row_check *check, const pn_layout *layout, pn_gidx step);

typedef struct pn_check_outcome {
    pn_gidx next; // step to go on with
    bool is_found;
    pn_correction correction; // if so
} pn_check_outcome;

// Checks the matrix as it is before `step`, all steps before it done and none begun; before the
// end, all rows of U. All ranks call it, and get the same outcome. Failures: an error that cannot
// be put right, by name; memory.
pn_status pn_row_check_perform(pn_row_check *check, const pn_site *site, pn_gidx step,
                               pn_check_outcome *outcome);

// After a pivot of `column` was lost: the same, as if more rows than can be told were wrong. false:
// that happened once before at the same place, so the matrix itself is to blame.
pn_status pn_row_check_return(pn_row_check *check, const pn_site *site, pn_gidx column,
                              bool *is_done, pn_check_outcome *outcome);

#endif
