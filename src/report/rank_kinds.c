// SPDX-License-Identifier: BSD-3-Clause
#include "report/rank_kinds.h"

#include "measure/outlier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Kinds are few and told by name; their order is that of their first ranks.
static int find_kind(pn_rank_kinds *kinds, const char *kind)
{
    int i = 0;
    while (i < kinds->count && strcmp(kinds->kind[i].name, kind) != 0)
        i++;
    if (i == kinds->count)
        kinds->kind[kinds->count++] = (pn_rank_kind){.name = kind};
    return i;
}

static void add_up(pn_rank_kinds *kinds, const pn_result *result)
{
    double bytes = 0.0;
    for (int i = 0; i < result->rank_count; i++)
        bytes += (double)result->ranks[i].matrix_bytes;
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        pn_rank_kind *of = &kinds->kind[kinds->of_rank[i] = find_kind(kinds, rank->kind)];
        kinds->of_column[rank->column] = kinds->of_rank[i];
        of->ranks++;
        of->rate += rank->rate;
        of->share += bytes > 0.0 ? (double)rank->matrix_bytes / bytes : 0.0;
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
    if (kinds->kind && kinds->of_rank && kinds->of_column && kinds->relative) {
        add_up(kinds, result);
        status = compare(kinds, result);
    } else {
        status = pn_fail_memory("for the kinds of a machine");
    }
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
