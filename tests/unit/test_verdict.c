// SPDX-License-Identifier: BSD-3-Clause
// Which rows a check alarms for, among differences that rounding makes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check/verdict.h"

#include <math.h>

enum { ROWS = 400 };

static double difference[ROWS], scratch[ROWS];

// The same for every run: about normal, of deviation `sigma`.
static void make_noise(double sigma)
{
    unsigned state = 1;
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int k = 0; k < 12; k++) {
            state = state * 1664525u + 1013904223u;
            sum += (double)(state >> 8) / (1 << 24) - 0.5;
        }
        difference[i] = sigma * sum;
    }
}

static pn_verdict judge(double noise, pn_gidx fresh)
{
    return pn_verdict_of(&(pn_verdict_request){.difference = difference,
                                               .n = ROWS,
                                               .fresh = fresh,
                                               .done = 100,
                                               .noise = noise,
                                               .noise_done = 50,
                                               .scratch = scratch});
}

static void noise_is_no_alarm(void **state)
{
    (void)state;
    make_noise(1e-13);
    pn_verdict v = judge(5e-14, 0);
    assert_true(fabs(v.noise - 1e-13) < 2e-14);
    assert_int_equal(v.count, 0);
    assert_int_equal(v.first, -1);
    assert_false(v.has_grown);
}

// Whatever the error is, and with many of them, the others' spread stays known.
static void errors_are_found(void **state)
{
    (void)state;
    const double errors[] = {3e-12, -3e-12, 1e300, INFINITY, NAN};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        make_noise(1e-13);
        for (int row = 7; row < ROWS; row += 4)
            difference[row] = errors[i];
        pn_verdict v = judge(5e-14, 0);
        assert_int_equal(v.count, (ROWS - 7 + 3) / 4);
        assert_int_equal(v.first, 7);
        assert_true(v.worst % 4 == 3);
        assert_false(v.has_grown);
    }
}

static void spread_that_grows_is_told(void **state)
{
    (void)state;
    make_noise(1e-12);
    assert_true(judge(5e-14, 0).has_grown);
    assert_true(judge(0, 0).has_grown); // by what rounding makes of 400 rows and 100 columns
    for (int i = 0; i < ROWS; i++)
        difference[i] = NAN;
    assert_true(judge(5e-14, 0).has_grown);
}

// What few fresh rows say of the spread is not believed.
static void few_rows_go_by_the_last_check(void **state)
{
    (void)state;
    make_noise(1e-13);
    for (int i = ROWS - 9; i < ROWS; i++)
        difference[i] = 0;
    pn_verdict v = judge(5e-14, ROWS - 9);
    assert_true(fabs(v.noise - 1e-13) < 1e-25);
    assert_int_equal(v.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(noise_is_no_alarm),
                                       cmocka_unit_test(errors_are_found),
                                       cmocka_unit_test(spread_that_grows_is_told),
                                       cmocka_unit_test(few_rows_go_by_the_last_check)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
