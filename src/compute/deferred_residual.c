// SPDX-License-Identifier: BSD-3-Clause
// The sums of a verification as plainly as can be: entry by entry.
#include "base/lcg.h"
#include "compute/deferred_private.h"

#include <math.h>

bool pn_deferred_residual(pn_compute *compute, const pn_residual_sums *t)
{
    pn_deferred_carry(pn_deferred_of(compute), PN_TICKET_ALL);
    for (pn_gidx column = 0; column < t->n; column++)
        t->column_size[column] = 0;
    for (pn_lidx i = 0; i < t->rows; i++) {
        t->product[i] = t->row_size[i] = 0;
        for (pn_gidx column = 0; column < t->n; column++) {
            double entry = pn_lcg_value(pn_lcg_state(t->seed, t->n, t->row + i, column)) +
                           (t->row + i == column ? t->shift : 0);
            t->product[i] += entry * t->x[column];
            t->row_size[i] += fabs(entry);
            t->column_size[column] += fabs(entry);
        }
    }
    return true;
}
