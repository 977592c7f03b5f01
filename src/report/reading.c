// SPDX-License-Identifier: BSD-3-Clause
// Only what makes a record is demanded (size, grid, time, ranks); everything that later versions
// added may be missing, and is then left out of what is shown.
#include "report/reading.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : value ? NAN : 0.0;
}

static int64_t count_at(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void text_at(const json_t *object, const char *key, char *text, size_t bytes)
{
    const char *value = json_string_value(json_object_get(object, key));
    snprintf(text, bytes, "%s", value ? value : "");
}

static pn_status no_memory(const char *what)
{
    return pn_fail_memory("for the %s of a record", what);
}

static void read_phases(const json_t *object, double seconds[PN_PHASE_COUNT])
{
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++)
        seconds[phase] = number_at(object, pn_phase_name((pn_phase)phase));
}

static pn_status read_steps(const json_t *array, pn_trace *trace)
{
    size_t count = json_array_size(array);
    trace->records = calloc(count + 1, sizeof *trace->records);
    if (!trace->records)
        return no_memory("steps");
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(array, i);
        pn_step_record *record = &trace->records[trace->count];
        record->step = count_at(object, "step");
        record->begin = number_at(object, "begin");
        read_phases(json_object_get(object, "seconds"), record->seconds);
        bool is_real = i == 0 || record->step > trace->records[trace->count - 1].step;
        trace->count += is_real; // a run that ended early leaves empty ones
    }
    return PN_OK;
}

static void read_rank(const json_t *object, pn_rank_record *rank)
{
    rank->rank = (int)count_at(object, "rank");
    rank->row = (int)count_at(object, "row");
    rank->column = (int)count_at(object, "column");
    text_at(object, "host", rank->host, sizeof rank->host);
    text_at(object, "kind", rank->kind, sizeof rank->kind);
    rank->threads = (int)count_at(object, "threads");
    rank->rate = 1e9 * number_at(object, "rate_gflops");
    rank->block_columns = count_at(object, "block_columns");
    rank->matrix_bytes = count_at(object, "matrix_bytes");
    rank->busy_seconds = number_at(object, "busy_seconds");
    rank->wait_seconds = number_at(object, "wait_seconds");
    read_phases(json_object_get(object, "phases"), rank->phase_seconds);
}

static pn_status read_ranks(const json_t *array, pn_result *result)
{
    result->rank_count = (int)json_array_size(array);
    result->ranks = calloc((size_t)result->rank_count + 1, sizeof *result->ranks);
    if (!result->ranks)
        return no_memory("ranks");
    for (int i = 0; i < result->rank_count; i++)
        read_rank(json_array_get(array, (size_t)i), &result->ranks[i]);
    return PN_OK;
}

static pn_status read_timelines(const json_t *array, pn_result *result)
{
    size_t count = json_array_size(array);
    result->timelines = calloc(count + 1, sizeof *result->timelines);
    if (!result->timelines)
        return no_memory("timelines");
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(array, i);
        result->timelines[i].rank = (int)count_at(object, "rank");
        result->timeline_count++;
        pn_status status =
            read_steps(json_object_get(object, "steps"), &result->timelines[i].trace);
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}

// Lists of a move's runs: all of one length, or, in records of earlier versions, none.
static pn_status read_move_runs(const json_t *object, pn_move_record *move)
{
    static const char *const names[] = {"run_first", "run_blocks", "run_from", "run_to"};
    const json_t *lists[sizeof names / sizeof *names];
    size_t runs = json_array_size(json_object_get(object, names[0]));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lists[i] = json_object_get(object, names[i]);
        if (json_array_size(lists[i]) != runs)
            return pn_fail(PN_ERROR_USAGE,
                           "\"moves\": run_first has %zu entries and %s %zu; equal numbers are "
                           "expected",
                           runs, names[i], json_array_size(lists[i]));
    }
    move->run = calloc(runs + 1, sizeof *move->run);
    if (!move->run)
        return no_memory("moves");
    for (size_t i = 0; i < runs; i++)
        move->run[i] =
            (pn_move_run){.first = json_integer_value(json_array_get(lists[0], i)),
                          .blocks = json_integer_value(json_array_get(lists[1], i)),
                          .from = (int32_t)json_integer_value(json_array_get(lists[2], i)),
                          .to = (int32_t)json_integer_value(json_array_get(lists[3], i))};
    move->runs = (int64_t)runs;
    return PN_OK;
}

static pn_status read_moves(const json_t *record, pn_result *result)
{
    const json_t *array = json_object_get(record, "moves");
    size_t count = json_array_size(array);
    result->no_room = count_at(record, "no_room_before_step");
    result->moves = calloc(count + 1, sizeof *result->moves);
    if (!result->moves)
        return no_memory("moves");
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(array, i);
        pn_move_record *move = &result->moves[result->move_count++];
        *move = (pn_move_record){.step = count_at(object, "step"),
                                 .blocks = count_at(object, "block_columns"),
                                 .seconds = number_at(object, "seconds"),
                                 .expected_gain = number_at(object, "expected_gain")};
        pn_status status = read_move_runs(object, move);
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}

static pn_status read_ownership(const json_t *record, const char *name, pn_ownership *ownership)
{
    const json_t *object = json_object_get(record, name);
    const json_t *columns = json_object_get(object, "run_column");
    const json_t *blocks = json_object_get(object, "run_blocks");
    size_t runs = json_array_size(columns);
    ownership->column = calloc(runs + 1, sizeof *ownership->column);
    ownership->blocks = calloc(runs + 1, sizeof *ownership->blocks);
    if (!ownership->column || !ownership->blocks)
        return no_memory(name);
    if (json_array_size(blocks) != runs)
        return pn_fail(PN_ERROR_USAGE,
                       "\"%s\": run_column has %zu entries and run_blocks %zu; "
                       "equal numbers are expected",
                       name, runs, json_array_size(blocks));
    for (size_t i = 0; i < runs; i++) {
        ownership->column[i] = (int32_t)json_integer_value(json_array_get(columns, i));
        ownership->blocks[i] = json_integer_value(json_array_get(blocks, i));
        ownership->block_columns += ownership->blocks[i];
    }
    ownership->runs = (int64_t)runs;
    return PN_OK;
}

static pn_finding finding_of(const json_t *record)
{
    const char *name = json_string_value(json_object_get(record, "finding"));
    static const char *const names[] = {"none", "singular", "not_finite", "residual"};
    for (int i = PN_FINDING_SINGULAR; name && i <= PN_FINDING_RESIDUAL; i++)
        if (strcmp(name, names[i]) == 0)
            return (pn_finding)i;
    return PN_FINDING_NONE;
}

static void read_numbers(const json_t *record, pn_result *result)
{
    const json_t *grid = json_object_get(record, "grid");
    result->settings.n = count_at(record, "n");
    result->settings.nb = (int)count_at(record, "nb");
    result->settings.p = (int)count_at(grid, "p");
    result->settings.q = (int)count_at(grid, "q");
    result->seconds = number_at(record, "seconds");
    result->rate = 1e9 * number_at(record, "gflops");
    result->residual = number_at(record, "residual");
    result->threshold = number_at(record, "threshold");
    result->passed = json_is_true(json_object_get(record, "passed"));
    result->finding = finding_of(record);
    result->finding_column = count_at(record, "finding_column");
    result->generate_seconds = number_at(record, "generate_seconds");
    result->verify_seconds = number_at(record, "verify_seconds");
    result->expected_seconds = number_at(record, "expected_seconds");
    result->began = (time_t)count_at(record, "began");
    result->ended = (time_t)count_at(record, "ended");
}

static pn_status fail_place(const char *member, int64_t read, int64_t end)
{
    return pn_fail(PN_ERROR_USAGE, "\"%s\": read %lld; allowed: 0 to %lld", member, (long long)read,
                   (long long)end - 1);
}

static pn_status fail_blocks(const char *member, int64_t read)
{
    return pn_fail(PN_ERROR_USAGE, "\"%s\", \"run_blocks\": read %lld; allowed: 1 or more", member,
                   (long long)read);
}

static pn_status check_ownership(const char *name, const pn_ownership *ownership, int columns)
{
    for (int64_t i = 0; i < ownership->runs; i++) {
        if (ownership->blocks[i] < 1)
            return fail_blocks(name, ownership->blocks[i]);
        if (ownership->column[i] < 0 || ownership->column[i] >= columns)
            return pn_fail(PN_ERROR_USAGE, "\"%s\", \"run_column\": read %d; allowed: 0 to %d",
                           name, ownership->column[i], columns - 1);
    }
    return PN_OK;
}

static pn_status check_moves(const pn_result *result)
{
    for (int i = 0; i < result->move_count; i++)
        for (int64_t j = 0; j < result->moves[i].runs; j++) {
            const pn_move_run *run = &result->moves[i].run[j];
            if (run->blocks < 1)
                return fail_blocks("moves", run->blocks);
            if (run->from < 0 || run->from >= result->settings.q)
                return fail_place("moves\", \"run_from", run->from, result->settings.q);
            if (run->to < 0 || run->to >= result->settings.q)
                return fail_place("moves\", \"run_to", run->to, result->settings.q);
        }
    return PN_OK;
}

// The numbers are the job's: ranks that took no part are missing between the others.
static pn_status check_ranks(const pn_result *result)
{
    for (int i = 0; i < result->rank_count; i++) {
        int least = i > 0 ? result->ranks[i - 1].rank + 1 : 0, read = result->ranks[i].rank;
        if (read < least)
            return pn_fail(
                PN_ERROR_USAGE,
                "\"ranks\", \"rank\": read %d; allowed: %d or more, each number once and "
                "in ascending order",
                read, least);
        if (result->ranks[i].column < 0 || result->ranks[i].column >= result->settings.q)
            return fail_place("ranks\", \"column", result->ranks[i].column, result->settings.q);
    }
    for (int i = 0; i < result->timeline_count; i++)
        if (!pn_result_rank(result, result->timelines[i].rank))
            return pn_fail(PN_ERROR_USAGE,
                           "\"timelines\", \"rank\": read %d; allowed: the numbers in \"ranks\"",
                           result->timelines[i].rank);
    return PN_OK;
}

// Every number that others use as a place in a list, or to find something by.
static pn_status check_places(const pn_result *result)
{
    if (result->settings.q < 1 || result->settings.q > result->rank_count)
        return pn_fail(PN_ERROR_USAGE,
                       "\"grid\": read %d process columns; allowed with %d ranks: 1 "
                       "to %d",
                       result->settings.q, result->rank_count, result->rank_count);
    pn_status status;
    PN_TRY(check_ranks(result));
    PN_TRY(check_moves(result));
    PN_TRY(check_ownership("layout", &result->ownership, result->settings.q));
    PN_TRY(check_ownership("layout_after", &result->ownership_after, result->settings.q));
fail:
    return status;
}

static pn_status read_record(const json_t *record, pn_result *result)
{
    pn_status status = PN_OK;
    static const char *const needed[] = {"n", "nb", "grid", "seconds", "gflops", "passed", "ranks"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!json_object_get(record, needed[i]))
            return pn_fail(PN_ERROR_USAGE,
                           "no record of a run: the member \"%s\" is missing; a file that panache "
                           "run wrote (--json, or the .json of its results) is expected",
                           needed[i]);
    read_numbers(record, result);
    read_phases(json_object_get(record, "phases"), result->trace.total);
    PN_TRY(read_steps(json_object_get(record, "steps"), &result->trace));
    PN_TRY(read_moves(record, result));
    PN_TRY(read_ranks(json_object_get(record, "ranks"), result));
    PN_TRY(read_timelines(json_object_get(record, "timelines"), result));
    PN_TRY(read_ownership(record, "layout", &result->ownership));
    PN_TRY(read_ownership(record, "layout_after", &result->ownership_after));
    PN_TRY(check_places(result));
fail:
    return status;
}

// An array of tests stands for its fastest one that passed, or its first.
static json_t *choose_record(json_t *root, int *tests)
{
    *tests = 1;
    if (!json_is_array(root))
        return root;
    *tests = (int)json_array_size(root);
    json_t *best = json_array_get(root, 0);
    for (size_t i = 1; i < json_array_size(root); i++) {
        json_t *other = json_array_get(root, i);
        bool has_passed = json_is_true(json_object_get(other, "passed"));
        bool is_first = !json_is_true(json_object_get(best, "passed"));
        if (has_passed && (is_first || number_at(other, "gflops") > number_at(best, "gflops")))
            best = other;
    }
    return best;
}

pn_status pn_reading_open(pn_reading *reading, const char *path)
{
    json_error_t error;
    *reading = (pn_reading){.root = json_load_file(path, JSON_REJECT_DUPLICATES, &error)};
    if (!reading->root && error.line < 0)
        return pn_fail(PN_ERROR_USAGE, "%s: %s", path, error.text);
    if (!reading->root)
        return pn_fail(PN_ERROR_USAGE, "%s, line %d, column %d: not JSON: %s", path, error.line,
                       error.column, error.text);
    reading->record = choose_record(reading->root, &reading->tests);
    pn_status status = read_record(reading->record, &reading->result);
    if (status == PN_OK)
        return PN_OK;
    pn_reading_close(reading);
    return pn_fail_in(status, "%s", path);
}

void pn_reading_close(pn_reading *reading)
{
    pn_result_release(&reading->result);
    json_decref(reading->root);
    *reading = (pn_reading){.root = NULL};
}
