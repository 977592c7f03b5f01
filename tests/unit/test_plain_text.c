// SPDX-License-Identifier: BSD-3-Clause
// What strangers write reaches no terminal as a command, neither by itself nor in a failure.
#include "base/plain_text.h"
#include "base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void shows(const char *text, const char *plain)
{
    char shown[64];
    assert_int_equal(pn_plain_text(shown, sizeof shown, text), strlen(plain));
    assert_string_equal(shown, plain);
    size_t same = 0;
    while (text[same] && text[same] == plain[same] && strncmp(plain + same, "\\", 1) != 0)
        same++;
    assert_int_equal(pn_plain_length(text), same);
}

static void test_letters_stay(void **state)
{
    (void)state;
    shows("", "");
    shows("Jean Zay, 2\u00b5s \u20ac \U0001f600\n\tend",
          "Jean Zay, 2\u00b5s \u20ac \U0001f600\n\tend");
}

static void test_commands_are_written_out(void **state)
{
    (void)state;
    shows("m\033]0;X\a\033[31m", "m\\x1b]0;X\\x07\\x1b[31m");
    shows("a\rb\bc\177", "a\\x0db\\x08c\\x7f");
    shows("csi \xc2\x9b"
          "1m",
          "csi \\u009b1m");
    shows("right \u202eleft", "right \\u202eleft");
    shows("\xef\xbf\xbe\xef\xbf\xbf", "\\ufffe\\uffff");
}

static void test_what_is_no_utf8_is_written_out(void **state)
{
    (void)state;
    shows("\xff", "\\xff");
    shows("\xc3", "\\xc3");                   // cut
    shows("\xc0\x9b", "\\xc0\\x9b");          // overlong
    shows("\xed\xa0\x80", "\\xed\\xa0\\x80"); // a surrogate
    shows("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
    shows("\x9b"
          "1m",
          "\\x9b1m");
}

static void test_no_letter_is_cut(void **state)
{
    (void)state;
    char shown[4];
    assert_int_equal(pn_plain_text(shown, sizeof shown, "ab\u20ac"), 2);
    assert_string_equal(shown, "ab");
    assert_int_equal(pn_plain_text(shown, sizeof shown, "\033\033"), 0);
    assert_string_equal(shown, "");
}

static void test_failures_are_plain(void **state)
{
    (void)state;
    pn_fail(PN_ERROR_USAGE, "\"%s\" is no name", "\033[2J");
    pn_fail_in(PN_ERROR_USAGE, "file %s", "\a");
    assert_string_equal(pn_fail_message(), "file \\x07: \"\\x1b[2J\" is no name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters_stay),
        cmocka_unit_test(test_commands_are_written_out),
        cmocka_unit_test(test_what_is_no_utf8_is_written_out),
        cmocka_unit_test(test_no_letter_is_cut),
        cmocka_unit_test(test_failures_are_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
