// SPDX-License-Identifier: BSD-3-Clause
// Repeats of a measurement: which goes count, when it ends, and that the middle one is taken. The
// goes say how long they took; nothing here is timed.
#include "probe/repeat.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct script {
    const double *seconds; // of go 0, 1, ...
    int goes;              // that were done
} script;

static double next(void *context, int go)
{
    script *s = context;
    assert_int_equal(go, s->goes);
    return s->seconds[s->goes++];
}

static void the_middle_go_counts_whatever_a_disturbed_one_took(void **state)
{
    (void)state;
    const double seconds[] = {9, 2, 50, 1, 4, 3};
    script s = {seconds, 0};
    pn_repeat_plan plan = {.warm_ups = 1, .least = 5, .most = 5, .amount = 12};
    pn_repeated found = pn_repeat(&plan, next, &s);
    assert_int_equal(s.goes, 6);
    assert_int_equal(found.count, 5);
    assert_true(found.median == 3);
    assert_true(found.best == 1);
    assert_true(found.rate == 4);
    assert_true(fabs(found.spread - (12 - 0.24) / 4) < 1e-12);
}

static void one_long_go_is_enough(void **state)
{
    (void)state;
    const double seconds[] = {0.1, 0.3, 0.1, 0.1};
    script s = {seconds, 0};
    pn_repeat_plan plan = {.warm_ups = 1, .least = 3, .most = 3, .long_go = 0.25};
    assert_int_equal(pn_repeat(&plan, next, &s).count, 1);
    s = (script){seconds + 2, 0};
    plan.most = plan.least = 1;
    assert_int_equal(pn_repeat(&plan, next, &s).count, 1);
}

static void goes_on_to_the_most_while_there_is_time(void **state)
{
    (void)state;
    double seconds[PN_REPEATS_MOST];
    for (int i = 0; i < PN_REPEATS_MOST; i++)
        seconds[i] = 1e-9 * (i + 1);
    script s = {seconds, 0};
    pn_repeat_plan plan = {.least = 3, .most = PN_REPEATS_MOST, .seconds = 1e9};
    assert_int_equal(pn_repeat(&plan, next, &s).count, PN_REPEATS_MOST);
    s.goes = 0;
    plan.seconds = 0;
    assert_int_equal(pn_repeat(&plan, next, &s).count, 3);
}

static void a_go_too_short_to_tell_has_a_finite_rate(void **state)
{
    (void)state;
    const double seconds[] = {0, 0, 0};
    script s = {seconds, 0};
    pn_repeat_plan plan = {.least = 3, .most = 3, .amount = 1};
    pn_repeated found = pn_repeat(&plan, next, &s);
    assert_true(isfinite(found.rate) && found.rate > 0);
    assert_true(found.spread == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_middle_go_counts_whatever_a_disturbed_one_took),
        cmocka_unit_test(one_long_go_is_enough),
        cmocka_unit_test(goes_on_to_the_most_while_there_is_time),
        cmocka_unit_test(a_go_too_short_to_tell_has_a_finite_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
