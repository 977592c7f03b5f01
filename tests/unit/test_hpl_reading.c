// SPDX-License-Identifier: BSD-3-Clause
// The best passed row of an HPL's text, as the reference and those that keep to it write it.
#include "report/hpl_reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                       \
    "T/V                N    NB     P     Q               Time                 Gflops\n"           \
    "----------------------------------------------------------------------------\n"
#define RESIDUAL "||Ax-b||_oo/(eps*(||A||_oo*||x||_oo+||b||_oo)*N)="

static void test_the_best_passed_row_counts(void **state)
{
    (void)state;
    pn_hpl_reading reading;
    assert_int_equal(pn_hpl_reading_parse(
                         &reading, "HPL.out",
                         HEAD
                         "WR11C2R4       29    1     4     1     0.01         9.3990e+01\n"
                         "HPL_pdgesv() start time Mon\n" RESIDUAL "   2.4e-02 ...... PASSED\n" HEAD
                         "WC00L2R2       30    2     2     2     0.01         3.0000e+02\n" RESIDUAL
                         "   9.9e+09 ...... FAILED\n" HEAD
                         "WR00L2L2      30   2  2  2    0.01       8.0e+01\r\n" RESIDUAL
                         "  0.0026 ...... PASSED\r\n"
                         "WR00L2L2      30   2  2  2    0.01       5.0e+02\n"),
                     PN_OK);
    assert_int_equal(reading.rows, 4);
    assert_int_equal(reading.passed, 2);
    assert_true(reading.gflops == 93.99);
}

static void test_three_residuals_are_one_row(void **state)
{
    (void)state;
    pn_hpl_reading reading;
    assert_int_equal(
        pn_hpl_reading_parse(&reading, "old.out",
                             "W11R2C4    35  4  4  1   0.00   5.000e+00\n"
                             "||Ax-b||_oo / ( eps * ||A||_1  * N        ) =  0.05 ...... PASSED\n"
                             "||Ax-b||_oo / ( eps * ||A||_1  * ||x||_1  ) =  0.01 ...... PASSED\n"),
        PN_OK);
    assert_int_equal(reading.passed, 1);
}

static void test_what_tells_no_rate_is_refused(void **state)
{
    (void)state;
    pn_hpl_reading reading;
    assert_int_equal(pn_hpl_reading_parse(&reading, "x", "Where is it?\n"), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "no line is a row"));
    assert_int_equal(
        pn_hpl_reading_parse(&reading, "x", "WR0 9 1 1 1 0.1 9e1\n" RESIDUAL " 1e9 ... FAILED\n"),
        PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "1 row and none that passed"));
    assert_int_equal(
        pn_hpl_reading_parse(&reading, "x", "WR0 9 1 1 1 0.1 inf\n" RESIDUAL " 1 ... PASSED\n"),
        PN_ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_best_passed_row_counts),
        cmocka_unit_test(test_three_residuals_are_one_row),
        cmocka_unit_test(test_what_tells_no_rate_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
