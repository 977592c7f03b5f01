// SPDX-License-Identifier: BSD-3-Clause
#include "measure/bottleneck.h"

static const double worth_naming = 0.1;  // of the time
static const double missed_least = 0.05; // of its due, that a full column misses

const char *pn_bottleneck_name(pn_bottleneck_kind kind)
{
    static const char *const names[] = {
#define PN_BOTTLENECK_NAME(id, name) name,
        PN_BOTTLENECKS(PN_BOTTLENECK_NAME)
#undef PN_BOTTLENECK_NAME
    };
    return names[kind];
}

// What the full process column that misses most lacks of its due.
static double missed_by_memory(const pn_result *result)
{
    double shares = 0, blocks = 0, most = 0;
    for (int column = 0; result->columns && column < result->settings.q; column++) {
        shares += result->columns[column].share;
        blocks += (double)result->columns[column].block_columns;
    }
    for (int column = 0; shares > 0 && column < result->settings.q; column++) {
        const pn_column_record *at = &result->columns[column];
        double due = blocks * at->share / shares;
        bool is_full = at->cap >= 0 && at->block_columns >= at->cap;
        if (is_full && due > 0)
            most = most > 1 - (double)at->block_columns / due ? most
                                                              : 1 - (double)at->block_columns / due;
    }
    return most;
}

static double mean_of(const pn_result *result, pn_phase phase)
{
    double sum = 0;
    for (int i = 0; i < result->rank_count; i++)
        sum += result->ranks[i].phase_seconds[phase];
    return sum / result->rank_count / result->seconds;
}

pn_bottleneck pn_bottleneck_of(const pn_result *result)
{
    pn_bottleneck found = {PN_BOTTLENECK_UNKNOWN, 0};
    double missed = missed_by_memory(result);
    if (missed >= missed_least)
        return (pn_bottleneck){PN_BOTTLENECK_MEMORY, missed};
    if (result->rank_count < 1 || result->seconds <= 0)
        return found;
    double multiply = mean_of(result, PN_PHASE_MULTIPLY) + mean_of(result, PN_PHASE_STRIP);
    bool is_refined = result->settings.element != PN_FLOAT64;
    const pn_bottleneck others[] = {
        {PN_BOTTLENECK_PANEL, mean_of(result, PN_PHASE_PANEL)},
        {PN_BOTTLENECK_ROWS, mean_of(result, PN_PHASE_ROWS) + mean_of(result, PN_PHASE_SOLVE_ROWS)},
        {PN_BOTTLENECK_WAIT, mean_of(result, PN_PHASE_BROADCAST)},
        {is_refined ? PN_BOTTLENECK_REFINEMENT : PN_BOTTLENECK_BACK,
         mean_of(result, PN_PHASE_BACK)}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].share > found.share)
            found = others[i];
    if (found.share < worth_naming && multiply > 0)
        found = (pn_bottleneck){PN_BOTTLENECK_MULTIPLY, multiply};
    return found;
}
