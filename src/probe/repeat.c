// SPDX-License-Identifier: BSD-3-Clause
#include "probe/repeat.h"

#include "base/assertion.h"
#include "base/clock.h"
#include "base/median.h"

#include <math.h>
#include <stdbool.h>

static const double least_seconds = 1e-9; // that a clock tells apart

static bool goes_on(const pn_repeat_plan *plan, int count, double took, double spent)
{
    bool is_long = plan->long_go > 0 && took >= plan->long_go;
    if (count < (is_long ? 1 : plan->least))
        return true;
    return count < plan->most && spent < plan->seconds;
}

pn_repeated pn_repeat(const pn_repeat_plan *plan, pn_repeat_go *go, void *context)
{
    pn_assert(plan->least >= 1 && plan->least <= plan->most && plan->most <= PN_REPEATS_MOST,
              "repeats are from 1 to PN_REPEATS_MOST");
    double seconds[PN_REPEATS_MOST], rates[PN_REPEATS_MOST], begin = pn_clock(), took = 0;
    pn_repeated found = {.count = 0};
    for (int i = 0; i < plan->warm_ups; i++)
        go(context, i);
    do {
        took = fmax(least_seconds, go(context, plan->warm_ups + found.count));
        seconds[found.count] = took;
        rates[found.count++] = plan->amount / took;
    } while (goes_on(plan, found.count, took, pn_clock() - begin));
    found.rate = pn_repeat_median(rates, found.count, &found.spread);
    found.median = pn_median(seconds, found.count);
    found.best = seconds[0];
    return found;
}

double pn_repeat_median(double *values, int count, double *spread)
{
    double median = pn_median(values, count);
    *spread = median != 0 ? (values[count - 1] - values[0]) / median : 0;
    return median;
}
