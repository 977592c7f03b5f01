// SPDX-License-Identifier: BSD-3-Clause
#include "check/verdict.h"

#include "base/median.h"

#include <math.h>

enum { SAMPLE = 4096, FEW = 64 }; // rows that a median is taken of; so few tell nothing alone

static const double most_growth = 4, most_first = 8; // times what is expected
static const double rounding = 0.003 * 0x1p-53;      // of each column, for each row

static double size_of(double difference)
{
    double size = fabs(difference);
    return isnan(size) ? INFINITY : size;
}

static double median_of(const pn_verdict_request *r)
{
    pn_gidx rows = r->n - r->fresh, count = pn_min(rows, SAMPLE);
    for (pn_gidx i = 0; i < count; i++)
        r->scratch[i] = size_of(r->difference[r->fresh + rows * i / count]);
    return count > 0 ? pn_median(r->scratch, (int)count) : 0;
}

static double expected(const pn_verdict_request *r)
{
    if (r->noise <= 0)
        return rounding * (double)r->n * (double)r->done;
    return r->noise * (double)r->done / (double)pn_max(r->noise_done, 1);
}

pn_verdict pn_verdict_of(const pn_verdict_request *r)
{
    pn_verdict v = {.noise = PN_VERDICT_NORMAL * median_of(r), .first = -1, .worst = -1};
    bool is_first = r->noise <= 0;
    if (r->n - r->fresh < FEW && !is_first)
        v.noise = expected(r);
    double least = 0x1p-53 * sqrt((double)r->n); // adding up alone
    v.noise = fmax(v.noise, least);
    v.has_grown = !(v.noise <= (is_first ? most_first : most_growth) * fmax(expected(r), least));
    v.limit = PN_VERDICT_SIGMAS * v.noise;
    for (pn_gidx i = r->begin; i < r->n; i++) {
        if (v.worst < 0 || size_of(r->difference[i]) > size_of(r->difference[v.worst]))
            v.worst = i;
        if (!pn_verdict_alarms(&v, r->difference[i]))
            continue;
        v.first = v.count == 0 ? i : v.first;
        v.count++;
    }
    return v;
}
