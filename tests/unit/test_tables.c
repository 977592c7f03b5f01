// SPDX-License-Identifier: BSD-3-Clause
// Names that are cut for a column stay whole letters, and no text of a record breaks a table.
#include "report/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_shorten(void **state)
{
    (void)state;
    char text[32];
    pn_shorten(text, 8, "short");
    assert_string_equal(text, "short");
    pn_shorten(text, 8, "exactly8");
    assert_string_equal(text, "exactly8");
    pn_shorten(text, 8, "beginning to end");
    assert_string_equal(text, "beg..end");
    for (size_t width = 2; width < 20; width++) { // a letter of two bytes everywhere
        pn_shorten(text, width, "éééééééééééééééééééééé");
        assert_true(strlen(text) <= width);
        assert_true(((unsigned char)text[0] & 0xC0) != 0x80);
        assert_true(((unsigned char)*(strstr(text, "..") + 2) & 0xC0) != 0x80);
    }
}

static char *written(void (*write)(FILE *, const char *), const char *text)
{
    char *all = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&all, &bytes);
    assert_non_null(stream);
    write(stream, text);
    fclose(stream);
    return all;
}

static void test_csv(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"plain", "plain"},
                                           {"a,b", "\"a,b\""},
                                           {"a\"b", "\"a\"\"b\""},
                                           {"a\nb", "\"a\nb\""},
                                           {"=cmd()", "\"'=cmd()\""}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *text = written(pn_csv_text, pairs[i][0]);
        assert_string_equal(text, pairs[i][1]);
        free(text);
    }
}

static void write_suite(FILE *stream, const char *name)
{
    pn_junit junit = {.stream = stream, .suite = "s", .tests = 1, .failures = 1};
    pn_junit_begin(&junit);
    pn_junit_case(&junit, name, 1.5, "<&\"");
    pn_junit_end(&junit);
}

static void test_junit(void **state)
{
    (void)state;
    char *text = written(write_suite, "a<b>\x1b[31m");
    assert_non_null(strstr(text, "name=\"a&lt;b&gt;[31m\" time=\"1.500\""));
    assert_non_null(strstr(text, "message=\"&lt;&amp;&quot;\""));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shorten), cmocka_unit_test(test_csv),
                                       cmocka_unit_test(test_junit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
