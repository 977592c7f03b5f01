// SPDX-License-Identifier: BSD-3-Clause
// Seconds are compared for each block column, because ranks of a kind may own unlike numbers of
// them, and with 1 % of the run added to each: nothing is made of what takes no time worth telling.
#include "measure/ranking.h"

#include "measure/outlier.h"

#include <stdio.h>
#include <stdlib.h>

enum { KIND_BYTES = 96 };

static const double least_loss = 0.01;

typedef struct ranking {
    const pn_result *result;
    double tolerance;
    double mean;     // block columns of a rank
    int *height;     // [q] of the process columns
    double *seconds; // [q] least in which a rank of the column exchanged rows
    pn_outlier_value *parts;
    pn_standing *standings;
    char (*kinds)[KIND_BYTES];
    pn_ranked *ranked; // [ranks] by the rank's place in the result
} ranking;

const char *pn_ranking_name(pn_ranking_aspect aspect)
{
    static const char *const names[] = {
#define PN_RANKING_NAME(id, name, factor) name,
        PN_RANKING_ASPECTS(PN_RANKING_NAME)
#undef PN_RANKING_NAME
    };
    return names[aspect];
}

static double exchange_seconds(const pn_rank_record *rank)
{
    return rank->phase_seconds[PN_PHASE_ROWS] + rank->phase_seconds[PN_PHASE_SOLVE_ROWS];
}

// Who of a column comes last waits for nobody: its time is that of the exchange.
static void add_up_columns(ranking *r)
{
    const pn_result *result = r->result;
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        double seconds = exchange_seconds(rank), *least = &r->seconds[rank->column];
        if (r->height[rank->column]++ == 0 || seconds < *least)
            *least = seconds;
        r->mean += (double)rank->block_columns / result->rank_count;
    }
}

static bool is_judged(const pn_rank_record *rank)
{
    return rank->busy_seconds >= PN_OUTLIER_SECONDS && rank->threads > 0;
}

static double cpu_share_of(const pn_rank_record *rank)
{
    return rank->cpu_share > 0 ? rank->cpu_share : 1;
}

// A rank by the time that it, or its column, spends on each of its block columns.
static pn_outlier_value by_seconds(ranking *r, int index, bool of_column)
{
    const pn_rank_record *rank = &r->result->ranks[index];
    int height = r->height[rank->column];
    double blocks = (double)rank->block_columns, added = least_loss * r->result->seconds / r->mean;
    bool counts = of_column ? height > 1 && rank->row == 0 : height == 1;
    snprintf(r->kinds[index], KIND_BYTES, "%.63s/%d/%.2f/%d", rank->kind, rank->threads,
             cpu_share_of(rank), height);
    return (pn_outlier_value){.kind = r->kinds[index],
                              .value = counts && is_judged(rank) && blocks > 0
                                           ? 1 / (r->seconds[rank->column] / blocks + added)
                                           : 0};
}

static pn_outlier_value part_of(ranking *r, int index, pn_ranking_aspect aspect)
{
    const pn_rank_record *rank = &r->result->ranks[index];
    if (aspect != PN_RANKING_COMPUTE)
        return by_seconds(r, index, aspect == PN_RANKING_LINK);
    double rate = is_judged(rank) ? rank->rate / rank->threads : 0;
    if (cpu_share_of(rank) == 1)
        return (pn_outlier_value){rank->kind, rate};
    snprintf(r->kinds[index], KIND_BYTES, "%.63s/%d/%.2f", rank->kind, rank->threads,
             cpu_share_of(rank));
    return (pn_outlier_value){r->kinds[index], rate};
}

// How the system deals out cores that threads share is nobody's fault.
static pn_ranked_aspect outcome_of(const ranking *r, const pn_standing *standing,
                                   pn_ranking_aspect aspect)
{
    const pn_rank_record *rank = &r->result->ranks[standing->index];
    pn_ranked_aspect outcome = {.ratio = standing->ratio,
                                .value = standing->value,
                                .usual = standing->usual,
                                .peers = standing->peers,
                                .is_outlier = standing->is_outlier && cpu_share_of(rank) == 1};
    if (aspect == PN_RANKING_COMPUTE)
        return outcome;
    double added = least_loss * r->result->seconds * (double)rank->block_columns / r->mean;
    outcome.value = r->seconds[rank->column];
    outcome.usual = (double)rank->block_columns / standing->usual - added;
    outcome.is_outlier &= outcome.value - outcome.usual >= least_loss * r->result->seconds;
    return outcome;
}

// Those without a like have nothing to be compared with.
static bool compare(ranking *r, pn_ranking_aspect aspect)
{
    static const double factors[] = {
#define PN_RANKING_FACTOR(id, name, factor) factor,
        PN_RANKING_ASPECTS(PN_RANKING_FACTOR)
#undef PN_RANKING_FACTOR
    };
    const pn_result *result = r->result;
    for (int i = 0; i < result->rank_count; i++)
        r->parts[i] = part_of(r, i, aspect);
    int count = pn_outlier_order(r->parts, result->rank_count, factors[aspect] * r->tolerance,
                                 r->standings);
    for (int i = 0; i < count; i++)
        if (r->standings[i].peers > 1)
            r->ranked[r->standings[i].index].aspect[aspect] =
                outcome_of(r, &r->standings[i], aspect);
    return count >= 0;
}

// A column's exchange is its first rank's so far.
static void share_links(ranking *r)
{
    const pn_rank_record *ranks = r->result->ranks;
    for (int first = 0; first < r->result->rank_count; first++)
        for (int i = 0; ranks[first].row == 0 && i < r->result->rank_count; i++)
            if (ranks[i].column == ranks[first].column)
                r->ranked[i].aspect[PN_RANKING_LINK] = r->ranked[first].aspect[PN_RANKING_LINK];
}

static int slowest_first(const void *left, const void *right)
{
    const pn_ranked *a = left, *b = right;
    if (a->worst != b->worst)
        return a->worst < b->worst ? -1 : 1;
    return a->index - b->index;
}

static int sort_out(ranking *r)
{
    int count = 0;
    for (int i = 0; i < r->result->rank_count; i++) {
        pn_ranked *rank = &r->ranked[i];
        rank->index = i;
        for (int aspect = 0; aspect < PN_RANKING_ASPECT_COUNT; aspect++) {
            double ratio = rank->aspect[aspect].ratio;
            if (ratio > 0 && (rank->worst == 0 || ratio < rank->worst))
                rank->worst = ratio;
        }
        if (rank->worst > 0)
            r->ranked[count++] = *rank;
    }
    qsort(r->ranked, (size_t)count, sizeof *r->ranked, slowest_first);
    return count;
}

static int rank_all(ranking *r)
{
    for (int i = 0; i < r->result->rank_count; i++)
        r->ranked[i] = (pn_ranked){.index = i};
    add_up_columns(r);
    for (int aspect = 0; aspect < PN_RANKING_ASPECT_COUNT; aspect++)
        if (!compare(r, (pn_ranking_aspect)aspect))
            return -1;
    share_links(r);
    return sort_out(r);
}

int pn_ranking_of_run(const pn_result *result, double tolerance, pn_ranked *ranked)
{
    size_t ranks = (size_t)result->rank_count + 1, columns = (size_t)result->settings.q + 1;
    ranking r = {.result = result,
                 .tolerance = tolerance,
                 .height = calloc(columns, sizeof *r.height),
                 .seconds = calloc(columns, sizeof *r.seconds),
                 .parts = calloc(ranks, sizeof *r.parts),
                 .standings = calloc(ranks, sizeof *r.standings),
                 .kinds = calloc(ranks, sizeof *r.kinds),
                 .ranked = ranked};
    bool has_room = r.height && r.seconds && r.parts && r.standings && r.kinds;
    int count = has_room ? rank_all(&r) : -1;
    free(r.height);
    free(r.seconds);
    free(r.parts);
    free(r.standings);
    free(r.kinds);
    return count;
}
