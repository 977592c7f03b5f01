// SPDX-License-Identifier: BSD-3-Clause
// The slow part is named by what is slow about it and by nothing else, and kinds are held apart.
#include "report/screening.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RANKS = 6, LINKS = 5 };

// Ranks 0 to 3 of one kind on two hosts, 4 and 5 of a much slower one; links along the ranks.
static pn_screen sample(void)
{
    pn_screen screen = {.rank_count = RANKS, .link_count = LINKS, .tolerance = 0.05};
    screen.ranks = calloc(RANKS, sizeof *screen.ranks);
    screen.links = calloc(LINKS, sizeof *screen.links);
    assert_non_null(screen.ranks);
    assert_non_null(screen.links);
    for (int i = 0; i < RANKS; i++) {
        pn_screen_rank *rank = &screen.ranks[i];
        double speed = (i < 4 ? 100.0 : 20.0) + 0.1 * i;
        snprintf(rank->host, sizeof rank->host, "host%d", i / 2);
        snprintf(rank->kind, sizeof rank->kind, i < 4 ? "fast" : "slow");
        strcpy(rank->kernels, "wide");
        for (int aspect = 0; aspect < PN_SCREEN_ASPECT_COUNT; aspect++)
            rank->measured[aspect] = speed * 1e9;
    }
    for (int i = 0; i < LINKS; i++)
        screen.links[i] = (pn_screen_link){.from = i,
                                           .to = i + 1,
                                           .measured_latency = 1e-6,
                                           .measured_bandwidth = i % 2 ? 1e9 : 8e9};
    return screen;
}

static void alike_passes(void **state)
{
    (void)state;
    pn_screen screen = sample();
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    assert_int_equal(screen.finding_count, 0);
    assert_false(screen.mixed_kernels);
    assert_true(fabs(screen.ranks[4].relative[PN_SCREEN_MULTIPLY] - 1.0) < 0.02);
    assert_true(screen.links[1].relative_bandwidth == 1.0); // the only one between fast hosts
    pn_screen_release(&screen);
}

static void expect_one(pn_screen *screen, pn_screen_slow slow, int index, double relative)
{
    assert_int_equal(pn_screen_judge(screen), PN_OK);
    assert_int_equal(screen->finding_count, 1);
    assert_int_equal(screen->findings[0].slow, slow);
    assert_int_equal(screen->findings[0].index, index);
    assert_true(fabs(screen->findings[0].relative - relative) < 0.01);
    pn_screen_release(screen);
}

static void the_slow_one_is_named(void **state)
{
    (void)state;
    for (int aspect = 0; aspect < PN_SCREEN_ASPECT_COUNT; aspect++) {
        pn_screen screen = sample();
        screen.ranks[2].measured[aspect] *= 0.85;
        expect_one(&screen, PN_SLOW_RANK, 2, 0.85);
    }
    pn_screen screen = sample();
    screen.ranks[5].measured[PN_SCREEN_MEMORY] *= 0.5; // a pair: the better one is the measure
    expect_one(&screen, PN_SLOW_RANK, 5, 0.5);
    screen = sample();
    screen.links[2].measured_bandwidth *= 0.5; // like link 0: inside a host, between fast ones
    expect_one(&screen, PN_SLOW_BANDWIDTH, 2, 0.5);
    screen = sample();
    screen.links[0].measured_latency *= 3.0;
    expect_one(&screen, PN_SLOW_LATENCY, 0, 1.0 / 3.0);
}

static void judge_rounds(pn_screen *screen, int rounds)
{
    for (int round = 0; round < rounds; round++)
        assert_int_equal(pn_screen_judge(screen), PN_OK);
}

// Rank 2 and the links are disturbed in the first round, rank 5 is slow and looks well in the last,
// because its peer is disturbed.
static void slow_in_most_rounds_is_a_finding(void **state)
{
    (void)state;
    pn_screen screen = sample();
    screen.ranks[2].measured[PN_SCREEN_MEMORY] *= 0.7;
    screen.ranks[5].measured[PN_SCREEN_PANEL] *= 0.77;
    screen.links[2].measured_bandwidth *= 0.5;
    screen.links[0].measured_latency *= 3.0;
    judge_rounds(&screen, 1);
    assert_int_equal(screen.finding_count, 4);
    screen.ranks[2].measured[PN_SCREEN_MEMORY] /= 0.7;
    screen.links[2].measured_bandwidth /= 0.5;
    screen.links[0].measured_latency /= 3.0;
    judge_rounds(&screen, 1);
    assert_int_equal(screen.finding_count, 1);
    screen.ranks[4].measured[PN_SCREEN_PANEL] *= 0.7;
    expect_one(&screen, PN_SLOW_RANK, 5, 0.77);
}

static void tolerance_counts(void **state)
{
    (void)state;
    pn_screen screen = sample();
    screen.ranks[2].measured[PN_SCREEN_MULTIPLY] *= 0.85;
    screen.tolerance = 0.2;
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    assert_int_equal(screen.finding_count, 0);
    pn_screen_release(&screen);
    screen = sample();
    screen.ranks[2].measured[PN_SCREEN_PANEL] *= 0.93; // within twice the tolerance
    screen.ranks[1].measured[PN_SCREEN_MEMORY] *= 0.93;
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    assert_int_equal(screen.finding_count, 0);
    pn_screen_release(&screen);
}

// Half the threads reach half of the multiplication, but nobody knows how much of the rest.
static void fewer_threads_are_no_slowness(void **state)
{
    (void)state;
    pn_screen screen = sample();
    for (int i = 0; i < RANKS; i++)
        screen.ranks[i].threads = i == 2 ? 1 : 2;
    screen.ranks[2].measured[PN_SCREEN_MULTIPLY] *= 0.5;
    screen.ranks[2].measured[PN_SCREEN_PANEL] *= 0.6;
    screen.ranks[2].measured[PN_SCREEN_MEMORY] *= 0.7;
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    assert_int_equal(screen.finding_count, 0);
    assert_true(fabs(screen.ranks[2].relative[PN_SCREEN_MULTIPLY] - 1.0) < 0.01);
    assert_true(screen.ranks[2].relative[PN_SCREEN_MEMORY] == 1.0); // alone with one thread
    pn_screen_release(&screen);
    screen = sample();
    for (int i = 0; i < RANKS; i++)
        screen.ranks[i].threads = i == 2 ? 1 : 2;
    screen.ranks[2].measured[PN_SCREEN_MULTIPLY] *= 0.4;
    expect_one(&screen, PN_SLOW_RANK, 2, 0.8);
    screen = sample();
    for (int i = 0; i < RANKS; i++)
        screen.ranks[i].threads = i < 2 ? 1 : 2;
    screen.ranks[0].measured[PN_SCREEN_MULTIPLY] *= 0.5;
    screen.ranks[1].measured[PN_SCREEN_MULTIPLY] *= 0.5;
    screen.ranks[1].measured[PN_SCREEN_MEMORY] *= 0.5; // of the two with one thread the slower
    expect_one(&screen, PN_SLOW_RANK, 1, 0.5);
}

// How the system deals out cores that threads share says nothing of the parts.
static void who_shares_cores_is_held_against_those_who_share_them(void **state)
{
    (void)state;
    pn_screen screen = sample();
    for (int i = 0; i < RANKS; i++) {
        screen.ranks[i].threads = i == 2 ? 2 : 1;
        screen.ranks[i].cpu_share = i == 2 ? 0.67 : 1;
    }
    screen.ranks[2].measured[PN_SCREEN_PANEL] *= 0.2;
    screen.ranks[2].measured[PN_SCREEN_MULTIPLY] *= 1.4;
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    assert_int_equal(screen.finding_count, 0);
    pn_screen_release(&screen);
    screen = sample();
    for (int i = 2; i < 4; i++)
        screen.ranks[i].cpu_share = 0.5;
    screen.ranks[2].measured[PN_SCREEN_MULTIPLY] *= 0.25;
    screen.ranks[3].measured[PN_SCREEN_MULTIPLY] *= 0.5;
    expect_one(&screen, PN_SLOW_RANK, 2, 0.5);
}

static char *text_of(const pn_screen *screen)
{
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    assert_non_null(stream);
    pn_screen_text(stream, screen);
    fclose(stream);
    return text;
}

static void the_device_is_named(void **state)
{
    (void)state;
    pn_screen screen = sample();
    for (int i = 0; i < RANKS; i++)
        screen.ranks[i].threads = 1;
    strcpy(screen.ranks[2].device, "0000:1b:00.0");
    screen.ranks[2].measured[PN_SCREEN_MULTIPLY] *= 0.5;
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    char *text = text_of(&screen);
    if (!strstr(text, "\nfinding: rank 2 on host1, device 0000:1b:00.0 (fast) is slow in compute: "
                      "multiply 50.1 GFLOP/s with 1 thread, 50.0 % of the median of a thread of "
                      "its kind\n"))
        fail_msg("not said as expected:\n%s", text);
    free(text);
    pn_screen_release(&screen);
}

static void kernels_are_noted(void **state)
{
    (void)state;
    pn_screen screen = sample();
    strcpy(screen.ranks[1].kernels, "narrow");
    screen.ranks[1].measured[PN_SCREEN_MULTIPLY] *= 0.3;
    screen.ranks[0].measured[PN_SCREEN_MULTIPLY] *= 0.6;
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    assert_true(screen.mixed_kernels);
    assert_int_equal(screen.finding_count, 2);
    assert_int_equal(screen.findings[0].index, 1); // the worst first
    pn_screen_release(&screen);
}

static void programs_can_read_it(void **state)
{
    (void)state;
    pn_screen screen = sample();
    char *text;
    json_error_t error;
    screen.links[2].measured_bandwidth *= 0.5;
    assert_int_equal(pn_screen_judge(&screen), PN_OK);
    assert_int_equal(pn_screen_json(&screen, &text), PN_OK);
    json_t *read = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(read);
    assert_true(json_is_false(json_object_get(read, "passed")));
    json_t *finding = json_array_get(json_object_get(read, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(finding, "slow")), "link");
    assert_int_equal(json_integer_value(json_object_get(finding, "to")), 3);
    assert_int_equal(json_array_size(json_object_get(read, "ranks")), RANKS);
    assert_int_equal(json_array_size(json_object_get(read, "links")), LINKS);
    json_decref(read);
    free(text);
    pn_screen_release(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_passes),
        cmocka_unit_test(the_slow_one_is_named),
        cmocka_unit_test(slow_in_most_rounds_is_a_finding),
        cmocka_unit_test(tolerance_counts),
        cmocka_unit_test(fewer_threads_are_no_slowness),
        cmocka_unit_test(who_shares_cores_is_held_against_those_who_share_them),
        cmocka_unit_test(the_device_is_named),
        cmocka_unit_test(kernels_are_noted),
        cmocka_unit_test(programs_can_read_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
