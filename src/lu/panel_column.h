// SPDX-License-Identifier: BSD-3-Clause
// The innermost step of the panel: bring one column up to date and find its largest entry, in one
// pass over the rows.
#ifndef PN_LU_PANEL_COLUMN_H
#define PN_LU_PANEL_COLUMN_H

#include "base/types.h"

// Columns are at a, a + ld, ...; `count` finished ones precede column `count`, of which the last is
// not divided by its pivot yet.
typedef struct pn_panel_column {
    double *a;
    pn_lidx ld;
    pn_lidx begin, end; // rows
    int count;
    const double *u; // [count] row entries of U in this column
    double scale;    // 1 / pivot of the last finished column
} pn_panel_column;

typedef struct pn_pivot {
    double size;     // largest magnitude; -1 without rows
    pn_lidx row;     // where: the first of equal ones
    bool not_finite; // a NaN or an infinity among the entries
} pn_pivot;

// Divides column count-1 by its pivot, subtracts the finished columns times u from column `count`,
// and returns that column's pivot.
pn_pivot pn_panel_column_update(const pn_panel_column *task);

// Multiplies a column's rows [begin, end) by scale.
void pn_panel_column_scale(double *column, pn_lidx begin, pn_lidx end, double scale);

#endif
