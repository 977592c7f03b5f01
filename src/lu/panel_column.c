// SPDX-License-Identifier: BSD-3-Clause
// The innermost loop of a panel: the column that is next is brought up to date by those before it,
// the column before is scaled by the pivot that was just found, and the new pivot is looked for,
// all in one pass over the rows, because the panel is read from memory as often as it is passed
// over. Several chains of vectors hide the latency of an addition. Each chain keeps its own largest
// entry with its row; of equals the first row wins, as in LAPACK, whatever the width of the
// vectors. A NaN times 0 stays a NaN, so the sum of all entries times 0 tells whether any of them
// is not finite.
#include "lu/panel_column.h"

#include "base/clones.h"
#include "base/vector.h"

#include <math.h>

enum { PARTS = 8, LANES = PARTS * PN_VECTOR }; // independent chains for the vector units

typedef struct lanes {
    pn_vector best[PARTS];
    pn_vector row[PARTS];    // exact as doubles up to 2^53; same width as the values it rides with
    pn_vector finite[PARTS]; // stays 0 unless a NaN or an infinity was met
} lanes;

// The rows [row, row + LANES).
static inline void update_lanes(const pn_panel_column *t, pn_lidx row, lanes *l)
{
    pn_vector *target = (pn_vector *)(t->a + t->count * t->ld + row);
    pn_vector value[PARTS];
    for (int i = 0; i < PARTS; i++)
        value[i] = target[i];
    for (int c = 0; c + 1 < t->count; c++) {
        const pn_vector *column = (const pn_vector *)(t->a + c * t->ld + row);
        double u = t->u[c];
        for (int i = 0; i < PARTS; i++)
            value[i] -= column[i] * u;
    }
    if (t->count > 0) {
        pn_vector *last = (pn_vector *)(t->a + (t->count - 1) * t->ld + row);
        double u = t->u[t->count - 1];
        for (int i = 0; i < PARTS; i++) {
            pn_vector scaled = last[i] * t->scale;
            last[i] = scaled;
            value[i] -= scaled * u;
        }
    }
    pn_vector first = {0};
    first += (double)row;
    for (int i = 0; i < PARTS; i++) {
        pn_vector size = pn_vector_abs(value[i]);
        pn_vector_words larger = pn_vector_larger(size, l->best[i]);
        target[i] = value[i];
        l->finite[i] += value[i] * 0.0;
        l->row[i] = pn_vector_choose(larger, first, l->row[i]);
        l->best[i] = pn_vector_choose(larger, size, l->best[i]);
    }
}

static inline double update_one(const pn_panel_column *t, pn_lidx row)
{
    double value = t->a[t->count * t->ld + row];
    if (t->count > 0)
        t->a[(t->count - 1) * t->ld + row] *= t->scale;
    for (int c = 0; c < t->count; c++)
        value -= t->a[c * t->ld + row] * t->u[c];
    t->a[t->count * t->ld + row] = value;
    return value;
}

static void consider(pn_pivot *pivot, double size, pn_lidx row)
{
    if (size > pivot->size || (size == pivot->size && row < pivot->row)) {
        pivot->size = size;
        pivot->row = row;
    }
}

PN_CLONES pn_pivot pn_panel_column_update(const pn_panel_column *t)
{
    pn_panel_column task = *t; // known not to change inside the loop
    pn_pivot pivot = {.size = -1.0, .row = t->end};
    lanes l = {0};
    for (int i = 0; i < PARTS; i++)
        l.row[i] += (double)t->begin;
    pn_lidx row = t->begin;
    for (; row + LANES <= t->end; row += LANES)
        update_lanes(&task, row, &l);
    double finite = 0;
    for (int i = 0; i < LANES && row > t->begin; i++) {
        double best = l.best[i / PN_VECTOR][i % PN_VECTOR];
        finite += l.finite[i / PN_VECTOR][i % PN_VECTOR];
        if (best >= 0)
            consider(&pivot, best, (pn_lidx)l.row[i / PN_VECTOR][i % PN_VECTOR] + i);
    }
    for (; row < t->end; row++) {
        double value = update_one(&task, row);
        finite += value * 0.0;
        consider(&pivot, fabs(value), row);
    }
    pivot.not_finite = isnan(finite);
    return pivot;
}

PN_CLONES void pn_panel_column_scale(double *column, pn_lidx begin, pn_lidx end, double scale)
{
    for (pn_lidx i = begin; i < end; i++)
        column[i] *= scale;
}
