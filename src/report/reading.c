// SPDX-License-Identifier: BSD-3-Clause
// Only what makes a record is demanded (size, grid, time, ranks); everything that later versions
// added may be missing, and is then left out of what is shown. What is there holds: each member has
// its kind and bounds (report/members.h), so that whoever reads the result need not ask again.
#include "report/reading.h"

#include "base/input_file.h"
#include "base/settings.h"
#include "base/width.h"
#include "report/json_checks.h"
#include "report/members.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

// What a record may hold: more is no run.
static const pn_bounds a_time = {0, 1e10}, a_rate = {0, 1e12}, a_share = {0, 1},
                       any_number = {-1e300, 1e300}, a_solve = {1e-9, 1e10};
static const int64_t latest = 253402300799; // the end of the year 9999

enum { BYTES_MOST = 256 << 20 }; // thousands of ranks, each with its timeline
enum { THREADS_MOST = 4096 };    // as the options have them
enum { BITS_MOST = 1024 };

// Entry `index` of a list of the record, as the object that it has to be.
static pn_members entry_of(const pn_members *record, const char *list, size_t index)
{
    const json_t *entry = json_array_get(json_object_get(record->object, list), index);
    pn_members members = {
        .object = entry, .of = list, .index = (int64_t)index, .status = record->status};
    if (!json_is_object(entry))
        pn_members_refuse(&members, "entry", "an object");
    return members;
}

static void read_phases(const pn_members *members, const char *key, double seconds[PN_PHASE_COUNT])
{
    pn_members phases = pn_members_inside(members, key);
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++)
        seconds[phase] = pn_members_number(&phases, pn_phase_name((pn_phase)phase), a_time);
}

// Memory for a list, which is 0; a failure is told.
static void *room_for(const pn_members *members, size_t count, size_t bytes, const char *what)
{
    void *room = calloc(count + 1, bytes);
    if (!room)
        *members->status = pn_fail_memory("for the %s of a record", what);
    return room;
}

static void read_steps(const pn_members *members, pn_trace *trace)
{
    size_t count = json_array_size(pn_members_list(members, "steps"));
    trace->records = room_for(members, count, sizeof *trace->records, "steps");
    for (size_t i = 0; *members->status == PN_OK && i < count; i++) {
        pn_members step = entry_of(members, "steps", i);
        pn_step_record *record = &trace->records[trace->count];
        record->step = pn_members_count(&step, "step", 0, PN_N_LIMIT);
        record->begin = pn_members_number(&step, "begin", a_time);
        read_phases(&step, "seconds", record->seconds);
        bool is_real = i == 0 || record->step > trace->records[trace->count - 1].step;
        trace->count += is_real; // a run that ended early leaves empty ones
    }
}

// Earlier records say nothing of it and were all of FP64.
static pn_element read_element(const pn_members *members, const char *key)
{
    char name[16];
    pn_members_text(members, key, name, sizeof name);
    for (pn_element element = PN_FLOAT64; element <= PN_BFLOAT16; element++)
        if (strcmp(name, pn_element_name(element)) == 0)
            return element;
    if (name[0])
        pn_members_refuse(members, key, "fp64, fp32, fp16 or bf16");
    return PN_FLOAT64;
}

// least, most: of its number in the job.
static void read_rank(const pn_members *members, pn_rank_record *rank, int64_t least, int64_t most,
                      const pn_result *result)
{
    rank->rank = (int)pn_members_count(members, "rank", least, most);
    rank->row = (int)pn_members_count(members, "row", 0, result->settings.p - 1);
    rank->column = (int)pn_members_count(members, "column", 0, result->settings.q - 1);
    pn_members_text(members, "host", rank->host, sizeof rank->host);
    pn_members_text(members, "kind", rank->kind, sizeof rank->kind);
    rank->threads = (int)pn_members_count(members, "threads", 0, THREADS_MOST);
    rank->product = read_element(members, "product");
    rank->kept_bits = (int)pn_members_index(members, "kept_bits", BITS_MOST);
    rank->rate = 1e9 * pn_members_number(members, "rate_gflops", a_rate);
    rank->block_columns = pn_members_count(members, "block_columns", 0, PN_N_LIMIT);
    rank->matrix_bytes = pn_members_count(members, "matrix_bytes", 0, INT64_MAX);
    rank->busy_seconds = pn_members_number(members, "busy_seconds", a_time);
    rank->wait_seconds = pn_members_number(members, "wait_seconds", a_time);
    read_phases(members, "phases", rank->phase_seconds);
}

// The numbers are the job's, each once and in ascending order: ranks that took no part are missing
// between the others.
static void read_ranks(const pn_members *members, pn_result *result)
{
    result->ranks = room_for(members, (size_t)result->rank_count, sizeof *result->ranks, "ranks");
    for (int i = 0; *members->status == PN_OK && i < result->rank_count; i++) {
        pn_members rank = entry_of(members, "ranks", (size_t)i);
        int64_t least = i > 0 ? (int64_t)result->ranks[i - 1].rank + 1 : 0;
        if (!json_object_get(rank.object, "rank") && least > 0)
            pn_members_refuse(&rank, "rank", "a whole number from %lld on", (long long)least);
        read_rank(&rank, &result->ranks[i], least, INT_MAX - (result->rank_count - 1 - i), result);
    }
}

static void read_timelines(const pn_members *members, pn_result *result)
{
    size_t count = json_array_size(pn_members_list(members, "timelines"));
    result->timelines = room_for(members, count, sizeof *result->timelines, "timelines");
    for (size_t i = 0; *members->status == PN_OK && i < count; i++) {
        pn_members timeline = entry_of(members, "timelines", i);
        pn_timeline *read = &result->timelines[result->timeline_count++];
        read->rank = (int)pn_members_count(&timeline, "rank", 0, INT_MAX);
        if (!pn_result_rank(result, read->rank))
            pn_members_refuse(&timeline, "rank", "the numbers in \"ranks\"");
        read_steps(&timeline, &read->trace);
    }
}

static pn_gidx block_columns_of(const pn_result *result) // the right-hand side rides along
{
    return pn_width_blocks(result->settings.n, result->settings.nb);
}

// The entries of two lists that go together; said where there are fewer in one.
static size_t count_pairs(const pn_members *members, const char *key, const char *other)
{
    size_t count = json_array_size(pn_members_list(members, key));
    size_t beside = json_array_size(pn_members_list(members, other));
    if (count != beside)
        pn_members_refuse(members, other, "%zu entries, as in \"%s\"; there are %zu", count, key,
                          beside);
    return *members->status == PN_OK ? count : 0;
}

// Lists of a move's runs: all of one length, or, in records of earlier versions, none.
static void read_migration_runs(const pn_members *members, pn_migration_record *move,
                                const pn_result *result)
{
    size_t runs = count_pairs(members, "run_first", "run_blocks");
    count_pairs(members, "run_first", "run_from");
    count_pairs(members, "run_first", "run_to");
    move->run = room_for(members, runs, sizeof *move->run, "moves");
    for (size_t i = 0; *members->status == PN_OK && i < runs; i++) {
        pn_gidx all = block_columns_of(result);
        pn_migration_run *run = &move->run[move->runs++];
        run->first = pn_members_entry(members, "run_first", i, 0, all - 1);
        run->blocks = pn_members_entry(members, "run_blocks", i, 1, all - run->first);
        run->from = (int32_t)pn_members_entry(members, "run_from", i, 0, result->settings.q - 1);
        run->to = (int32_t)pn_members_entry(members, "run_to", i, 0, result->settings.q - 1);
    }
}

static void read_migrations(const pn_members *members, pn_result *result)
{
    size_t count = json_array_size(pn_members_list(members, "moves"));
    result->no_room = pn_members_index(members, "no_room_before_step", PN_N_LIMIT);
    result->migrations = room_for(members, count, sizeof *result->migrations, "moves");
    for (size_t i = 0; *members->status == PN_OK && i < count; i++) {
        pn_members object = entry_of(members, "moves", i);
        pn_migration_record *move = &result->migrations[result->migration_count++];
        move->step = pn_members_count(&object, "step", 0, PN_N_LIMIT);
        move->blocks = pn_members_count(&object, "block_columns", 0, PN_N_LIMIT);
        move->seconds = pn_members_number(&object, "seconds", a_time);
        move->expected_gain = pn_members_number(&object, "expected_gain", a_share);
        read_migration_runs(&object, move, result);
    }
}

static void read_ownership(const pn_members *members, const char *name, pn_ownership *ownership,
                           const pn_result *result)
{
    pn_members object = pn_members_inside(members, name);
    size_t runs = count_pairs(&object, "run_column", "run_blocks");
    pn_gidx all = block_columns_of(result);
    ownership->column = room_for(members, runs, sizeof *ownership->column, name);
    ownership->blocks = room_for(members, runs, sizeof *ownership->blocks, name);
    for (size_t i = 0; *members->status == PN_OK && i < runs; i++) {
        pn_gidx left = all - ownership->block_columns; // of those that the matrix has
        if (left < 1)
            pn_members_refuse(members, name, "the %lld block columns of N and NB", (long long)all);
        ownership->column[i] =
            (int32_t)pn_members_entry(&object, "run_column", i, 0, result->settings.q - 1);
        ownership->blocks[i] = pn_members_entry(&object, "run_blocks", i, 1, left);
        ownership->block_columns += ownership->blocks[i];
    }
    ownership->runs = (int64_t)runs;
}

static pn_finding finding_of(const pn_members *members)
{
    char name[16];
    static const char *const names[] = {"none",   "singular",      "not_finite", "residual",
                                        "growth", "not_converged", "emulated"};
    pn_members_text(members, "finding", name, sizeof name);
    for (int i = PN_FINDING_NONE; i < PN_FINDING_COUNT; i++)
        if (strcmp(name, names[i]) == 0)
            return (pn_finding)i;
    if (*name)
        pn_members_refuse(members, "finding",
                          "none, singular, not_finite, residual, growth, not_converged, emulated");
    return PN_FINDING_NONE;
}

static void read_grid(const pn_members *members, pn_result *result)
{
    pn_members grid = pn_members_inside(members, "grid");
    result->rank_count = (int)json_array_size(pn_members_list(members, "ranks"));
    if (result->rank_count < 1)
        pn_members_refuse(members, "ranks", "a list of one rank or more");
    result->settings.p = (int)pn_members_count(&grid, "p", 1, result->rank_count);
    result->settings.q = (int)pn_members_count(&grid, "q", 1, result->rank_count);
    if (result->settings.p < 1 || result->settings.q < 1)
        pn_members_refuse(members, "grid", "process rows and columns, \"p\" and \"q\"");
}

static void read_numbers(const pn_members *members, pn_result *result)
{
    result->settings.n = pn_members_count(members, "n", 1, PN_N_LIMIT);
    result->settings.nb = (int)pn_members_count(members, "nb", 1, PN_NB_LIMIT);
    read_grid(members, result);
    pn_members fp64 = pn_members_inside(members, "fp64");
    result->fp64_asked = (int)pn_members_index(&fp64, "bits_asked", BITS_MOST);
    result->seconds = pn_members_number(members, "seconds", a_solve);
    result->rate = 1e9 * pn_members_number(members, "gflops", a_rate);
    result->residual = pn_members_finding(members, "residual", (pn_bounds){0, 1e300});
    result->threshold = pn_members_number(members, "threshold", any_number);
    result->passed = pn_members_truth(members, "passed");
    result->finding = finding_of(members);
    result->finding_column = pn_members_index(members, "finding_column", PN_N_LIMIT);
    result->generate_seconds = pn_members_number(members, "generate_seconds", a_time);
    result->verify_seconds = pn_members_number(members, "verify_seconds", a_time);
    result->expected_seconds = pn_members_number(members, "expected_seconds", a_time);
    result->began = (time_t)pn_members_count(members, "began", 0, latest);
    result->ended = (time_t)pn_members_count(members, "ended", 0, latest);
}

// What is refused ends the reading; each part counts on those before it.
static pn_status read_record(const json_t *record, pn_result *result)
{
    pn_status status = PN_OK;
    pn_members members = {.object = record, .index = -1, .status = &status};
    static const char *const needed[] = {"n", "nb", "grid", "seconds", "gflops", "passed", "ranks"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!json_object_get(record, needed[i]))
            return pn_fail(PN_ERROR_USAGE,
                           "no record of a run: the member \"%s\" is missing; a file that panache "
                           "run wrote (--json, or the .json of its results) is expected",
                           needed[i]);
    read_numbers(&members, result);
    read_phases(&members, "phases", result->trace.total);
    if (status == PN_OK)
        read_steps(&members, &result->trace);
    if (status == PN_OK)
        read_migrations(&members, result);
    if (status == PN_OK)
        pn_json_checks_read(&members, result);
    if (status == PN_OK)
        read_ranks(&members, result);
    if (status == PN_OK)
        read_timelines(&members, result);
    if (status == PN_OK)
        read_ownership(&members, "layout", &result->ownership, result);
    if (status == PN_OK)
        read_ownership(&members, "layout_after", &result->ownership_after, result);
    return status;
}

static double gflops_of(const json_t *record)
{
    return json_number_value(json_object_get(record, "gflops"));
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
        if (has_passed && (is_first || gflops_of(other) > gflops_of(best)))
            best = other;
    }
    return best;
}

static pn_status parse(pn_reading *reading, const char *path, const pn_input_file *input)
{
    json_error_t error;
    reading->root = json_loadb(input->text, input->length, JSON_REJECT_DUPLICATES, &error);
    if (!reading->root)
        return pn_fail(PN_ERROR_USAGE, "%s, line %d, column %d: not JSON: %s", path, error.line,
                       error.column, error.text);
    return PN_OK;
}

pn_status pn_reading_open(pn_reading *reading, const char *path)
{
    pn_input_file input;
    *reading = (pn_reading){.tests = 0};
    pn_status status = pn_input_file_read(&input, path, BYTES_MOST);
    if (status != PN_OK)
        return status;
    status = parse(reading, path, &input);
    pn_input_file_release(&input);
    if (status != PN_OK)
        return status;
    reading->record = choose_record(reading->root, &reading->tests);
    status = read_record(reading->record, &reading->result);
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
