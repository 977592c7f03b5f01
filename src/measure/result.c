// SPDX-License-Identifier: BSD-3-Clause
#include "measure/result.h"

#include "base/assertion.h"

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
    free(result->sessions);
    result->sessions = NULL;
    result->session_count = 0;
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
    for (int i = 0; i < result->move_count; i++)
        pn_move_release(&result->moves[i]);
    free(result->moves);
    result->moves = NULL;
    result->move_count = 0;
    release_ownership(&result->ownership);
    release_ownership(&result->ownership_after);
}

pn_status pn_ownership_create(pn_ownership *ownership, const int32_t *owner, pn_gidx blocks)
{
    *ownership = (pn_ownership){.block_columns = blocks};
    ownership->column = calloc((size_t)pn_max(blocks, 1), sizeof *ownership->column);
    ownership->blocks = calloc((size_t)pn_max(blocks, 1), sizeof *ownership->blocks);
    if (!ownership->column || !ownership->blocks)
        return pn_fail_memory("for the owners of %lld block columns", (long long)blocks);
    for (pn_gidx b = 0; b < blocks; b++) {
        if (b == 0 || owner[b] != owner[b - 1])
            ownership->column[ownership->runs++] = owner[b];
        pn_assert(owner[b] >= 0, "every block column has an owner");
        ownership->blocks[ownership->runs - 1]++;
    }
    return PN_OK;
}

// Whether block b goes on with the run of the block before it.
static bool goes_on(const int32_t *before, const int32_t *after, pn_gidx b)
{
    return b > 0 && before[b] == before[b - 1] && after[b] == after[b - 1];
}

pn_status pn_move_create(pn_move_record *move, const int32_t *before, const int32_t *after,
                         pn_gidx blocks)
{
    int64_t runs = 0;
    for (pn_gidx b = 0; b < blocks; b++)
        runs += before[b] != after[b] && !goes_on(before, after, b);
    *move = (pn_move_record){.run = calloc((size_t)pn_max(runs, 1), sizeof *move->run)};
    if (!move->run)
        return pn_fail_memory("for the record of %lld runs of block columns", (long long)runs);
    for (pn_gidx b = 0; b < blocks; b++) {
        if (before[b] == after[b])
            continue;
        if (!goes_on(before, after, b))
            move->run[move->runs++] = (pn_move_run){.first = b, .from = before[b], .to = after[b]};
        move->run[move->runs - 1].blocks++;
        move->blocks++;
    }
    return PN_OK;
}

void pn_move_release(pn_move_record *move)
{
    free(move->run);
    *move = (pn_move_record){0};
}

pn_status pn_result_reserve_move(pn_result *result)
{
    size_t count = (size_t)result->move_count + 1;
    pn_move_record *moves = realloc(result->moves, count * sizeof *moves);
    if (!moves)
        return pn_fail_memory("for the record of %zu moves", count);
    result->moves = moves;
    return PN_OK;
}

const pn_rank_record *pn_result_rank(const pn_result *result, int rank)
{
    int first = 0, end = result->rank_count;
    while (first < end) {
        int middle = first + (end - first) / 2;
        if (result->ranks[middle].rank < rank)
            first = middle + 1;
        else
            end = middle;
    }
    bool is_there = first < result->rank_count && result->ranks[first].rank == rank;
    return is_there ? &result->ranks[first] : NULL;
}
