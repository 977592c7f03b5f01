// SPDX-License-Identifier: BSD-3-Clause
// Rows whose differences alarm, looked at by themselves. What rounding leaves in a row goes with
// the row of inv(L) that makes it, and so do its elements: a row that is four times as large as
// others has four times their noise. In some rows of a thousand that is beyond 5 sigma of all rows,
// in some of a million beyond 10; divided by what stands in the row none of 12,000 was beyond 4.3
// (N = 1,500, NB = 64, the three of 40 seeds with the largest differences). An error does not hide
// so: one large enough to make the row's elements large stands out against them by the root of
// their number.
#ifndef PN_CHECK_SUSPECT_H
#define PN_CHECK_SUSPECT_H

#include "check/row_sums.h"
#include "check/verdict.h"

enum { PN_SUSPECTS_MOST = 64 };

typedef struct pn_suspects {
    pn_row_sums *sums; // compared
    const pn_site *site;
    pn_gidx step;       // before which they were
    pn_gidx begin, end; // rows that were
    pn_gidx fresh;      // from here on their noise is of one age
    const pn_verdict *verdict;
} pn_suspects;

// Divides the difference of each row that alarms by the scale of its elements, in that of ordinary
// rows, so that the same limit tells whether it is noise. More than PN_SUSPECTS_MOST stay as they
// are: these are no chance. All ranks call it and get the same bits.
void pn_suspects_weigh(const pn_suspects *suspects);

#endif
