// SPDX-License-Identifier: BSD-3-Clause
// HPL's text byte by byte where others parse it, and the promise that no other line of it looks
// like a result.
#include "report/text.h"

#include <math.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static pn_result sample(void)
{
    return (pn_result){.settings = {.n = 8000, .nb = 192, .p = 2, .q = 3},
                       .seconds = 3.456,
                       .rate = 98.76543e9,
                       .residual = 0.00234567891,
                       .threshold = 16,
                       .passed = true,
                       .norms = {2054.51, 2050.29, 19888, 11.3635, 0.4998}};
}

static char *text_of(const pn_result *result)
{
    char *text;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    pn_hpldat dat;
    pn_hpldat_default(&dat);
    pn_hpldat_test asked = pn_hpldat_test_at(&dat, 0);
    asked.settings.topology = PN_TWO_RINGS_MODIFIED;
    pn_text_counts counts = {.passed = result->passed, .failed = !result->passed};
    pn_text_header(stream, &dat, result->threshold, PN_MATRIX_HPL);
    pn_text_result(stream, &asked, result);
    pn_text_footer(stream, &counts);
    fclose(stream);
    return text;
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("the text lacks \"%s\":\n%s", part, text);
}

static void the_row_stands_under_the_dashes(void **state)
{
    (void)state;
    pn_result result = sample();
    char *text = text_of(&result);
    expect(text,
           "T/V                N    NB     P     Q               Time                 Gflops\n"
           "-------------------------------------------------------------------------------"
           "-\n"
           "WR13C2R4        8000   192     2     3               3.46             9.8765e+01"
           "\nHPL_pdgesv() start time ");
    free(text);
}

static void the_moments_are_those_of_ctime(void **state)
{
    (void)state;
    pn_result result = sample();
    result.began = 1700000000;
    result.ended = 1700000100;
    char *text = text_of(&result), expected[128];
    snprintf(expected, sizeof expected, "HPL_pdgesv() start time %s\n", ctime(&result.began));
    expect(text, expected);
    snprintf(expected, sizeof expected, "HPL_pdgesv() end time   %s\n---", ctime(&result.ended));
    expect(text, expected);
    free(text);
}

static void the_residual_is_in_fixed_point(void **state)
{
    (void)state;
    pn_result result = sample();
    char *text = text_of(&result);
    expect(text, "||Ax-b||_oo/(eps*(||A||_oo*||x||_oo+||b||_oo)*N)=       0.0023456789 ...... "
                 "PASSED\n");
    assert_null(strstr(text, "||A||_1"));
    free(text);
}

static void a_failed_test_shows_its_norms(void **state)
{
    (void)state;
    pn_result result = sample();
    result.passed = false;
    result.residual = -NAN;
    char *text = text_of(&result);
    expect(text, "=                nan ...... FAILED\n");
    expect(text, "||A||_1  . . . . . . . . . . . . . . . . . . . =        2054.510000\n");
    expect(text, "||b||_oo . . . . . . . . . . . . . . . . . . . =           0.499800\n");
    expect(text, "              1 tests completed and failed residual checks,\n");
    free(text);
}

static void the_tail_is_hpls(void **state)
{
    (void)state;
    pn_result result = sample();
    char *text = text_of(&result);
    expect(text, "\nFinished      1 tests with the following results:\n"
                 "              1 tests completed and passed residual checks,\n"
                 "              0 tests completed and failed residual checks,\n"
                 "              0 tests skipped because of illegal input values.\n------");
    expect(text, "\nEnd of Tests.\n");
    free(text);
}

static void the_parameters_are_echoed(void **state)
{
    (void)state;
    static const char *const lines[] = {"N      :       1 \n",
                                        "PMAP   : Row-major process mapping\n",
                                        "PFACT  :   Right \n",
                                        "BCAST  :  1ringM \n",
                                        "SWAP   : Mix (threshold = 64)\n",
                                        "ALIGN  : 8 double precision words\n"};
    pn_result result = sample();
    char *text = text_of(&result);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        expect(text, lines[i]);
    free(text);
}

static int lines_like_results(const char *text)
{
    regex_t shape;
    assert_int_equal(
        regcomp(&shape, "([0-9]+[ \t]+){4}[0-9]+\\.[0-9]+[ \t]+[0-9]", REG_EXTENDED | REG_NEWLINE),
        0);
    int count = 0;
    regmatch_t match;
    while (regexec(&shape, text, 1, &match, 0) == 0) {
        count++;
        text += match.rm_eo;
        text += strcspn(text, "\n");
    }
    regfree(&shape);
    return count;
}

static void only_the_row_looks_like_a_result(void **state)
{
    (void)state;
    pn_result result = sample();
    result.passed = false;
    char *text = text_of(&result);
    assert_int_equal(lines_like_results(text), 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_row_stands_under_the_dashes),
        cmocka_unit_test(the_moments_are_those_of_ctime),
        cmocka_unit_test(the_residual_is_in_fixed_point),
        cmocka_unit_test(a_failed_test_shows_its_norms),
        cmocka_unit_test(the_tail_is_hpls),
        cmocka_unit_test(the_parameters_are_echoed),
        cmocka_unit_test(only_the_row_looks_like_a_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
