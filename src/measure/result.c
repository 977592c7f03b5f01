// SPDX-License-Identifier: BSD-3-Clause
#include "measure/result.h"

#include <stdlib.h>

static void release_ownership(pn_ownership *ownership)
{
    free(ownership->column);
    free(ownership->blocks);
    *ownership = (pn_ownership){0};
}

void pn_result_release(pn_result *result)
{
    free(result->ranks);
    free(result->columns);
    free(result->left_out);
    result->ranks = NULL;
    result->columns = NULL;
    result->left_out = NULL;
    result->rank_count = result->left_out_count = 0;
    pn_trace_release(&result->trace);
    for (int i = 0; i < result->timeline_count; i++)
        pn_trace_release(&result->timelines[i].trace);
    free(result->timelines);
    result->timelines = NULL;
    result->timeline_count = 0;
    release_ownership(&result->ownership);
    release_ownership(&result->ownership_after);
}

pn_status pn_ownership_create(pn_ownership *ownership, const int32_t *owner, pn_gidx blocks)
{
    *ownership = (pn_ownership){.block_columns = blocks};
    ownership->column = calloc((size_t)pn_max(blocks, 1), sizeof *ownership->column);
    ownership->blocks = calloc((size_t)pn_max(blocks, 1), sizeof *ownership->blocks);
    if (!ownership->column || !ownership->blocks)
        return pn_fail(PN_ERROR_MEMORY, "no memory for the owners of %lld block columns",
                       (long long)blocks);
    for (pn_gidx b = 0; b < blocks; b++) {
        if (b == 0 || owner[b] != owner[b - 1])
            ownership->column[ownership->runs++] = owner[b];
        ownership->blocks[ownership->runs - 1]++;
    }
    return PN_OK;
}

const pn_rank_record *pn_result_rank(const pn_result *result, int rank)
{
    for (int i = 0; i < result->rank_count; i++)
        if (result->ranks[i].rank == rank)
            return &result->ranks[i];
    return NULL;
}

double pn_result_operations(pn_gidx n)
{
    double size = (double)n;
    return (2.0 / 3.0 * size + 1.5) * size * size;
}
