// SPDX-License-Identifier: BSD-3-Clause
// The command line: every form of every kind of value, and what each refusal says.
#include "config/options.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS = 32 };

typedef struct parsed {
    pn_status status;
    pn_options options;
    pn_operands operands;
} parsed;

static parsed parse(pn_command command, const char *line)
{
    static char copy[256];
    char *words[WORDS];
    int count = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        assert_in_range(count, 0, WORDS - 1);
        words[count++] = word;
    }
    parsed out;
    out.status = pn_options_parse(&out.options, &out.operands, command, count, words);
    return out;
}

static parsed run(const char *line)
{
    parsed out = parse(PN_COMMAND_RUN, line);
    if (out.status != PN_OK)
        fail_msg("\"%s\": %s", line, pn_fail_message());
    return out;
}

static void refuses(const char *line, const char *expected)
{
    parsed out = parse(PN_COMMAND_RUN, line);
    assert_int_equal(out.status, PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), expected))
        fail_msg("\"%s\" is refused with \"%s\", which lacks \"%s\"", line, pn_fail_message(),
                 expected);
}

static void defaults_are_read_from_the_table(void **state)
{
    (void)state;
    pn_options options = run("").options;
    assert_int_equal(options.n, 0);
    assert_true(options.time == 60);
    assert_true(options.memory.share == 0.8);
    assert_int_equal(options.memory.bytes, 0);
    assert_int_equal(options.bcast, 1);
    assert_int_equal(options.seed, 100);
    assert_true(options.threshold == 16);
    assert_false(options.poison.set);
    assert_int_equal(options.shares.count, 0);
    assert_false(options.shares.is_measured); // unless it is asked for
    assert_string_equal(options.output, "panache-results");
    assert_false(options.quiet);
}

static void every_form_of_an_option_is_the_same(void **state)
{
    (void)state;
    static const char *const forms[] = {"-N 5000", "-N5000", "--n 5000", "--n=5000"};
    for (int i = 0; i < 4; i++)
        assert_int_equal(run(forms[i]).options.n, 5000);
    parsed both = run("-qv --grid 2x3");
    assert_true(both.options.quiet && both.options.verbose);
    assert_int_equal(both.options.grid.p, 2);
    assert_int_equal(both.options.grid.q, 3);
}

static void values_of_each_kind_are_read(void **state)
{
    (void)state;
    assert_true(run("--time 90s").options.time == 90);
    assert_true(run("--time=10m").options.time == 600);
    assert_true(run("--time 1.5h").options.time == 5400);
    assert_true(run("").options.stall_timeout == -1);
    assert_true(run("--stall-timeout auto").options.stall_timeout == -1);
    assert_true(run("--stall-timeout 0").options.stall_timeout == 0);
    assert_true(run("--stall-timeout 5m").options.stall_timeout == 300);
    assert_true(run("").options.tolerance == 0.05);
    assert_true(run("--tolerance 12.5%").options.tolerance == 0.125);
    assert_true(run("--tolerance 3").options.tolerance == 0.03);
    assert_int_equal(run("--memory 12G").options.memory.bytes, (int64_t)12 << 30);
    assert_true(run("--memory 25%").options.memory.share == 0.25);
    assert_int_equal(run("--segment 256K").options.segment, 262144);
    assert_int_equal(run("--segment auto").options.segment, 0);
    assert_int_equal(run("--bcast long-modified").options.bcast, 5);
    assert_int_equal(run("").options.mapping, PN_MAPPING_AUTO);
    assert_int_equal(run("--column-major").options.mapping, PN_MAPPING_COLUMNS);
    assert_int_equal(run("--column-major --row-major").options.mapping, PN_MAPPING_ROWS);
    assert_true(run("--no-bind").options.no_bind);
    assert_string_equal(run("--json -").options.json, "-");
    pn_options shares = run("--shares 3:1.5:1").options;
    assert_int_equal(shares.shares.count, 3);
    assert_false(shares.shares.is_measured);
    assert_true(run("--shares auto").options.shares.is_measured);
    assert_true(shares.shares.value[1] == 1.5);
    pn_fault entry = run("--poison 3,7=1e30").options.poison;
    assert_true(entry.set && entry.row == 3 && entry.column == 7 && entry.value == 1e30);
    pn_fault column = run("--poison 7=nan").options.poison;
    assert_true(column.set && column.row == -1 && column.column == 7 && isnan(column.value));
}

static void operands_are_told_from_options(void **state)
{
    (void)state;
    parsed out = parse(PN_COMMAND_HPL, "--quiet -- -odd-name");
    assert_int_equal(out.status, PN_OK);
    assert_int_equal(out.operands.count, 1);
    assert_string_equal(out.operands.word[0], "-odd-name");
    refuses("5000", "read \"5000\"; panache run takes nothing beside options");
}

static void numbers_out_of_bounds_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"-N", "--nb", "--threads", "--buffers"};
    static const char *const values[] = {"0", "-4", "x", "12x", "1.5", "99999999999999999999",
                                         "+3"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            char line[64], expected[64];
            snprintf(line, sizeof line, "%s %s", names[i], values[j]);
            snprintf(expected, sizeof expected,
                     "option %s: read \"%s\"; allowed: a whole number from 1", names[i], values[j]);
            refuses(line, expected);
        }
}

static void values_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "--grid 2",         "--grid 0x2",        "--grid 2x-1",
        "--grid 2x2x2",     "--grid axb",        "--grid 999999x999999",
        "--time 0",         "--time -5",         "--time 5d",
        "--time nan",       "--memory 0%",       "--memory 101%",
        "--memory 12",      "--memory -1G",      "--memory 5X",
        "--segment 0",      "--segment 1.5",     "--shares 0:1",
        "--shares 3:",      "--shares 3:-1",     "--shares nan:1",
        "--shares :",       "--split 1.1",       "--split nan",
        "--threshold 0",    "--lookahead 2",     "--bcast rings",
        "--poison 7",       "--poison x=1",      "--poison 1,2,3=4",
        "--poison -1=2",    "--quiet=yes",       "--seed -1",
        "--json=",          "--start-timeout x", "--tolerance -1%",
        "--tolerance 101%", "--tolerance 5%%",   "--stall-timeout -1"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        refuses(lines[i], "; allowed: ");
}

static void unknown_options_name_the_nearest(void **state)
{
    (void)state;
    refuses("--thread 2", "unknown option \"--thread\"; the nearest known one is --threads");
    refuses("--gird 2x2", "the nearest known one is --grid");
    refuses("--collumn-major", "the nearest known one is --column-major");
    refuses("-Z", "unknown option \"-Z\"");
    refuses("--zzzzzzzz", "unknown option \"--zzzzzzzz\"; panache run --help");
    refuses("--man", "is no option of panache run; panache help takes it");
    refuses("-N", "the command line ends where its value is expected");
}

static void a_printed_value_reads_as_the_same(void **state)
{
    (void)state;
    pn_options first =
        run("-N 777 --time 90 --memory 3G --shares 3:1 --poison 4=2.5 --segment 2M ").options;
    int count;
    const pn_option *rows = pn_option_rows(&count);
    for (int i = 0; i < count; i++) {
        char text[1024], line[1100];
        if (!rows[i].name || !rows[i].argument || !(rows[i].commands & PN_FOR(RUN)))
            continue;
        pn_option_print(&rows[i], &first, text, sizeof text);
        snprintf(line, sizeof line, "--%s=%s", rows[i].name, text);
        pn_options second = run(line).options;
        char again[1024];
        pn_option_print(&rows[i], &second, again, sizeof again);
        assert_string_equal(text, again);
    }
}

static void the_settings_of_no_options_are_the_usual_ones(void **state)
{
    (void)state;
    pn_options options;
    pn_options_default(&options);
    pn_settings of_none = pn_options_settings(&options), usual = PN_SETTINGS_USUAL;
    assert_int_equal(of_none.n, usual.n);
    assert_int_equal(of_none.nb, usual.nb);
    assert_int_equal(of_none.p, usual.p);
    assert_int_equal(of_none.q, usual.q);
    assert_int_equal(of_none.mapping, usual.mapping);
    assert_int_equal(of_none.share_mode, usual.share_mode);
    assert_int_equal(of_none.share_count, usual.share_count);
    assert_int_equal(of_none.look_ahead, usual.look_ahead);
    assert_true(of_none.split == usual.split);
    assert_int_equal(of_none.topology, usual.topology);
    assert_int_equal(of_none.segment, usual.segment);
    assert_int_equal(of_none.buffers, usual.buffers);
    assert_int_equal(of_none.crew, usual.crew);
    assert_int_equal(of_none.panel_home, usual.panel_home);
}

static void options_become_settings(void **state)
{
    (void)state;
    pn_options options = run("-N 777 --nb 96 --grid 2x3 --column-major --lookahead 0 --split 0.25 "
                             "--bcast long --segment 2M --buffers 5 --panel-threads 3 "
                             "--panel host --shares 3:1:2")
                             .options;
    pn_settings settings = pn_options_settings(&options);
    assert_int_equal(settings.n, 777);
    assert_int_equal(settings.nb, 96);
    assert_int_equal(settings.p, 2);
    assert_int_equal(settings.q, 3);
    assert_int_equal(settings.mapping, PN_MAPPING_COLUMNS);
    assert_int_equal(settings.look_ahead, 0);
    assert_true(settings.split == 0.25);
    assert_int_equal(settings.topology, PN_LONG);
    assert_int_equal(settings.segment, 2 << 20);
    assert_int_equal(settings.buffers, 5);
    assert_int_equal(settings.crew, 3);
    assert_int_equal(settings.panel_home, PN_PANEL_HOST);
    assert_int_equal(settings.share_mode, PN_SHARE_MODE_COLUMNS);
    assert_int_equal(settings.share_count, 3);
    assert_true(settings.shares[0] == 3 && settings.shares[1] == 1 && settings.shares[2] == 2);
    options = run("--shares equal").options;
    assert_int_equal(pn_options_settings(&options).share_mode, PN_SHARE_MODE_EQUAL);
    options = run("--shares @file").options;
    assert_int_equal(pn_options_settings(&options).share_mode, PN_SHARE_MODE_RANKS);
    assert_null(pn_options_settings(&options).shares);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_read_from_the_table),
        cmocka_unit_test(every_form_of_an_option_is_the_same),
        cmocka_unit_test(values_of_each_kind_are_read),
        cmocka_unit_test(operands_are_told_from_options),
        cmocka_unit_test(numbers_out_of_bounds_are_refused),
        cmocka_unit_test(values_that_cannot_be_are_refused),
        cmocka_unit_test(unknown_options_name_the_nearest),
        cmocka_unit_test(a_printed_value_reads_as_the_same),
        cmocka_unit_test(the_settings_of_no_options_are_the_usual_ones),
        cmocka_unit_test(options_become_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
