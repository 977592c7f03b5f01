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
    free(result->corrections);
    result->corrections = NULL;
    result->correction_count = 0;
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
    for (int i = 0; i < result->migration_count; i++)
        pn_migration_release(&result->migrations[i]);
    free(result->migrations);
    result->migrations = NULL;
    result->migration_count = 0;
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

pn_status pn_migration_create(pn_migration_record *migration, const int32_t *before,
                              const int32_t *after, pn_gidx blocks)
{
    int64_t runs = 0;
    for (pn_gidx b = 0; b < blocks; b++)
        runs += before[b] != after[b] && !goes_on(before, after, b);
    *migration =
        (pn_migration_record){.run = calloc((size_t)pn_max(runs, 1), sizeof *migration->run)};
    if (!migration->run)
        return pn_fail_memory("for the record of %lld runs of block columns", (long long)runs);
    for (pn_gidx b = 0; b < blocks; b++) {
        if (before[b] == after[b])
            continue;
        if (!goes_on(before, after, b))
            migration->run[migration->runs++] =
                (pn_migration_run){.first = b, .from = before[b], .to = after[b]};
        migration->run[migration->runs - 1].blocks++;
        migration->blocks++;
    }
    return PN_OK;
}

void pn_migration_release(pn_migration_record *migration)
{
    free(migration->run);
    *migration = (pn_migration_record){0};
}

pn_status pn_result_reserve_migration(pn_result *result)
{
    size_t count = (size_t)result->migration_count + 1;
    pn_migration_record *migrations = realloc(result->migrations, count * sizeof *migrations);
    if (!migrations)
        return pn_fail_memory("for the record of %zu moves", count);
    result->migrations = migrations;
    return PN_OK;
}

pn_status pn_result_add_correction(pn_result *result, const pn_correction *correction)
{
    size_t count = (size_t)result->correction_count + 1;
    pn_correction *corrections = realloc(result->corrections, count * sizeof *corrections);
    if (!corrections)
        return pn_fail_memory("for the record of %zu errors that were put right", count);
    result->corrections = corrections;
    result->corrections[result->correction_count++] = *correction;
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
