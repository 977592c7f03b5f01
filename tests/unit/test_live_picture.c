// SPDX-License-Identifier: BSD-3-Clause
// The picture of a run: what it says, and that it stays inside terminals of all sizes, whatever the
// run is.
#include "run/live_picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Characters of UTF-8.
static int columns_of(const char *line)
{
    int count = 0;
    for (; *line; line++)
        count += ((unsigned char)*line & 0xc0) != 0x80;
    return count;
}

static pn_progress halfway(double rate)
{
    return (pn_progress){.n = 16000,
                         .nb = 192,
                         .p = 2,
                         .q = 3,
                         .step = 17,
                         .steps = 84,
                         .share = 0.5,
                         .seconds = 30,
                         .left = 31.4,
                         .flops = rate,
                         .flops_now = rate,
                         .flops_expected = rate,
                         .moves = 2,
                         .phases = {3, 0, 1, 2, 4, 20}};
}

static pn_live_facts facts_of(bool has_blocks, double rate)
{
    pn_live_facts facts = {.has_blocks = has_blocks};
    pn_progress p = halfway(rate);
    for (p.share = 0.1; p.share <= 0.5; p.share += 0.1)
        pn_live_add(&facts, &p);
    return facts;
}

static bool has_line(const pn_live_picture *picture, const char *words)
{
    for (int i = 0; i < picture->height; i++)
        if (strstr(picture->line[i], words))
            return true;
    return false;
}

static void it_says_what_people_look_for(void **state)
{
    pn_live_picture *picture = malloc(sizeof *picture);
    pn_live_facts facts = facts_of(false, 170e9);
    (void)state;
    facts.progress.share = 0.5;
    pn_live_draw(&facts, 80, 24, picture);
    assert_string_equal(picture->line[0], "HPL  N = 16000  NB = 192  2 x 3   step 17 of 84");
    assert_non_null(strstr(picture->line[1], " 50.0 %"));
    assert_true(picture->line[1][0] == '#' && picture->line[1][60] == '.');
    assert_true(has_line(picture, "170.0 GFLOP/s now, 170.0 GFLOP/s since the start, 170.0 GFLOP/s "
                                  "expected"));
    assert_true(has_line(picture, "30.0 s so far, 31 s left"));
    assert_true(has_line(picture, "look ahead strip"));
    assert_true(has_line(picture, " 66.7 %")); // multiplying
    assert_true(has_line(picture, "block columns moved 2 times"));
    facts.is_mixed = true;
    pn_live_draw(&facts, 80, 24, picture);
    assert_true(has_line(picture, "HPL-MxP  N = 16000"));
    free(picture);
}

static void it_stays_inside_the_terminal(void **state)
{
    static const double rates[] = {0, 1, 170e9, 1e18, INFINITY, NAN};
    pn_live_picture *picture = malloc(sizeof *picture);
    (void)state;
    for (size_t rate = 0; rate < sizeof rates / sizeof *rates; rate++)
        for (int blocks = 0; blocks < 2; blocks++)
            for (int width = 80; width <= 300; width += 37)
                for (int height = 20; height <= 90; height += 7) {
                    pn_live_facts facts = facts_of(blocks, rates[rate]);
                    facts.progress.n = (int64_t)1 << 60;
                    pn_live_draw(&facts, width, height, picture);
                    assert_true(picture->height > 10 && picture->height <= height);
                    for (int i = 0; i < picture->height; i++)
                        assert_true(columns_of(picture->line[i]) <= width);
                }
    free(picture);
}

// Three of five tenths at full height, one at half, which is where the curve begins then.
static void a_curve_shows_what_differs(void **state)
{
    pn_live_facts facts = {.has_blocks = false};
    pn_live_picture *picture = malloc(sizeof *picture);
    pn_progress p = halfway(100e9);
    (void)state;
    for (p.share = 0.1; p.share <= 0.45; p.share += 0.1) {
        p.flops_now = p.share < 0.15 ? 60e9 : 100e9;
        pn_live_add(&facts, &p);
    }
    pn_live_draw(&facts, 120, 30, picture);
    int top = 0;
    while (top < picture->height && !strstr(picture->line[top], " 100.0 GFLOP/s"))
        top++;
    while (top + 1 < picture->height && !strstr(picture->line[top] + 90, "100.0"))
        top++;
    assert_true(picture->line[top][2] == ' ' && picture->line[top][20] == '#');
    assert_true(has_line(picture, " 50.00 GFLOP/s"));
    free(picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_people_look_for),
        cmocka_unit_test(it_stays_inside_the_terminal),
        cmocka_unit_test(a_curve_shows_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
