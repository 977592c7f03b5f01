// SPDX-License-Identifier: BSD-3-Clause
// A record goes out as JSON and comes back as the same result; the picture shows every part of it
// and is well-formed whatever names it holds; broken records are refused with the place.
#include "report/html.h"
#include "report/json.h"
#include "report/svg.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RANKS = 3, BLOCKS = 7, STEPS = 2 };

static pn_rank_record ranks[RANKS] = {
    {.rank = 0, .column = 0, .host = "a", .kind = "old <&>", .rate = 10e9, .block_columns = 1},
    {.rank = 1, .column = 1, .host = "b", .kind = "new", .rate = 50e9, .block_columns = 3},
    {.rank = 2, .column = 2, .host = "c", .kind = "new", .rate = 40e9, .block_columns = 4}};
static pn_step_record steps[STEPS] = {
    {.step = 0, .begin = 0.0, .seconds = {[PN_PHASE_MULTIPLY] = 1.25}},
    {.step = 4, .begin = 5.0, .seconds = {[PN_PHASE_PANEL] = 0.5}}};

static pn_result sample(pn_timeline *timeline)
{
    static const int32_t owner[BLOCKS] = {1, 1, 0, 2, 1, 1, 1};
    static const int32_t owner_after[BLOCKS] = {1, 1, 2, 2, 1, 0, 0};
    pn_trace trace = {.steps = 8, .stride = 4, .count = STEPS, .records = steps};
    *timeline = (pn_timeline){.rank = 2, .trace = trace};
    pn_result result = {.settings = {.n = 700, .nb = 100, .p = 1, .q = 3},
                        .seconds = 10,
                        .rate = 90.5e9,
                        .residual = NAN,
                        .finding = PN_FINDING_SINGULAR,
                        .finding_column = 12,
                        .began = 1000,
                        .rank_count = RANKS,
                        .ranks = ranks,
                        .trace = trace,
                        .timeline_count = 1,
                        .timelines = timeline};
    assert_int_equal(pn_ownership_create(&result.ownership, owner, BLOCKS), PN_OK);
    assert_int_equal(pn_ownership_create(&result.ownership_after, owner_after, BLOCKS), PN_OK);
    assert_int_equal(pn_result_reserve_migration(&result), PN_OK);
    assert_int_equal(pn_migration_create(&result.migrations[0], owner, owner_after, BLOCKS), PN_OK);
    result.migration_count = 1;
    result.migrations[0].step = 4; // it begins at 5 s of 10
    result.migrations[0].seconds = 0.5;
    result.migrations[0].expected_gain = 0.25;
    return result;
}

// What of it is not the test's own.
static void release(pn_result *result)
{
    result->ranks = NULL;
    result->timelines = NULL;
    result->timeline_count = 0;
    result->trace.records = NULL;
    pn_result_release(result);
}

static char *json_of(const pn_result *result)
{
    pn_host host = {.name = "a"};
    pn_options options;
    char *text;
    pn_options_default(&options);
    pn_record record = {.result = result,
                        .options = &options,
                        .host = &host,
                        .command = PN_COMMAND_RUN,
                        .blas = "SomeBLAS",
                        .blas_kernels = "",
                        .blas_path = "",
                        .mpi = "none"};
    assert_int_equal(pn_json_text(&record, &text), PN_OK);
    return text;
}

static pn_status read_text(pn_reading *reading, const char *text)
{
    char path[] = "/tmp/panache-test-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    pn_status status = pn_reading_open(reading, path);
    unlink(path);
    return status;
}

static void a_record_comes_back(void **state)
{
    (void)state;
    pn_timeline timeline;
    pn_reading reading;
    pn_result sent = sample(&timeline);
    char *text = json_of(&sent);
    assert_int_equal(read_text(&reading, text), PN_OK);
    const pn_result *got = &reading.result;
    assert_int_equal(got->settings.n, 700);
    assert_int_equal(got->settings.q, 3);
    assert_true(got->rate == 90.5e9);
    assert_true(isnan(got->residual));
    assert_int_equal(got->finding, PN_FINDING_SINGULAR);
    assert_int_equal(got->finding_column, 12);
    assert_int_equal(got->rank_count, RANKS);
    assert_string_equal(got->ranks[0].kind, "old <&>");
    assert_int_equal(got->trace.count, STEPS);
    assert_true(got->trace.records[1].seconds[PN_PHASE_PANEL] == 0.5);
    assert_int_equal(got->timelines[0].rank, 2);
    assert_int_equal(got->timelines[0].trace.records[1].step, 4);
    assert_int_equal(got->migration_count, 1);
    assert_int_equal(got->migrations[0].step, 4);
    assert_int_equal(got->migrations[0].blocks, 3);
    assert_int_equal(got->migrations[0].runs, 2);
    assert_int_equal(got->migrations[0].run[0].first, 2);
    assert_int_equal(got->migrations[0].run[0].blocks, 1);
    assert_int_equal(got->migrations[0].run[0].from, 0);
    assert_int_equal(got->migrations[0].run[0].to, 2);
    assert_int_equal(got->migrations[0].run[1].first, 5);
    assert_int_equal(got->migrations[0].run[1].blocks, 2);
    assert_int_equal(got->no_room, 0);
    assert_true(got->migrations[0].seconds == 0.5 && got->migrations[0].expected_gain == 0.25);
    assert_int_equal(got->ownership.runs, 4);
    assert_int_equal(got->ownership.block_columns, BLOCKS);
    assert_int_equal(got->ownership.blocks[0], 2);
    assert_int_equal(got->ownership.column[3], 1);
    assert_int_equal(got->ownership_after.runs, 4);
    assert_int_equal(got->ownership_after.column[3], 0);
    pn_reading_close(&reading);
    free(text);
    release(&sent);
}

static void parts_are_kinds(void **state)
{
    (void)state;
    pn_timeline timeline;
    pn_result result = sample(&timeline);
    pn_rank_kinds kinds;
    assert_int_equal(pn_rank_kinds_create(&kinds, &result), PN_OK);
    assert_int_equal(kinds.count, 2);
    assert_int_equal(kinds.kind[1].ranks, 2);
    assert_true(fabs(kinds.kind[1].share - 0.875) < 1e-12);
    assert_true(kinds.kind[1].rate == 90e9);
    assert_int_equal(kinds.slowest, 2);
    assert_true(fabs(kinds.relative[2] - 0.8) < 1e-12);
    assert_true(kinds.relative[0] == 1.0);
    pn_rank_kinds_release(&kinds);
    release(&result);
}

static int count(const char *text, const char *word)
{
    int found = 0;
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        found++;
    return found;
}

// To be freed by the caller.
static void draw(const pn_result *result, char **text)
{
    size_t bytes;
    FILE *stream = open_memstream(text, &bytes);
    assert_int_equal(pn_svg_write(stream, result), PN_OK);
    fclose(stream);
}

static void the_picture_shows_every_part(void **state)
{
    (void)state;
    pn_timeline timeline;
    pn_result result = sample(&timeline);
    char *text = NULL;
    draw(&result, &text);
    assert_int_equal(count(text, "process column 1, new"), 1);
    assert_int_equal(count(text, "71.4 %, then 42.9 %"), 1);
    assert_int_equal(count(text, "14.3 %, then 28.6 %"), 2);
    assert_int_equal(count(text, "after the last move"), 1);
    assert_int_equal(count(text, "rank 2, c, new"), 2); // its bar and its timeline
    assert_int_equal(count(text, "40 GFLOP/s, 80 %"), 1);
    assert_int_equal(count(text, "old &lt;&amp;&gt;"), 3);
    assert_int_equal(count(text, "before step 4, 3 block columns moved in 0.50 s"), 1);
    assert_int_equal(count(text, "; process column 1 gave 2<"), 1);
    assert_int_equal(count(text, "<rect x=\"520.00\" y="), 1); // 30 of 600 wide, until the middle
    assert_null(strstr(text, "<&"));
    assert_null(strstr(text, "nan"));
    free(text);
    release(&result);
}

// The record has the job's own numbers, and rank 0 is none of them.
static void ranks_that_were_left_out_are_missing(void **state)
{
    (void)state;
    pn_timeline timeline;
    pn_reading reading;
    pn_rank_record some[RANKS];
    pn_result result = sample(&timeline);
    memcpy(some, ranks, sizeof some);
    for (int i = 0; i < RANKS; i++)
        some[i].rank = 1 + 3 * i;
    result.ranks = some;
    timeline.rank = 7;
    char *json = json_of(&result);
    assert_int_equal(read_text(&reading, json), PN_OK);
    assert_int_equal(reading.result.ranks[0].rank, 1);
    char *text = NULL;
    draw(&reading.result, &text);
    assert_null(strstr(text, "rank 0"));
    assert_int_equal(count(text, "rank 1, a, old"), 2); // its bar and its timeline
    assert_int_equal(count(text, "rank 4, b, new"), 1);
    assert_int_equal(count(text, "rank 7, c, new"), 2);
    assert_int_equal(count(text, ">process column 2<"), 1); // of the timeline of rank 7
    free(text);
    free(json);
    pn_reading_close(&reading);
    release(&result);
}

static void every_move_is_in_the_record(void **state)
{
    (void)state;
    enum { MOVES = 50 };
    static const int32_t owner[BLOCKS] = {0}, other[BLOCKS] = {0, 0, 0, 0, 0, 1, 1};
    pn_timeline timeline;
    pn_reading reading;
    pn_result result = sample(&timeline);
    for (int i = 1; i < MOVES; i++) {
        assert_int_equal(pn_result_reserve_migration(&result), PN_OK);
        pn_migration_record *move = &result.migrations[result.migration_count++];
        const int32_t *before = i % 2 ? owner : other, *after = i % 2 ? other : owner;
        assert_int_equal(pn_migration_create(move, before, after, BLOCKS), PN_OK);
        move->step = 4 + i;
    }
    char *json = json_of(&result);
    assert_int_equal(read_text(&reading, json), PN_OK);
    assert_int_equal(reading.result.migration_count, MOVES);
    for (int i = 1; i < MOVES; i++) {
        const pn_migration_record *move = &reading.result.migrations[i];
        assert_int_equal(move->step, 4 + i);
        assert_int_equal(move->blocks, 2);
        assert_int_equal(move->run[0].from, i % 2 == 0);
        assert_int_equal(move->run[0].to, i % 2 == 1);
    }
    char *text = NULL;
    draw(&reading.result, &text);
    assert_int_equal(count(text, "fill=\"#111111\""), MOVES);    // the marks
    assert_int_equal(count(text, "block columns moved in"), 16); // the rest is counted
    assert_int_equal(count(text, "black: 34 moves more"), 1);
    free(text);
    free(json);
    pn_reading_close(&reading);
    release(&result);
}

static void the_page_holds_the_numbers(void **state)
{
    (void)state;
    pn_timeline timeline;
    pn_result result = sample(&timeline);
    pn_reading reading;
    pn_rank_kinds kinds;
    char *json = json_of(&result), *text = NULL;
    size_t bytes;
    assert_int_equal(read_text(&reading, json), PN_OK);
    assert_int_equal(pn_rank_kinds_create(&kinds, &reading.result), PN_OK);
    FILE *stream = open_memstream(&text, &bytes);
    assert_int_equal(pn_html_write(stream, &reading, &kinds), PN_OK);
    fclose(stream);
    assert_int_equal(count(text, "rank 2 on c: 40.00 GFLOP/s, 80.0 % of the median"), 1);
    assert_int_equal(count(text, "<svg "), 1);
    assert_int_equal(count(text, "<td>lookahead</td><td>1</td>"), 1);
    assert_int_equal(count(text, "<td>SomeBLAS</td>"), 1);
    assert_int_equal(count(text, "http"), 1); // the name of SVG's space: nothing is fetched
    assert_int_equal(count(text, "<table>"), count(text, "</table>"));
    free(text);
    free(json);
    pn_rank_kinds_release(&kinds);
    pn_reading_close(&reading);
    release(&result);
}

static void expect_refused(const char *text, const char *said)
{
    pn_reading reading;
    assert_int_equal(read_text(&reading, text), PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), said))
        fail_msg("\"%s\" is not in: %s", said, pn_fail_message());
}

#define RECORD(grid, ranks, more)                                                                  \
    "{\"n\":1,\"nb\":1,\"grid\":" grid                                                             \
    ",\"seconds\":1,\"gflops\":1,\"passed\":true,\"ranks\":[" ranks "]" more "}"

static void broken_records_are_refused(void **state)
{
    (void)state;
    pn_reading reading;
    static const char alone[] = RECORD("{\"p\":1,\"q\":1}", "{\"rank\":0,\"column\":0}", "");
    assert_int_equal(read_text(&reading, alone), PN_OK);
    pn_reading_close(&reading);
    expect_refused("{\n\"n\": }", "line 2");
    expect_refused("{}", "\"n\" is missing");
    expect_refused("[]", "\"n\" is missing");
    expect_refused("[7]", "\"n\" is missing");
    expect_refused(RECORD("{\"p\":1,\"q\":0}", "{}", ""),
                   "\"grid\", \"q\": read 0; allowed: a whole number from 1 to 1");
    expect_refused(RECORD("{\"p\":1,\"q\":1}", "{\"column\":3}", ""),
                   "\"ranks\" 0, \"column\": read 3; allowed: a whole number from 0 to 0");
    expect_refused(RECORD("{\"p\":1,\"q\":1}", "{\"rank\":-1}", ""),
                   "\"rank\": read -1; allowed: a whole number from 0 to 2147483647");
    expect_refused(RECORD("{\"p\":1,\"q\":1}", "{\"rank\":5},{\"rank\":5}", ""),
                   "\"ranks\" 1, \"rank\": read 5; allowed: a whole number from 6 to 2147483647");
    expect_refused(RECORD("{\"p\":1,\"q\":1}", "{\"rank\":2147483647},{\"rank\":0}", ""),
                   "\"ranks\" 0, \"rank\": read 2147483647; allowed: a whole number from 0 to "
                   "2147483646");
    expect_refused(RECORD("{\"p\":1,\"q\":1}", "{\"rank\":5}", ",\"timelines\":[{\"rank\":0}]"),
                   "\"timelines\" 0, \"rank\": read 0");
    expect_refused(
        RECORD("{\"p\":1,\"q\":1}", "{}", ",\"layout\":{\"run_column\":[2],\"run_blocks\":[1]}"),
        "\"layout\", \"run_column\" 0: read 2");
    expect_refused(
        RECORD("{\"p\":1,\"q\":1}", "{}", ",\"layout\":{\"run_column\":[0],\"run_blocks\":[0]}"),
        "\"run_blocks\" 0: read 0");
    expect_refused(RECORD("{\"p\":1,\"q\":1}", "{}",
                          ",\"layout\":{\"run_column\":[0],\"run_blocks\":[9223372036854775807]}"),
                   "read 9223372036854775807; allowed: a whole number from 1 to 2");
    expect_refused(RECORD("{\"p\":1,\"q\":1}", "{}",
                          ",\"layout_after\":{\"run_column\":[0,0],\"run_blocks\":[1]}"),
                   "\"layout_after\", \"run_blocks\": read a list; allowed: 2 entries");
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
#define WITH(n, nb, seconds, gflops, more)                                                         \
    "{\"n\":" n ",\"nb\":" nb ",\"grid\":{\"p\":1,\"q\":1},\"seconds\":" seconds                   \
    ",\"gflops\":" gflops ",\"passed\":true,\"ranks\":[{}]" more "}"
    pn_reading reading;
    assert_int_equal(read_text(&reading, WITH("9", "2", "1", "1", "")), PN_OK);
    pn_reading_close(&reading);
    expect_refused(WITH("-1", "2", "1", "1", ""), "\"n\": read -1; allowed: a whole number from 1");
    expect_refused(WITH("9", "1000000000000000000", "1", "1", ""),
                   "\"nb\": read 1000000000000000000");
    expect_refused(WITH("9", "2.5", "1", "1", ""), "\"nb\": read 2.5; allowed: a whole number");
    expect_refused(WITH("9", "2", "5e-324", "1", ""), "\"seconds\": read 4.94");
    expect_refused(WITH("9", "2", "-3", "1", ""), "\"seconds\": read -3");
    expect_refused(WITH("9", "2", "1", "null", ""), "\"gflops\": read null; allowed: a number");
    expect_refused(WITH("9", "2", "1", "\"fast\"", ""), "\"gflops\": read \"fast\"");
    expect_refused(WITH("9", "2", "1", "1", ",\"finding\":\"lost\""), "\"finding\": read \"lost\"");
    expect_refused(WITH("9", "2", "1", "1", ",\"steps\":1e-18"), "allowed: a list");
    expect_refused(WITH("9", "2", "1", "1", ",\"steps\":[7]"), "\"steps\" 0, \"entry\"");
    expect_refused(WITH("9", "2", "1", "1", ",\"steps\":[{\"step\":-1}]"),
                   "\"steps\" 0, \"step\": read -1");
    expect_refused(WITH("9", "2", "1", "1", ",\"phases\":{\"panel\":-1}"),
                   "\"phases\", \"panel\": read -1");
    expect_refused(WITH("9", "2", "1", "1", ",\"moves\":[{\"expected_gain\":1e300}]"),
                   "\"moves\" 0, \"expected_gain\": read 1e300");
}

// What a terminal would obey is written out, letters stay whole, and XML has no U+FFFE.
static void names_of_strangers_do_no_harm(void **state)
{
    (void)state;
    pn_reading reading;
    char *text = NULL;
    static const char record[] =
        RECORD("{\"p\":1,\"q\":1}",
               "{\"host\":\"a\\u001b[2J\\u009b\\u202e\",\"kind\":\"\\ufffe<b>"
               "0123456789012345678901234567890123456789012345678\\u00e9\\u00e9\"}",
               ",\"machine\":{\"\\u001bkey\":\"\\uffff\\u001b]0;\"},\"layout\":{\"run_column\":[0],"
               "\"run_blocks\":[2]}");
    pn_rank_kinds kinds;
    size_t bytes;
    assert_int_equal(read_text(&reading, record), PN_OK);
    assert_string_equal(reading.result.ranks[0].host, "a\\x1b[2J\\u009b\\u202e");
    assert_int_equal(strlen(reading.result.ranks[0].kind), 62); // of 63: no half of the last letter
    assert_int_equal(pn_rank_kinds_create(&kinds, &reading.result), PN_OK);
    FILE *stream = open_memstream(&text, &bytes);
    assert_int_equal(pn_html_write(stream, &reading, &kinds), PN_OK);
    fclose(stream);
    assert_null(strstr(text, "\x1b"));
    assert_null(strstr(text, "\xef\xbf\xbe"));
    assert_null(strstr(text, "\xef\xbf\xbf"));
    assert_int_equal(count(text, "<td>\\x1bkey</td><td>\\uffff\\x1b]0;</td>"), 1);
    free(text);
    pn_rank_kinds_release(&kinds);
    pn_reading_close(&reading);
}

#define MOVE(first, blocks, from, to)                                                              \
    RECORD("{\"p\":1,\"q\":1}", "{}",                                                              \
           ",\"moves\":[{\"step\":1,\"run_first\":" first ",\"run_blocks\":" blocks                \
           ",\"run_from\":" from ",\"run_to\":" to "}]")

static void broken_moves_are_refused(void **state)
{
    (void)state;
    pn_reading reading;
    static const char old[] = // before it was recorded which blocks moved
        RECORD("{\"p\":1,\"q\":1}", "{}", ",\"moves\":[{\"step\":3,\"block_columns\":2}]");
    assert_int_equal(read_text(&reading, old), PN_OK);
    assert_int_equal(reading.result.migration_count, 1);
    assert_int_equal(reading.result.migrations[0].blocks, 2);
    assert_int_equal(reading.result.migrations[0].runs, 0);
    pn_reading_close(&reading);
    assert_int_equal(read_text(&reading, MOVE("[0]", "[1]", "[0]", "[0]")), PN_OK);
    pn_reading_close(&reading);
    expect_refused(MOVE("[0]", "[1,2]", "[0]", "[0]"),
                   "allowed: 1 entries, as in \"run_first\"; there are 2");
    expect_refused(MOVE("[0]", "[0]", "[0]", "[0]"), "\"moves\" 0, \"run_blocks\" 0: read 0");
    expect_refused(MOVE("[0]", "[1]", "[1]", "[0]"),
                   "\"run_from\" 0: read 1; allowed: a whole number from 0 to 0");
    expect_refused(MOVE("[0]", "[1]", "[0]", "[-1]"), "\"run_to\" 0: read -1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_comes_back),
        cmocka_unit_test(parts_are_kinds),
        cmocka_unit_test(the_picture_shows_every_part),
        cmocka_unit_test(ranks_that_were_left_out_are_missing),
        cmocka_unit_test(every_move_is_in_the_record),
        cmocka_unit_test(the_page_holds_the_numbers),
        cmocka_unit_test(broken_records_are_refused),
        cmocka_unit_test(broken_moves_are_refused),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(names_of_strangers_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
