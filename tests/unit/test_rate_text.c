// SPDX-License-Identifier: BSD-3-Clause
// Rates have the prefix that fits, and never an exponent.
#include "base/rate_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void says(double flops, const char *expected)
{
    char text[PN_FLOPS_TEXT];
    pn_flops_text(flops, text);
    assert_string_equal(text, expected);
}

static void test_the_prefix_fits(void **state)
{
    (void)state;
    says(2.133e14, "213.3 TFLOP/s");
    says(1.023e11, "102.3 GFLOP/s");
    says(9.999e11, "999.9 GFLOP/s");
    says(9.9999e11, "1.000 TFLOP/s");
    says(1.353e18, "1.353 EFLOP/s");
}

static void test_what_is_little_has_no_exponent(void **state)
{
    (void)state;
    says(0, "0.000000 GFLOP/s");
    says(4e4, "0.000040 GFLOP/s");
    says(5.1e7, "0.051000 GFLOP/s");
    says(5.1e8, "0.510 GFLOP/s");
}

static void test_a_range_has_the_unit_of_its_rate(void **state)
{
    (void)state;
    char text[PN_FLOPS_TEXT];
    pn_flops_range_text(20.14e15, 985e12, 24.88e15, text);
    assert_string_equal(text, "0.98 to 24.88");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_prefix_fits),
        cmocka_unit_test(test_a_range_has_the_unit_of_its_rate),
        cmocka_unit_test(test_what_is_little_has_no_exponent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
