// SPDX-License-Identifier: BSD-3-Clause
#include "report/kinds.h"

#include "measure/outlier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int find_part(pn_parts *parts, const char *kind)
{
    int i = 0;
    while (i < parts->count && strcmp(parts->part[i].kind, kind) != 0)
        i++;
    if (i == parts->count)
        parts->part[parts->count++] = (pn_part){.kind = kind};
    return i;
}

static void add_up(pn_parts *parts, const pn_result *result)
{
    double bytes = 0.0;
    for (int i = 0; i < result->rank_count; i++)
        bytes += (double)result->ranks[i].matrix_bytes;
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        pn_part *part = &parts->part[parts->of_rank[i] = find_part(parts, rank->kind)];
        parts->of_column[rank->column] = parts->of_rank[i];
        part->ranks++;
        part->rate += rank->rate;
        part->share += bytes > 0.0 ? (double)rank->matrix_bytes / bytes : 0.0;
        part->wait += result->seconds > 0.0 ? rank->wait_seconds / result->seconds : 0.0;
    }
    for (int i = 0; i < parts->count; i++)
        parts->part[i].wait /= parts->part[i].ranks;
}

static pn_status compare(pn_parts *parts, const pn_result *result)
{
    size_t ranks = (size_t)result->rank_count + 1;
    pn_outlier_part *rates = calloc(ranks, sizeof *rates);
    pn_standing *standings = calloc(ranks, sizeof *standings);
    for (int i = 0; rates && i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        rates[i] = (pn_outlier_part){rank->kind, rank->rate / fmax(1.0, rank->threads)};
        parts->relative[i] = 1.0;
    }
    int measured =
        rates && standings ? pn_outlier_rank(rates, result->rank_count, 0.0, standings) : -1;
    for (int i = 0; i < measured; i++)
        parts->relative[standings[i].index] = standings[i].ratio;
    parts->slowest = measured > 0 ? standings[0].index : result->rank_count ? 0 : -1;
    free(rates);
    free(standings);
    return measured >= 0
               ? PN_OK
               : pn_fail(PN_ERROR_MEMORY, "no memory to compare %d ranks", result->rank_count);
}

pn_status pn_parts_create(pn_parts *parts, const pn_result *result)
{
    size_t ranks = (size_t)result->rank_count + 1;
    *parts =
        (pn_parts){.part = calloc(ranks, sizeof *parts->part),
                   .of_rank = calloc(ranks, sizeof *parts->of_rank),
                   .of_column = calloc((size_t)result->settings.q + 1, sizeof *parts->of_column),
                   .relative = calloc(ranks, sizeof *parts->relative)};
    pn_status status = PN_OK;
    if (parts->part && parts->of_rank && parts->of_column && parts->relative) {
        add_up(parts, result);
        status = compare(parts, result);
    } else {
        status = pn_fail(PN_ERROR_MEMORY, "no memory for the parts of a machine");
    }
    if (status != PN_OK)
        pn_parts_release(parts);
    return status;
}

void pn_parts_release(pn_parts *parts)
{
    free(parts->part);
    free(parts->of_rank);
    free(parts->of_column);
    free(parts->relative);
    *parts = (pn_parts){.slowest = -1};
}
