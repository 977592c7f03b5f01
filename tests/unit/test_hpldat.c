// SPDX-License-Identifier: BSD-3-Clause
// HPL.dat: what is passed over, what is refused and with which words, and the order of the tests.
#include "config/hpldat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { LINES = 31, TEXT_BYTES = 4096 };

static const char *const usual[LINES] = {
    "a title",
    "another title",
    "HPL.out      output file name (if any)",
    "6            device out",
    "2            number of Ns",
    "1000 2000    Ns",
    "2            number of NBs",
    "64 128       NBs",
    "0            PMAP",
    "2            number of grids",
    "1 2          Ps",
    "4 2          Qs",
    "16.0         threshold",
    "1            number of PFACTs",
    "2            PFACTs",
    "2            number of NBMINs",
    "2 4          NBMINs",
    "1            number of NDIVs",
    "2            NDIVs",
    "1            number of RFACTs",
    "1            RFACTs",
    "2            number of BCASTs",
    "0 3          BCASTs",
    "1            number of DEPTHs",
    "1            DEPTHs",
    "2            SWAP",
    "64           swapping threshold",
    "0            L1",
    "0            U",
    "1            equilibration",
    "8            alignment",
};

// The usual file with line `number` (from 1) replaced, cut after `count` lines.
static const char *file_with(int number, const char *line, int count)
{
    static char text[TEXT_BYTES];
    text[0] = '\0';
    size_t used = 0;
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s\n",
                                 i + 1 == number ? line : usual[i]);
    return text;
}

static pn_hpldat parse(const char *text)
{
    pn_hpldat dat;
    if (pn_hpldat_parse(&dat, "HPL.dat", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return dat;
}

static void refuses(const char *text, const char *expected)
{
    pn_hpldat dat;
    assert_int_equal(pn_hpldat_parse(&dat, "HPL.dat", text), PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), expected))
        fail_msg("refused with \"%s\", which lacks \"%s\"", pn_fail_message(), expected);
}

static void every_line_is_read(void **state)
{
    (void)state;
    pn_hpldat dat = parse(file_with(0, "", LINES));
    assert_string_equal(dat.file, "HPL.out");
    assert_int_equal(dat.device, 6);
    assert_int_equal(dat.n.count, 2);
    assert_int_equal(dat.n.value[1], 2000);
    assert_int_equal(dat.nb.value[1], 128);
    assert_int_equal(dat.column_major, 0);
    assert_int_equal(dat.p.value[1], 2);
    assert_int_equal(dat.q.count, 2);
    assert_int_equal(dat.q.value[0], 4);
    assert_true(dat.threshold == 16.0);
    assert_int_equal(dat.pfact.value[0], 2);
    assert_int_equal(dat.bcast.value[1], 3);
    assert_int_equal(dat.depth.value[0], 1);
    assert_int_equal(dat.swap, 2);
    assert_int_equal(dat.swap_threshold, 64);
    assert_int_equal(dat.equilibration, 1);
    assert_int_equal(dat.alignment, 8);
}

static void what_others_pass_over_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(parse(file_with(6, "1000 2000 3000 4000 Ns", LINES)).n.value[1], 2000);
    assert_int_equal(parse(file_with(6, "\n\n\t1000\t2000", LINES)).n.value[1], 2000);
    assert_int_equal(parse(file_with(6, "1000 2000 no number\r", LINES)).n.value[0], 1000);
    assert_int_equal(parse(file_with(31, "16 alignment\n### more\n0 lines", LINES)).alignment, 16);
    assert_int_equal(parse(file_with(4, "file", LINES)).device, 0);
    assert_int_equal(parse(file_with(4, "8 device", LINES)).device, 8);
    assert_int_equal(parse(file_with(1, "", LINES)).n.value[0], 1000);
    assert_int_equal(parse(file_with(9, "\n0", LINES)).ps_line, 12);
    assert_int_equal(parse(file_with(1, "\n\na title", LINES)).n.value[0], 1000);
}

static void wrong_values_are_refused_with_their_line(void **state)
{
    (void)state;
    refuses(file_with(5, "0 n", LINES),
            "HPL.dat line 5 (number of problem sizes): read \"0\"; allowed: a whole number from 1 "
            "to 20");
    refuses(file_with(5, "21 n", LINES), "HPL.dat line 5");
    refuses(file_with(6, "1000 Ns", LINES),
            "HPL.dat line 6 (Ns): value 2 of the 2 announced: read \"Ns\"; allowed: a whole number "
            "from 0 to 1000000000");
    refuses(file_with(6, "1000 -3 Ns", LINES), "read \"-3\"");
    refuses(file_with(6, "1000 1e3 Ns", LINES), "read \"1e3\"");
    refuses(file_with(8, "64 0", LINES), "HPL.dat line 8 (NBs)");
    refuses(file_with(6, "10,000 Ns", LINES), "read \"10,000\"");
    refuses(file_with(9, "two PMAP", LINES),
            "HPL.dat line 9 (PMAP): read \"two\"; allowed: a whole "
            "number from 0 to 1");
    refuses(file_with(12, "4 0", LINES), "HPL.dat line 12 (Qs)");
    refuses(file_with(13, "low", LINES), "HPL.dat line 13 (threshold): read \"low\"");
    refuses(file_with(13, "nan", LINES), "HPL.dat line 13 (threshold): read \"nan\"");
    refuses(file_with(19, "1", LINES), "HPL.dat line 19 (NDIVs)");
    refuses(file_with(23, "0 x", LINES), "HPL.dat line 23 (BCASTs)");
    refuses(file_with(4, "6 device\n\n", 3 + 1), "the number of problem sizes (line 5 of 31)");
    refuses(file_with(7, "\n\nx", LINES), "HPL.dat line 9 (number of NBs): read \"x\"");
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (int count = 0; count < LINES; count++)
        refuses(file_with(0, "", count), "the file ends where");
}

static void a_missing_file_is_told(void **state)
{
    (void)state;
    pn_hpldat dat;
    assert_int_equal(pn_hpldat_read(&dat, "no such folder/HPL.dat"), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "no such folder/HPL.dat cannot be read"));
}

static void takes(int number, const char *line, const char *what, int64_t read, int64_t as)
{
    pn_hpldat dat = parse(file_with(number, line, LINES));
    assert_int_equal(dat.taken_count, 1);
    assert_string_equal(dat.taken[0].what, what);
    assert_int_equal(dat.taken[0].read, read);
    assert_int_equal(dat.taken[0].as, as);
}

// As HPL 2.3's HPL_pdinfo does.
static void other_codes_are_taken_as_hpl_takes_them(void **state)
{
    (void)state;
    takes(9, "2 PMAP", "PMAP", 2, 0);
    takes(15, "3 PFACTs", "PFACT", 3, 2);
    takes(21, "-1 RFACTs", "RFACT", -1, 2);
    takes(23, "7 7 BCASTs", "BCAST", 7, 1);
    takes(26, "3 SWAP", "SWAP", 3, 1);
    takes(27, "-64 swapping threshold", "swapping threshold", -64, 0);
    takes(28, "2 L1", "L1 form", 2, 0);
    takes(29, "5 U", "U form", 5, 0);
    takes(30, "2 equilibration", "equilibration", 2, 1);
    takes(31, "0 alignment", "memory alignment", 0, 4);
    pn_hpldat dat = parse(file_with(23, "6 8 BCASTs", LINES));
    assert_int_equal(dat.taken_count, 2);
    assert_int_equal(pn_hpldat_test_at(&dat, 0).settings.topology, 1);
    assert_int_equal(parse(file_with(17, "20000 4", LINES)).nbmin.value[0], 20000);
    assert_int_equal(parse(file_with(6, "0 100", LINES)).n.value[0], 0);
}

static void numbers_are_read_as_people_mean_them(void **state)
{
    (void)state;
    static const char *const sixteens[] = {"16,0", "16.0D0", "1.6d1", "16", "16,"};
    for (size_t i = 0; i < sizeof sixteens / sizeof *sixteens; i++)
        assert_true(parse(file_with(13, sixteens[i], LINES)).threshold == 16.0);
    assert_int_equal(parse(file_with(6, "500, 600, Ns", LINES)).n.value[1], 600);
    assert_int_equal(parse(file_with(4, "6,7 device", LINES)).device, 6);
    assert_int_equal(parse(file_with(4, "6(stdout)", LINES)).device, 6);
}

static void the_name_may_be_missing_where_no_file_is_written(void **state)
{
    (void)state;
    pn_hpldat dat = parse(file_with(3, "", LINES));
    assert_string_equal(dat.file, "");
    assert_int_equal(dat.n.value[0], 1000);
    char text[TEXT_BYTES];
    snprintf(text, sizeof text, "%s", file_with(3, "", LINES));
    strstr(text, "6            device")[0] = '8';
    refuses(text, "HPL.dat line 3 (output file name): read \"\"");
    snprintf(text, sizeof text, "%s", file_with(3, "", LINES));
    memcpy(strstr(text, "16.0"), "high", 4);
    refuses(text, "HPL.dat line 13 (threshold): read \"high\"");
}

static void a_product_without_end_is_refused(void **state)
{
    (void)state;
    char text[TEXT_BYTES] = "";
    const char *twenty = "20\n1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n";
    size_t used =
        (size_t)snprintf(text, sizeof text, "t\nt\nHPL.out\n6\n%s%s0\n%s", twenty, twenty, twenty);
    used += (size_t)snprintf(text + used, sizeof text - used, "%s", strchr(twenty, '\n') + 1);
    used += (size_t)snprintf(text + used, sizeof text - used, "16.0\n%s%s", twenty, twenty);
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "20\n2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 "
                             "2 2 2\n");
    snprintf(text + used, sizeof text - used, "%s%s%s2\n64\n0\n0\n1\n8\n", twenty, twenty, twenty);
    refuses(text, "span 512000000000 tests; allowed: up to 999999");
}

static void reads_as(const char *bytes, size_t length, const char *expected)
{
    char path[] = "/tmp/panache-hpldat-XXXXXX";
    int descriptor = mkstemp(path);
    pn_hpldat dat;
    assert_int_equal(write(descriptor, bytes, length), length);
    close(descriptor);
    assert_int_equal(pn_hpldat_read(&dat, path), PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), expected))
        fail_msg("refused with \"%s\", which lacks \"%s\"", pn_fail_message(), expected);
    unlink(path);
}

static void other_kinds_of_text_are_named(void **state)
{
    (void)state;
    char text[TEXT_BYTES];
    snprintf(text, sizeof text, "%s", file_with(0, "", LINES));
    for (char *at = text; *at; at++)
        *at = *at == '\n' ? '\r' : *at;
    reads_as(text, strlen(text), "CR alone");
    reads_as("\xff\xfe"
             "a\0\n\0",
             6, "it is UTF-16");
    reads_as("a\0b\0\n\0", 6, "zero bytes");
}

static void tests_come_in_the_order_of_nested_lists(void **state)
{
    (void)state;
    pn_hpldat dat = parse(file_with(0, "", LINES));
    assert_int_equal(pn_hpldat_tests(&dat), 2 * 2 * 2 * 2 * 2);
    int64_t index = 0;
    for (int grid = 0; grid < 2; grid++)
        for (int n = 0; n < 2; n++)
            for (int nb = 0; nb < 2; nb++)
                for (int bcast = 0; bcast < 2; bcast++)
                    for (int nbmin = 0; nbmin < 2; nbmin++) {
                        pn_hpldat_test test = pn_hpldat_test_at(&dat, index++);
                        assert_int_equal(test.settings.p, dat.p.value[grid]);
                        assert_int_equal(test.settings.q, dat.q.value[grid]);
                        assert_int_equal(test.settings.n, dat.n.value[n]);
                        assert_int_equal(test.settings.nb, dat.nb.value[nb]);
                        assert_int_equal(test.settings.topology, dat.bcast.value[bcast]);
                        assert_int_equal(test.nbmin, dat.nbmin.value[nbmin]);
                    }
}

static void the_default_is_a_single_test(void **state)
{
    (void)state;
    pn_hpldat dat;
    pn_hpldat_default(&dat);
    assert_int_equal(pn_hpldat_tests(&dat), 1);
    assert_true(dat.threshold == 16.0);
    assert_int_equal(dat.device, PN_HPLDAT_STDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_read),
        cmocka_unit_test(what_others_pass_over_is_passed_over),
        cmocka_unit_test(wrong_values_are_refused_with_their_line),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_missing_file_is_told),
        cmocka_unit_test(other_codes_are_taken_as_hpl_takes_them),
        cmocka_unit_test(numbers_are_read_as_people_mean_them),
        cmocka_unit_test(the_name_may_be_missing_where_no_file_is_written),
        cmocka_unit_test(a_product_without_end_is_refused),
        cmocka_unit_test(other_kinds_of_text_are_named),
        cmocka_unit_test(tests_come_in_the_order_of_nested_lists),
        cmocka_unit_test(the_default_is_a_single_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
