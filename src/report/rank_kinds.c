// SPDX-License-Identifier: BSD-3-Clause
#include "report/rank_kinds.h"

#include "measure/outlier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct rank_of_kind {
    const char *kind;
    int rank;
} rank_of_kind;

static int by_kind_and_rank(const void *left, const void *right)
{
    const rank_of_kind *a = left, *b = right;
    int order = strcmp(a->kind, b->kind);
    return order ? order : a->rank - b->rank;
}

// Numbers the kinds in the order of their first ranks; sorted, since there may be as many kinds as
// ranks. false: no memory.
static bool group(pn_rank_kinds *kinds, const pn_result *result)
{
    int ranks = result->rank_count;
    rank_of_kind *sorted = calloc((size_t)ranks + 1, sizeof *sorted);
    if (!sorted)
        return false;
    for (int i = 0; i < ranks; i++)
        sorted[i] = (rank_of_kind){result->ranks[i].kind, i};
    qsort(sorted, (size_t)ranks, sizeof *sorted, by_kind_and_rank);
    for (int i = 0, first = 0; i < ranks; i++) {
        if (strcmp(sorted[i].kind, sorted[first].kind) != 0)
            first = i;
        kinds->of_rank[sorted[i].rank] = sorted[first].rank; // the first of its kind, so far
    }
    for (int i = 0; i < ranks; i++) {
        int first = kinds->of_rank[i];
        if (first == i)
            kinds->kind[kinds->count] = (pn_rank_kind){.name = result->ranks[i].kind};
        kinds->of_rank[i] = first == i ? kinds->count++ : kinds->of_rank[first];
    }
    free(sorted);
    return true;
}

// heights[q] of the process columns, 0 at first; a record may have no other word of them.
static void count_heights(const pn_result *result, int *heights)
{
    for (int i = 0; i < result->rank_count; i++)
        heights[result->ranks[i].column]++;
}

// Shares by block columns, which the ranks of a process column hold together, as the picture of who
// owns what counts them.
static void add_up(pn_rank_kinds *kinds, const pn_result *result, const int *heights)
{
    double blocks = 0.0;
    for (int i = 0; i < result->rank_count; i++)
        blocks += (double)result->ranks[i].block_columns / heights[result->ranks[i].column];
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        pn_rank_kind *of = &kinds->kind[kinds->of_rank[i]];
        kinds->of_column[rank->column] = kinds->of_rank[i];
        of->ranks++;
        of->rate += rank->rate;
        of->share +=
            blocks > 0.0 ? (double)rank->block_columns / heights[rank->column] / blocks : 0.0;
        of->wait += result->seconds > 0.0 ? rank->wait_seconds / result->seconds : 0.0;
    }
    for (int i = 0; i < kinds->count; i++)
        kinds->kind[i].wait /= kinds->kind[i].ranks;
}

// Thread by thread, as ranks of one kind may have unlike numbers of them.
static pn_status compare(pn_rank_kinds *kinds, const pn_result *result)
{
    size_t ranks = (size_t)result->rank_count + 1;
    pn_outlier_value *rates = calloc(ranks, sizeof *rates);
    pn_standing *standings = calloc(ranks, sizeof *standings);
    for (int i = 0; rates && i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        rates[i] = (pn_outlier_value){rank->kind, rank->rate / fmax(1.0, rank->threads)};
        kinds->relative[i] = 1.0;
    }
    int measured =
        rates && standings ? pn_outlier_order(rates, result->rank_count, 0.0, standings) : -1;
    for (int i = 0; i < measured; i++)
        kinds->relative[standings[i].index] = standings[i].ratio;
    kinds->slowest = measured > 0 ? standings[0].index : result->rank_count ? 0 : -1;
    free(rates);
    free(standings);
    return measured >= 0 ? PN_OK : pn_fail_memory("to compare %d ranks", result->rank_count);
}

pn_status pn_rank_kinds_create(pn_rank_kinds *kinds, const pn_result *result)
{
    size_t ranks = (size_t)result->rank_count + 1;
    *kinds = (pn_rank_kinds){.kind = calloc(ranks, sizeof *kinds->kind),
                             .of_rank = calloc(ranks, sizeof *kinds->of_rank),
                             .of_column =
                                 calloc((size_t)result->settings.q + 1, sizeof *kinds->of_column),
                             .relative = calloc(ranks, sizeof *kinds->relative)};
    pn_status status = PN_OK;
    int *heights = calloc((size_t)result->settings.q + 1, sizeof *heights);
    bool has_room = kinds->kind && kinds->of_rank && kinds->of_column && kinds->relative && heights;
    if (has_room && group(kinds, result)) {
        count_heights(result, heights);
        add_up(kinds, result, heights);
        status = compare(kinds, result);
    } else {
        status = pn_fail_memory("for the kinds of a machine");
    }
    free(heights);
    if (status != PN_OK)
        pn_rank_kinds_release(kinds);
    return status;
}

void pn_rank_kinds_release(pn_rank_kinds *kinds)
{
    free(kinds->kind);
    free(kinds->of_rank);
    free(kinds->of_column);
    free(kinds->relative);
    *kinds = (pn_rank_kinds){.slowest = -1};
}
