// SPDX-License-Identifier: BSD-3-Clause
// The record as another JSON reader sees it: every member is there with its type and value, and
// numbers that are not finite do not spoil it.
#include "report/json.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static pn_rank_record rank_sample(void)
{
    return (pn_rank_record){.rank = 1,
                            .column = 1,
                            .host = "b\xff"
                                    "ad",
                            .kind = "some processor",
                            .threads = 2,
                            .rate = 50.5e9,
                            .block_columns = 42,
                            .busy_seconds = 3,
                            .wait_seconds = NAN};
}

static json_t *record_of(double residual)
{
    pn_migration_run runs[2] = {{10, 2, 0, 1}, {20, 3, 0, 1}};
    pn_migration_record moves[1] = {
        {.step = 9, .blocks = 5, .seconds = 0.5, .expected_gain = 0.1, .runs = 2, .run = runs}};
    pn_rank_record ranks[3] = {{.host = "a"}, rank_sample(), rank_sample()};
    ranks[2].rank = 2;
    ranks[2].rate = 101e9;
    pn_step_record steps[1] = {{.step = 3, .begin = 0.5, .seconds = {[PN_PHASE_PANEL] = 0.25}}};
    pn_result result = {.settings = {.n = 8000, .nb = 192, .p = 1, .q = 2},
                        .seconds = 3.5,
                        .rate = 97.5e9,
                        .residual = residual,
                        .threshold = 16,
                        .passed = isfinite(residual),
                        .finding = isfinite(residual) ? PN_FINDING_NONE : PN_FINDING_NOT_FINITE,
                        .finding_column = 7,
                        .norms = {2054.51, 2050.29, INFINITY, 11.3635, 0.4998},
                        .rank_count = 3,
                        .ranks = ranks,
                        .migration_count = 1,
                        .migrations = moves,
                        .no_room = 30,
                        .trace = {.steps = 42, .stride = 1, .count = 1, .records = steps}};
    pn_host host = {.name = "a", .processor = "p", .cores = 2, .memory_total = 1LL << 40};
    pn_options options;
    pn_options_default(&options);
    pn_record record = {.result = &result,
                        .options = &options,
                        .host = &host,
                        .command = PN_COMMAND_RUN,
                        .blas = "SomeBLAS 1.2",
                        .blas_kernels = "",
                        .blas_path = "libblas.so",
                        .mpi = "none"};
    char *text;
    assert_int_equal(pn_json_text(&record, &text), PN_OK);
    json_error_t error;
    json_t *read = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!read)
        fail_msg("line %d: %s", error.line, error.text);
    free(text);
    return read;
}

static double number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value))
        fail_msg("\"%s\" is missing or no number", key);
    return json_number_value(value);
}

static void every_member_is_there(void **state)
{
    (void)state;
    json_t *record = record_of(0.0023);
    assert_string_equal(json_string_value(json_object_get(record, "benchmark")), "HPL");
    assert_true(number_at(record, "n") == 8000);
    assert_true(number_at(json_object_get(record, "grid"), "q") == 2);
    assert_true(number_at(record, "gflops") == 97.5);
    assert_true(number_at(record, "residual") == 0.0023);
    assert_true(json_is_true(json_object_get(record, "passed")));
    assert_string_equal(json_string_value(json_object_get(record, "finding")), "none");
    assert_true(json_is_null(json_object_get(record, "finding_column")));
    assert_true(number_at(json_object_get(record, "norms"), "a_one") == 2054.51);
    json_t *rank = json_array_get(json_object_get(record, "ranks"), 1);
    assert_true(number_at(rank, "block_columns") == 42);
    assert_true(number_at(rank, "rate_gflops") == 50.5);
    json_t *step = json_array_get(json_object_get(record, "steps"), 0);
    assert_true(number_at(step, "step") == 3);
    assert_true(number_at(json_object_get(step, "seconds"), "panel") == 0.25);
    json_t *versions = json_object_get(record, "versions");
    assert_string_equal(json_string_value(json_object_get(versions, "blas")), "SomeBLAS 1.2");
    assert_true(number_at(json_object_get(record, "machine"), "cores") == 2);
    json_decref(record);
}

static int64_t entry(const json_t *object, const char *key, size_t i)
{
    return json_integer_value(json_array_get(json_object_get(object, key), i));
}

static void moves_say_what_went_where(void **state)
{
    (void)state;
    json_t *record = record_of(0.0023);
    assert_true(number_at(record, "move_count") == 1);
    assert_true(number_at(record, "no_room_before_step") == 30);
    json_t *move = json_array_get(json_object_get(record, "moves"), 0);
    assert_true(number_at(move, "step") == 9);
    assert_true(number_at(move, "block_columns") == 5);
    assert_int_equal(json_array_size(json_object_get(move, "gave")), 2);
    assert_int_equal(entry(move, "gave", 0), 5);
    assert_int_equal(entry(move, "gave", 1), 0);
    assert_int_equal(entry(move, "took", 0), 0);
    assert_int_equal(entry(move, "took", 1), 5);
    assert_int_equal(entry(move, "run_first", 1), 20);
    assert_int_equal(entry(move, "run_blocks", 1), 3);
    assert_int_equal(entry(move, "run_from", 1), 0);
    assert_int_equal(entry(move, "run_to", 1), 1);
    json_decref(record);
}

static void a_slow_rank_is_named(void **state)
{
    (void)state;
    json_t *record = record_of(0.0023);
    json_t *slow = json_object_get(record, "slow_parts");
    assert_int_equal(json_array_size(slow), 1);
    json_t *part = json_array_get(slow, 0);
    assert_true(number_at(part, "rank") == 1);
    assert_string_equal(json_string_value(json_object_get(part, "kind")), "some processor");
    assert_true(number_at(part, "rate_gflops_per_thread") == 25.25);
    assert_true(number_at(part, "usual_gflops_per_thread") == 50.5);
    assert_true(number_at(part, "ratio") == 0.5);
    assert_true(number_at(part, "ranks_of_kind") == 2);
    json_decref(record);
}

static void every_option_of_the_command_is_there(void **state)
{
    (void)state;
    json_t *record = record_of(0.0023);
    json_t *options = json_object_get(record, "options");
    int count, found = 0;
    const pn_option *rows = pn_option_rows(&count);
    for (int i = 0; i < count; i++)
        if ((rows[i].commands & PN_FOR(RUN)) && rows[i].commands != PN_FOR_ALL) {
            assert_non_null(json_object_get(options, rows[i].field));
            found++;
        }
    assert_int_equal(json_object_size(options), found);
    assert_string_equal(json_string_value(json_object_get(options, "n")), "auto");
    assert_true(number_at(options, "time") == 60);
    assert_true(json_is_false(json_object_get(options, "quiet")));
    json_decref(record);
}

static void what_is_not_finite_is_null(void **state)
{
    (void)state;
    json_t *record = record_of(NAN);
    assert_true(json_is_null(json_object_get(record, "residual")));
    assert_true(json_is_null(json_object_get(json_object_get(record, "norms"), "x_one")));
    assert_string_equal(json_string_value(json_object_get(record, "finding")), "not_finite");
    assert_true(number_at(record, "finding_column") == 7);
    json_t *rank = json_array_get(json_object_get(record, "ranks"), 1);
    assert_true(json_is_null(json_object_get(rank, "wait_seconds")));
    assert_true(json_is_string(json_object_get(rank, "host")));
    json_decref(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_there),
        cmocka_unit_test(moves_say_what_went_where),
        cmocka_unit_test(a_slow_rank_is_named),
        cmocka_unit_test(every_option_of_the_command_is_there),
        cmocka_unit_test(what_is_not_finite_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
