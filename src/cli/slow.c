// SPDX-License-Identifier: BSD-3-Clause
// The slow part, by name: ranks that multiplied more slowly than others of their kind. Said after
// the result and no judgement of it: the exit code is the residual's.
#include "cli/tell.h"
#include "measure/outlier.h"

#include <stdlib.h>

enum { TOLD_MOST = 10 };

static double others_wait(const pn_result *result, int index)
{
    double sum = 0;
    for (int i = 0; i < result->rank_count; i++)
        sum += i == index ? 0 : result->ranks[i].wait_seconds;
    return sum / (result->rank_count - 1);
}

static void tell_slow_part(pn_log *log, const pn_result *result, const pn_standing *standing)
{
    const pn_rank_record *rank = &result->ranks[standing->index];
    char why[160];
    int length = pn_power_explain(&rank->power, why, sizeof why);
    pn_log_all(log,
               "slow part: rank %d on %s multiplies at %.4g GFLOP/s a thread, %.1f %% below the "
               "%.4g usual for its kind (%s, %d ranks); it waited %.0f %% of the time, the others "
               "%.0f %%%s%s",
               rank->rank, rank->host, standing->value, 100 * (1 - standing->ratio),
               standing->usual, rank->kind, standing->peers,
               100 * rank->wait_seconds / result->seconds,
               100 * others_wait(result, standing->index) / result->seconds,
               length > 0 ? "; it was " : "", why);
}

// Said of every device, also of one that is alone of its kind or as slow as the others.
static void tell_throttled(pn_log *log, const pn_result *result)
{
    int told = 0, more = 0;
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        char why[160];
        if (pn_power_explain(&rank->power, why, sizeof why) == 0)
            continue;
        if (told++ < TOLD_MOST)
            pn_log_all(log, "throttled device: rank %d on %s (%s) was %s", rank->rank, rank->host,
                       rank->kind, why);
        else
            more++;
    }
    if (more > 0)
        pn_log_all(log, "throttled device: %d more ranks are named in the JSON record", more);
}

void pn_tell_slow_parts(pn_session *session, const pn_result *result)
{
    pn_standing *standings = malloc((size_t)(result->rank_count + 1) * sizeof *standings);
    double tolerance = session->options.tolerance;
    int count = standings
                    ? pn_outlier_rank_run(result->ranks, result->rank_count, tolerance, standings)
                    : -1;
    if (count < 0)
        pn_log_all(&session->log, "slow part: no memory to compare %d ranks", result->rank_count);
    int outliers = 0;
    while (outliers < count && standings[outliers].is_outlier)
        outliers++;
    for (int i = 0; i < outliers && i < TOLD_MOST; i++)
        tell_slow_part(&session->log, result, &standings[i]);
    if (outliers > TOLD_MOST)
        pn_log_all(&session->log, "slow part: %d more ranks are named in the JSON record",
                   outliers - TOLD_MOST);
    free(standings);
    tell_throttled(&session->log, result);
}
