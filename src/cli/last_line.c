// SPDX-License-Identifier: BSD-3-Clause
#include "cli/last_line.h"

#include "base/plural.h"
#include "base/rate_text.h"
#include "cli/list_rank.h"
#include "measure/bottleneck.h"
#include "measure/fp64.h"
#include "measure/ranking.h"

#include <stdlib.h>

enum { NAMED_MOST = 3 };

typedef struct standard { // FLOP/s of all ranks that took part; 0: not known of each of them
    double measured, peak;
} standard;

// Of a processor's core, by its trials, for the part of the time in which its threads have one.
static double of_rank(const pn_rank_record *rank, double core_rate)
{
    double share = rank->cpu_share > 0 ? rank->cpu_share : 1;
    return rank->device[0] ? 0 : core_rate * rank->threads * share;
}

static standard standard_of(const pn_job *job, const pn_result *result)
{
    standard sum = {0, 0};
    bool has_measured = true, has_peak = true;
    bool is_double = result->settings.element == PN_FLOAT64; // as the trials are
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        pn_core_rates core = {0, 0};
        if (is_double && job->core_rates)
            core = job->core_rates[rank->rank];
        double measured = rank->alone_rate > 0 ? rank->alone_rate : of_rank(rank, core.trial);
        double peak = of_rank(rank, core.peak);
        has_measured = has_measured && measured > 0;
        has_peak = has_peak && peak > 0;
        sum.measured += measured;
        sum.peak += peak;
    }
    return (standard){has_measured ? sum.measured : 0, has_peak ? sum.peak : 0};
}

static void say_share(FILE *stream, double rate, double of, const char *what)
{
    char text[PN_FLOPS_TEXT];
    pn_flops_text(of, text);
    if (of > 0)
        fprintf(stream, ", %.0f %% of the %s %s", 100 * rate / of, what, text);
}

static void say_bottleneck(FILE *stream, const pn_result *result)
{
    pn_bottleneck found = pn_bottleneck_of(result);
    if (found.kind == PN_BOTTLENECK_MEMORY)
        fprintf(stream, "; limited by %s, for which a part got %.0f %% less than its share",
                pn_bottleneck_name(found.kind), 100 * found.share);
    else if (found.kind != PN_BOTTLENECK_UNKNOWN)
        fprintf(stream, "; limited by %s (%.0f %% of the time)", pn_bottleneck_name(found.kind),
                100 * found.share);
}

static void say_left_out(FILE *stream, const pn_result *result)
{
    int named = 0;
    for (; named < result->left_out_count && named < NAMED_MOST; named++)
        fprintf(stream, "%s%d", named ? ", " : "; left out: rank ", result->left_out[named]);
    if (result->left_out_count > named)
        fprintf(stream, " and %d more", result->left_out_count - named);
}

static bool is_slow(const pn_ranked *ranked)
{
    for (int aspect = 0; aspect < PN_RANKING_ASPECT_COUNT; aspect++)
        if (ranked->aspect[aspect].is_outlier)
            return true;
    return false;
}

static void say_slow(FILE *stream, const pn_result *result, double tolerance)
{
    pn_ranked *ranked = calloc((size_t)result->rank_count + 1, sizeof *ranked);
    int count = ranked ? pn_ranking_of_run(result, tolerance, ranked) : 0, slow = 0;
    for (int i = 0; i < count; i++) {
        if (!is_slow(&ranked[i]))
            continue;
        if (slow++ < NAMED_MOST)
            fprintf(stream, "%s%d", slow > 1 ? ", " : "; slow: rank ",
                    result->ranks[ranked[i].index].rank);
    }
    if (slow > NAMED_MOST)
        fprintf(stream, " and %d more", slow - NAMED_MOST);
    free(ranked);
}

static void say_place(FILE *stream, const pn_result *result)
{
    char place[64], edition[32];
    const pn_knots *list = pn_list_rank_knots(0);
    pn_list_rank_text(list, result->rate / 1e12, place, sizeof place);
    pn_fp64 fp64 = pn_fp64_of(result);
    pn_edition_text(list->edition, edition, sizeof edition);
    if (!pn_fp64_is_native(&fp64))
        fputs("; FP64 emulated: " PN_NOT_COMPARABLE, stream);
    else if (result->settings.element == PN_FLOAT64) // the list has no other
        fprintf(stream, "; TOP500 of %s: %s", edition, place);
}

static void say_all(FILE *stream, const pn_job *job, const pn_result *result)
{
    char rate[PN_FLOPS_TEXT];
    standard of = standard_of(job, result);
    pn_flops_text(result->rate, rate);
    fprintf(stream, "%s%s", result->passed ? "" : "FAILED, ", rate);
    say_share(stream, result->rate, of.measured, "measured");
    say_share(stream, result->rate, of.peak, "peak of");
    say_bottleneck(stream, result);
    say_left_out(stream, result);
    say_slow(stream, result, job->options.tolerance);
    if (result->left_out_count == 0 && result->rank_count > 1)
        fprintf(stream, "; all %d rank%s took part", result->rank_count,
                pn_plural(result->rank_count));
    if (result->passed)
        say_place(stream, result);
}

void pn_last_line_tell(pn_job *job, const pn_result *result)
{
    char *text = NULL;
    size_t bytes;
    if (job->comm->rank != 0 || result->rate <= 0) // not solved: that is the last word
        return;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream) // all of it has been said before
        return;
    say_all(stream, job, result);
    fclose(stream);
    pn_log_long(&job->log, "in short: %s", text);
    free(text);
}
