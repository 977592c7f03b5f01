// SPDX-License-Identifier: BSD-3-Clause
// Names in tables, words on lines, and a progress line that others do not run into.
#include "base/label.h"
#include "base/log.h"
#include "base/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void trims_to(const char *name, const char *expected)
{
    char label[PN_LABEL];
    snprintf(label, sizeof label, "%s", name);
    pn_label_trim(label);
    assert_string_equal(label, expected);
}

static void what_says_nothing_goes(void **state)
{
    (void)state;
    trims_to("Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz", "Intel Xeon E5-2670 0");
    trims_to("AMD EPYC 9B14 96-Core Processor, OpenBLAS Zen", "AMD EPYC 9B14, OpenBLAS Zen");
    trims_to("Intel(R) Core(TM)  i7-8650U CPU @ 1.90GHz, BLIS", "Intel Core i7-8650U, BLIS");
    trims_to("NVIDIA H200", "NVIDIA H200");
    trims_to("Processor", "Processor");
    trims_to("", "");
}

static void fits(const char *one, const char *other, int width, const char *first,
                 const char *second)
{
    char labels[2][PN_LABEL];
    snprintf(labels[0], PN_LABEL, "%s", one);
    snprintf(labels[1], PN_LABEL, "%s", other);
    pn_labels_fit(labels, 2, width);
    assert_string_equal(labels[0], first);
    assert_string_equal(labels[1], second);
}

static void what_differs_stays(void **state)
{
    (void)state;
    fits("AMD EPYC 7763, OpenBLAS Zen", "AMD EPYC 7763, OpenBLAS Haswell", 20,
         "AMD EPYC 7..BLAS Zen", "AMD EPYC 7.. Haswell");
    // The clock alone tells these apart, so that nothing is trimmed.
    fits("X CPU @ 2.0GHz", "X CPU @ 3.0GHz", 20, "X CPU @ 2.0GHz", "X CPU @ 3.0GHz");
    // The middle does, then, where it is kept, the beginning goes.
    fits("a machine 1 of many like it", "b machine 1 of many like it", 12, "a mach..e it",
         "b mach..e it");
    fits("one and the same 123456", "one and the same 123456", 12, "one an..3456", "one an..3456");
    // Nothing short tells them apart.
    fits("same head 1 same tail", "same head 2 same tail", 12, "same head 1 same tail",
         "same head 2 same tail");
    fits("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", "b", 8, "\xc3\xa9\xc3\xa9..\xc3\xa9",
         "b");
}

static void words_stay_whole_on_lines_that_fit(void **state)
{
    (void)state;
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    pn_wrap_text(stream, "one two three fourfourfour five", 4, 12);
    fclose(stream);
    assert_string_equal(text, "one two\n    three\n    fourfourfour\n    five\n");
    free(text);
}

static void nothing_lands_in_a_progress_line(void **state)
{
    (void)state;
    char *text = NULL;
    size_t bytes;
    pn_log log = {.level = PN_LOG_NORMAL, .live = true, .ranks = 1};
    log.stream = open_memstream(&text, &bytes);
    pn_log_progress(&log, "half");
    pn_log_settle(&log);
    pn_log_settle(&log);
    pn_log_wrapped(&log, 4, "  a name and %s",
                   "a reason that goes on for longer than one line of a "
                   "terminal, which has eighty");
    fclose(log.stream);
    assert_string_equal(text,
                        "\r\033[Khalf\n  a name and a reason that goes on for longer than one "
                        "line of a terminal, which\n    has eighty\n");
    free(text);
}

static void a_long_line_is_cut_for_people_only(void **state)
{
    (void)state;
    const char *words = "in short: a rate, what limited it, and where it stands on the newest list "
                        "of all";
    char *text = NULL, line[160];
    size_t bytes;
    for (int live = 0; live < 2; live++) {
        pn_log log = {.level = PN_LOG_NORMAL, .live = live, .ranks = 1};
        log.stream = open_memstream(&text, &bytes);
        pn_log_long(&log, "%s", words);
        fclose(log.stream);
        snprintf(line, sizeof line, "%s\n", words);
        assert_string_equal(text, live
                                      ? "in short: a rate, what limited it, and where it stands on "
                                        "the newest list of\n  all\n"
                                      : line);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_says_nothing_goes),
        cmocka_unit_test(what_differs_stays),
        cmocka_unit_test(words_stay_whole_on_lines_that_fit),
        cmocka_unit_test(nothing_lands_in_a_progress_line),
        cmocka_unit_test(a_long_line_is_cut_for_people_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
