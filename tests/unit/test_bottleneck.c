// SPDX-License-Identifier: BSD-3-Clause
// What held a run back, from made-up records of it.
#include "measure/bottleneck.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { RANKS = 2 };

// 100 s of two ranks, which multiply for 80 of them.
static pn_result run_of(pn_rank_record ranks[RANKS])
{
    for (int i = 0; i < RANKS; i++) {
        ranks[i] = (pn_rank_record){.rank = i};
        ranks[i].phase_seconds[PN_PHASE_MULTIPLY] = 75;
        ranks[i].phase_seconds[PN_PHASE_STRIP] = 5;
    }
    return (pn_result){
        .settings = {.p = 1, .q = RANKS}, .seconds = 100, .rank_count = RANKS, .ranks = ranks};
}

static void expect(const pn_result *result, pn_bottleneck_kind kind, double share)
{
    pn_bottleneck found = pn_bottleneck_of(result);
    assert_int_equal(found.kind, kind);
    assert_true(fabs(found.share - share) < 1e-12);
}

static void multiplying_is_the_limit_unless_something_else_takes_a_tenth(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks);
    expect(&result, PN_BOTTLENECK_MULTIPLY, 0.8);
    for (int i = 0; i < RANKS; i++)
        ranks[i].phase_seconds[PN_PHASE_PANEL] = 9;
    expect(&result, PN_BOTTLENECK_MULTIPLY, 0.8);
    ranks[1].phase_seconds[PN_PHASE_PANEL] = 11;
    expect(&result, PN_BOTTLENECK_PANEL, 0.1);
    ranks[0].phase_seconds[PN_PHASE_BROADCAST] = 30; // of one of two ranks
    expect(&result, PN_BOTTLENECK_WAIT, 0.15);
    ranks[0].phase_seconds[PN_PHASE_SOLVE_ROWS] = 20;
    ranks[1].phase_seconds[PN_PHASE_ROWS] = 20;
    expect(&result, PN_BOTTLENECK_ROWS, 0.2);
    ranks[1].phase_seconds[PN_PHASE_BACK] = 50;
    expect(&result, PN_BOTTLENECK_BACK, 0.25);
    result.settings.element = PN_FLOAT32; // whose solution is refined then
    expect(&result, PN_BOTTLENECK_REFINEMENT, 0.25);
    result.settings.element = PN_FLOAT64;
}

static void a_full_column_is_the_limit_if_it_misses_some_of_its_due(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS];
    pn_result result = run_of(ranks);
    pn_column_record columns[RANKS] = {{.share = 3, .cap = 60, .block_columns = 60},
                                       {.share = 1, .cap = -1, .block_columns = 40}};
    result.columns = columns;
    expect(&result, PN_BOTTLENECK_MEMORY, 0.2); // 60 of 75
    columns[0].cap = 61;
    expect(&result, PN_BOTTLENECK_MULTIPLY, 0.8);
    columns[0].cap = columns[0].block_columns = 75;
    columns[1].block_columns = 25;
    expect(&result, PN_BOTTLENECK_MULTIPLY, 0.8); // full, and all that is its due
}

static void a_record_without_times_has_none(void **state)
{
    (void)state;
    pn_rank_record ranks[RANKS] = {{.rank = 0}, {.rank = 1}};
    pn_result result = {.settings = {.p = 1, .q = RANKS}, .rank_count = RANKS, .ranks = ranks};
    expect(&result, PN_BOTTLENECK_UNKNOWN, 0);
    result.seconds = 1;
    expect(&result, PN_BOTTLENECK_UNKNOWN, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplying_is_the_limit_unless_something_else_takes_a_tenth),
        cmocka_unit_test(a_full_column_is_the_limit_if_it_misses_some_of_its_due),
        cmocka_unit_test(a_record_without_times_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
