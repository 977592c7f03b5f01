// SPDX-License-Identifier: BSD-3-Clause
// Who is slow among its own kind: medians by hand, unlike kinds, what was not measured, and the
// ranks of a run.
#include "measure/outlier.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 8 };

static void the_slowest_of_each_kind_is_measured_by_its_kind(void **state)
{
    (void)state;
    const pn_outlier_part parts[] = {{"old", 50}, {"new", 300}, {"old", 51}, {"new", 240},
                                     {"old", 49}, {"new", 310}, {"old", 30}};
    pn_standing standings[MOST];
    assert_int_equal(pn_outlier_rank(parts, 7, 0.05, standings), 7);
    assert_int_equal(standings[0].index, 6);
    assert_int_equal(standings[0].peers, 4);
    assert_true(standings[0].usual == 50);
    assert_true(standings[0].ratio == 0.6);
    assert_true(standings[0].is_outlier);
    assert_int_equal(standings[1].index, 3);
    assert_int_equal(standings[1].peers, 3);
    assert_true(standings[1].usual == 300);
    assert_true(standings[1].is_outlier);
    for (int i = 2; i < 7; i++) {
        assert_false(standings[i].is_outlier);
        assert_true(standings[i].ratio >= standings[i - 1].ratio);
    }
}

static void of_two_the_slower_is_measured_by_the_faster(void **state)
{
    (void)state;
    const pn_outlier_part parts[] = {{"a", 100}, {"a", 94}};
    pn_standing standings[MOST];
    assert_int_equal(pn_outlier_rank(parts, 2, 0.05, standings), 2);
    assert_int_equal(standings[0].index, 1);
    assert_true(standings[0].is_outlier);
    assert_int_equal(pn_outlier_rank(parts, 2, 0.07, standings), 2);
    assert_false(standings[0].is_outlier);
}

static void who_is_alone_or_not_measured_is_no_outlier(void **state)
{
    (void)state;
    const pn_outlier_part parts[] = {{"a", 1}, {"b", 0}, {"b", NAN}, {"b", -1}, {"b", 7}};
    pn_standing standings[MOST];
    assert_int_equal(pn_outlier_rank(parts, 5, 0, standings), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(standings[i].peers, 1);
        assert_true(standings[i].ratio == 1);
        assert_false(standings[i].is_outlier);
    }
    assert_int_equal(standings[0].index, 0);
    assert_int_equal(standings[1].index, 4);
    assert_int_equal(pn_outlier_rank(parts, 0, 0, standings), 0);
}

static void ranks_are_compared_by_the_rate_of_a_thread(void **state)
{
    (void)state;
    const pn_rank_record ranks[] = {
        {.kind = "k", .threads = 4, .rate_gflops = 200, .busy_seconds = 9},
        {.kind = "k", .threads = 2, .rate_gflops = 100, .busy_seconds = 9},
        {.kind = "k", .threads = 3, .rate_gflops = 120, .busy_seconds = 9},
        {.kind = "k", .threads = 1, .rate_gflops = 1, .busy_seconds = 0.5}};
    pn_standing standings[MOST];
    assert_int_equal(pn_outlier_rank_run(ranks, 4, 0.05, standings), 3);
    assert_int_equal(standings[0].index, 2);
    assert_true(standings[0].value == 40);
    assert_true(standings[0].usual == 50);
    assert_true(standings[0].is_outlier);
    assert_false(standings[1].is_outlier);
    assert_false(standings[2].is_outlier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slowest_of_each_kind_is_measured_by_its_kind),
        cmocka_unit_test(of_two_the_slower_is_measured_by_the_faster),
        cmocka_unit_test(who_is_alone_or_not_measured_is_no_outlier),
        cmocka_unit_test(ranks_are_compared_by_the_rate_of_a_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
