// SPDX-License-Identifier: BSD-3-Clause
// A panel factored in the deferred backend's memory: column by column, as plainly as can be.
#include "compute/deferred_private.h"

#include <float.h>
#include <math.h>
#include <string.h>

static pn_lidx find_pivot(const double *column, pn_lidx begin, pn_lidx rows)
{
    pn_lidx best = begin;
    for (pn_lidx row = begin; row < rows; row++) {
        if (!isfinite(column[row]))
            return row;
        if (fabs(column[row]) > fabs(column[best]))
            best = row;
    }
    return best;
}

static void exchange(const pn_panel_task *t, pn_lidx row, pn_lidx other)
{
    for (int j = 0; j < t->width; j++) {
        double kept = t->a[j * t->ld + row];
        t->a[j * t->ld + row] = t->a[j * t->ld + other];
        t->a[j * t->ld + other] = kept;
    }
}

static void note(const pn_panel_task *t, int column, double pivot)
{
    if (t->bad[0] != 0 || (fabs(pivot) >= DBL_MIN && isfinite(pivot)))
        return;
    t->bad[0] = isfinite(pivot) ? 1 : 2;
    t->bad[1] = column;
}

static void eliminate(const pn_panel_task *t, int column, double scale)
{
    double *l = t->a + column * t->ld;
    for (pn_lidx row = column + 1; row < t->rows; row++)
        l[row] *= scale;
    for (int j = column + 1; j < t->width; j++) {
        double *target = t->a + j * t->ld, u = target[column];
        for (pn_lidx row = column + 1; row < t->rows; row++)
            target[row] -= l[row] * u;
    }
}

static void copy(double *to, pn_lidx ld_to, const pn_panel_task *t, pn_lidx rows)
{
    for (int j = 0; j < t->width; j++)
        memcpy(to + j * ld_to, t->a + j * t->ld, (size_t)rows * sizeof *to);
}

void pn_deferred_factor(const pn_panel_task *t)
{
    t->bad[0] = t->bad[1] = 0;
    for (int column = 0; column < t->width; column++) {
        pn_lidx row = find_pivot(t->a + column * t->ld, column, t->rows);
        double pivot = t->a[column * t->ld + row];
        note(t, column, pivot);
        t->pivots[column] = row;
        exchange(t, column, row);
        eliminate(t, column, fabs(pivot) >= DBL_MIN && isfinite(pivot) ? 1.0 / pivot : 1.0);
    }
    copy(t->l11, t->ld_l11, t, t->width);
    copy(t->host_l11, t->ld_l11, t, t->width);
    if (t->host_a)
        copy(t->host_a, t->ld, t, t->rows);
}

static int64_t fault_of(const float *column, int k, int width)
{
    float largest = 0, pivot = column[k];
    for (int i = k + 1; i < width; i++)
        largest = fabsf(column[i]) > largest || isnan(column[i]) ? fabsf(column[i]) : largest;
    return !isfinite(pivot) || !isfinite(largest) ? PN_PLAIN_NOT_FINITE
           : fabsf(pivot) < FLT_MIN               ? PN_PLAIN_SINGULAR
           : largest > 0x1p12F * fabsf(pivot)     ? PN_PLAIN_GROWTH
                                                  : 0;
}

void pn_deferred_factor_plain(const pn_plain_panel *t)
{
    t->bad[0] = t->bad[1] = 0;
    for (int k = 0; k < t->width; k++) {
        float *column = t->a + k * t->ld, pivot = column[k];
        int64_t fault = fault_of(column, k, t->width);
        if (fault && !t->bad[0]) {
            t->bad[0] = fault;
            t->bad[1] = k;
        }
        bool can = fabsf(pivot) >= FLT_MIN && isfinite(pivot);
        for (pn_lidx i = k + 1; i < t->rows && can; i++)
            column[i] /= pivot;
        for (int j = k + 1; j < t->width; j++)
            for (pn_lidx i = k + 1; i < t->rows; i++)
                t->a[j * t->ld + i] -= column[i] * t->a[j * t->ld + k];
    }
    for (int j = 0; j < t->width; j++) {
        const float *column = t->a + j * t->ld;
        memcpy(t->l11 + j * t->ld_l11, column, (size_t)t->width * sizeof *column);
        memcpy(t->host_l11 + j * t->ld_l11, column, (size_t)t->width * sizeof *column);
        if (t->host_a)
            memcpy(t->host_a + j * t->ld, column, (size_t)t->rows * sizeof *column);
    }
}
