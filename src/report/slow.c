// SPDX-License-Identifier: BSD-3-Clause
#include "report/slow.h"

#include "base/plural.h"
#include "base/rate_text.h"
#include "measure/outlier.h"
#include "measure/ranking.h"

#include <stdlib.h>
#include <string.h>

// Lines that a person reads after a run of any size: outliers with their reason, then the slowest,
// and ranks of a column by number.
enum { NAMED_MOST = 10, RANKED_MOST = 5, COLUMN_MOST = 4 };

static const double long_wait = 0.1; // part of the time

typedef struct story {
    FILE *stream;
    const pn_result *result;
    int named, unnamed; // outliers
} story;

static double percent(const pn_result *result, double seconds)
{
    return result->seconds > 0 ? 100 * seconds / result->seconds : 0;
}

static double others_wait(const pn_result *result, int index)
{
    double sum = 0;
    for (int i = 0; i < result->rank_count; i++)
        sum += i == index ? 0 : result->ranks[i].wait_seconds;
    return sum / (result->rank_count - 1);
}

// "rank 3 on host7, device 0000:1b:00.0"
static void name_rank(FILE *stream, const pn_rank_record *rank)
{
    fprintf(stream, "rank %d on %s", rank->rank, rank->host);
    if (*rank->device)
        fprintf(stream, ", device %s", rank->device);
}

static void tell_compute(const story *s, int index, const pn_ranked_aspect *is)
{
    const pn_rank_record *rank = &s->result->ranks[index];
    char why[160], rate[PN_FLOPS_TEXT], usual[PN_FLOPS_TEXT];
    int length = pn_power_explain(&rank->power, why, sizeof why);
    pn_flops_text(is->value, rate);
    pn_flops_text(is->usual, usual);
    fputs("slow part: ", s->stream);
    name_rank(s->stream, rank);
    fprintf(s->stream,
            " is slow in compute: it multiplies at %s a thread, %.1f %% below the %s usual "
            "for its kind (%s, %d ranks); it waited %.0f %% of the time, the others %.0f "
            "%%%s%s\n",
            rate, 100 * (1 - is->ratio), usual, rank->kind, is->peers,
            percent(s->result, rank->wait_seconds),
            percent(s->result, others_wait(s->result, index)), length > 0 ? "; it was " : "", why);
}

static void tell_memory(const story *s, int index, const pn_ranked_aspect *is)
{
    const pn_rank_record *rank = &s->result->ranks[index];
    fputs("slow part: ", s->stream);
    name_rank(s->stream, rank);
    fprintf(s->stream,
            " is slow in memory: to move and solve its rows took %.1f %% of the time, where %.1f "
            "%% is usual for its kind (%s, %d ranks)\n",
            percent(s->result, is->value), percent(s->result, is->usual), rank->kind, is->peers);
}

static void name_column(const story *s, int column)
{
    int listed = 0, more = 0;
    for (int i = 0; i < s->result->rank_count; i++) {
        const pn_rank_record *rank = &s->result->ranks[i];
        if (rank->column != column)
            continue;
        if (listed == COLUMN_MOST) {
            more++;
            continue;
        }
        fputs(listed++ ? "; " : "", s->stream);
        name_rank(s->stream, rank);
    }
    if (more > 0)
        fprintf(s->stream, "; and %d more", more);
}

static void tell_link(const story *s, int index, const pn_ranked_aspect *is)
{
    const pn_rank_record *rank = &s->result->ranks[index];
    fprintf(s->stream, "slow part: process column %d (", rank->column);
    name_column(s, rank->column);
    fprintf(s->stream,
            ") is slow in its links: to exchange rows took %.1f %% of the time, where %.1f %% is "
            "usual for columns of its kind (%s, %d columns)\n",
            percent(s->result, is->value), percent(s->result, is->usual), rank->kind, is->peers);
}

// A column is told by its first rank.
static void tell_outliers(story *s, const pn_ranked *ranked)
{
    typedef void tell_one(const story *, int index, const pn_ranked_aspect *);
    static tell_one *const tell[] = {[PN_RANKING_COMPUTE] = tell_compute,
                                     [PN_RANKING_MEMORY] = tell_memory,
                                     [PN_RANKING_LINK] = tell_link};
    for (int aspect = 0; aspect < PN_RANKING_ASPECT_COUNT; aspect++) {
        const pn_ranked_aspect *is = &ranked->aspect[aspect];
        bool is_first = aspect != PN_RANKING_LINK || s->result->ranks[ranked->index].row == 0;
        if (!is->is_outlier || !is_first)
            continue;
        if (s->named < NAMED_MOST) {
            tell[aspect](s, ranked->index, is);
            s->named++;
        } else {
            s->unnamed++;
        }
    }
}

static void print_ranked(const story *s, const pn_ranked *ranked)
{
    const pn_rank_record *rank = &s->result->ranks[ranked->index];
    const char *between = ":";
    fputs("  ", s->stream);
    name_rank(s->stream, rank);
    for (int aspect = 0; aspect < PN_RANKING_ASPECT_COUNT; aspect++) {
        if (ranked->aspect[aspect].ratio == 0)
            continue;
        fprintf(s->stream, "%s %s %.0f %%", between, pn_ranking_name((pn_ranking_aspect)aspect),
                100 * ranked->aspect[aspect].ratio);
        between = ",";
    }
    fprintf(s->stream, "; it waited %.0f %% of the time (%s)\n",
            percent(s->result, rank->wait_seconds), rank->kind);
}

static void print_ranking(const story *s, const pn_ranked *ranked, int count)
{
    int brief = 0;
    for (int i = 0; i < s->result->rank_count; i++)
        brief += s->result->ranks[i].busy_seconds < PN_OUTLIER_SECONDS;
    if (count <= 0)
        return;
    fputs("ranks against the median of their kind, the slowest first:\n", s->stream);
    for (int i = 0; i < count && i < RANKED_MOST; i++)
        print_ranked(s, &ranked[i]);
    if (count > RANKED_MOST)
        fprintf(s->stream, "  and %d more, all nearer to their kind or above it\n",
                count - RANKED_MOST);
    if (brief > 0)
        fprintf(s->stream, "  %d rank%s busy for less than %g s %s not compared\n", brief,
                pn_plural(brief), PN_OUTLIER_SECONDS, pn_plural_are(brief));
}

static bool has_hosts(const pn_result *result)
{
    for (int i = 1; i < result->rank_count; i++)
        if (strcmp(result->ranks[i].host, result->ranks[0].host) != 0)
            return true;
    return false;
}

// All wait alike for what comes late.
static void tell_panels(const story *s)
{
    const pn_result *result = s->result;
    double wait = 0;
    for (int i = 0; i < result->rank_count; i++)
        wait += result->ranks[i].phase_seconds[PN_PHASE_BROADCAST] / result->rank_count;
    if (s->named == 0 && has_hosts(result) && wait >= PN_OUTLIER_SECONDS &&
        wait >= long_wait * result->seconds)
        fprintf(s->stream,
                "note: ranks waited %.0f %% of the time for panels; if a link is slow, panache "
                "screen says which\n",
                percent(result, wait));
}

// Said of every device, also of one that is alone of its kind or as slow as the others.
static void tell_throttled(const story *s)
{
    int told = 0, more = 0;
    for (int i = 0; i < s->result->rank_count; i++) {
        const pn_rank_record *rank = &s->result->ranks[i];
        char why[160];
        if (pn_power_explain(&rank->power, why, sizeof why) == 0)
            continue;
        if (told++ >= NAMED_MOST) {
            more++;
            continue;
        }
        fputs("throttled device: ", s->stream);
        name_rank(s->stream, rank);
        fprintf(s->stream, " (%s) was %s\n", rank->kind, why);
    }
    if (more > 0)
        fprintf(s->stream, "throttled device: %d more ranks are named in the JSON record\n", more);
}

pn_status pn_slow_text(FILE *stream, const pn_result *result, double tolerance)
{
    story s = {.stream = stream, .result = result};
    pn_ranked *ranked = calloc((size_t)result->rank_count + 1, sizeof *ranked);
    int count = ranked ? pn_ranking_of_run(result, tolerance, ranked) : -1;
    for (int i = 0; i < count; i++)
        tell_outliers(&s, &ranked[i]);
    if (s.unnamed > 0)
        fprintf(stream, "slow part: %d more are named in the JSON record\n", s.unnamed);
    print_ranking(&s, ranked, count);
    if (count >= 0)
        tell_panels(&s);
    tell_throttled(&s);
    free(ranked);
    return count >= 0 ? PN_OK : pn_fail_memory("to compare %d ranks", result->rank_count);
}
