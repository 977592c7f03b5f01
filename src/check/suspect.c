// SPDX-License-Identifier: BSD-3-Clause
#include "check/suspect.h"

#include "base/median.h"

#include <math.h>

enum { SAMPLE = 128 }; // ordinary rows

typedef struct weighing {
    int count; // of ordinary rows, then of those that alarm
    pn_gidx rows[SAMPLE + PN_SUSPECTS_MOST];
    double scale[SAMPLE + PN_SUSPECTS_MOST];
} weighing;

_Static_assert(SAMPLE + PN_SUSPECTS_MOST <= PN_ROW_SCALES, "all are weighed at once");

// Those of one age; where these are few, the youngest.
static void take_sample(weighing *w, const pn_suspects *s)
{
    pn_gidx begin = pn_max(s->begin, pn_min(s->fresh, s->end - SAMPLE)), rows = s->end - begin;
    pn_gidx count = pn_min(rows, SAMPLE);
    for (pn_gidx i = 0; i < count; i++)
        w->rows[w->count++] = begin + rows * i / count;
}

// A difference in the scale of ordinary rows, in deviations of theirs; 0: they tell nothing.
static double deviation_of(const weighing *w, int sample, const double *difference)
{
    double normed[SAMPLE];
    int count = 0;
    for (int i = 0; i < sample; i++)
        if (w->scale[i] > 0 && isfinite(w->scale[i]))
            normed[count++] = fabs(difference[w->rows[i]]) / w->scale[i];
    return count > 0 ? PN_VERDICT_NORMAL * pn_median(normed, count) : 0;
}

void pn_suspects_weigh(const pn_suspects *s)
{
    double *difference = s->sums->difference;
    weighing w = {0};
    if (s->verdict->count < 1 || s->verdict->count > PN_SUSPECTS_MOST)
        return;
    take_sample(&w, s);
    int sample = w.count;
    for (pn_gidx i = s->begin; i < s->end && w.count - sample < PN_SUSPECTS_MOST; i++)
        if (pn_verdict_alarms(s->verdict, difference[i]))
            w.rows[w.count++] = i;
    pn_row_sums_scale(s->sums, s->site, s->step, w.rows, w.count, w.scale);
    double deviation = deviation_of(&w, sample, difference);
    for (int i = sample; i < w.count; i++) {
        double usual = deviation * w.scale[i]; // of a row of this scale
        if (usual > s->verdict->noise && isfinite(usual))
            difference[w.rows[i]] *= s->verdict->noise / usual;
    }
}
