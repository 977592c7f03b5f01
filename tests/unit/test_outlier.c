// SPDX-License-Identifier: BSD-3-Clause
// Who is slow among its own kind: medians by hand, unlike kinds, and what was not measured.
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
    const pn_outlier_value parts[] = {{"old", 50}, {"new", 300}, {"old", 51}, {"new", 240},
                                      {"old", 49}, {"new", 310}, {"old", 30}};
    pn_standing standings[MOST];
    assert_int_equal(pn_outlier_order(parts, 7, 0.05, standings), 7);
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
    const pn_outlier_value parts[] = {{"a", 100}, {"a", 94}};
    pn_standing standings[MOST];
    assert_int_equal(pn_outlier_order(parts, 2, 0.05, standings), 2);
    assert_int_equal(standings[0].index, 1);
    assert_true(standings[0].is_outlier);
    assert_int_equal(pn_outlier_order(parts, 2, 0.07, standings), 2);
    assert_false(standings[0].is_outlier);
}

static void who_is_alone_or_not_measured_is_no_outlier(void **state)
{
    (void)state;
    const pn_outlier_value parts[] = {{"a", 1}, {"b", 0}, {"b", NAN}, {"b", -1}, {"b", 7}};
    pn_standing standings[MOST];
    assert_int_equal(pn_outlier_order(parts, 5, 0, standings), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(standings[i].peers, 1);
        assert_true(standings[i].ratio == 1);
        assert_false(standings[i].is_outlier);
    }
    assert_int_equal(standings[0].index, 0);
    assert_int_equal(standings[1].index, 4);
    assert_int_equal(pn_outlier_order(parts, 0, 0, standings), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slowest_of_each_kind_is_measured_by_its_kind),
        cmocka_unit_test(of_two_the_slower_is_measured_by_the_faster),
        cmocka_unit_test(who_is_alone_or_not_measured_is_no_outlier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
