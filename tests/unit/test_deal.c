// SPDX-License-Identifier: BSD-3-Clause
// The reverse greedy deal against exhaustive search for every trailing submatrix, and against the
// losses that the design promises for unlike parts and for parts with little memory.
#include "grid/layout.h"

#include "grid/deal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_COLUMNS = 8, MOST_BLOCKS = 2000 };

typedef struct mix {
    int columns;
    double shares[MOST_COLUMNS];
} mix;

static const mix mixes[] = {
    {2, {1, 3}},
    {3, {1, 10, 10}},
    {4, {1, 2, 3.5, 7}},
    {8, {1, 1, 1, 1, 15, 15, 15, 15}},
};
enum { MIXES = sizeof mixes / sizeof mixes[0] };

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

static double slowest(int columns, const pn_gidx *count, const double *shares)
{
    double most = 0;
    for (int column = 0; column < columns; column++)
        most = fmax(most, (double)count[column] / shares[column]);
    return most;
}

typedef struct search {
    int columns;
    const double *shares;
    const pn_gidx *caps;
    pn_gidx count[MOST_COLUMNS];
    double best;
} search;

// Tries every way to spread `left` blocks over the columns from `column` on.
static void search_all(search *s, int column, pn_gidx left)
{
    if (column == s->columns) {
        if (left == 0)
            s->best = fmin(s->best, slowest(s->columns, s->count, s->shares));
        return;
    }
    pn_gidx most = s->caps[column] < 0 ? left : pn_min(left, s->caps[column]);
    for (pn_gidx take = 0; take <= most; take++) {
        s->count[column] = take;
        search_all(s, column + 1, left - take);
    }
}

static void check_every_trailing_part(const int32_t *owner, pn_gidx blocks, search *s)
{
    pn_gidx count[MOST_COLUMNS] = {0};
    for (pn_gidx block = blocks - 1; block >= 0; block--) {
        assert_in_range(owner[block], 0, s->columns - 1);
        count[owner[block]]++;
        for (int column = 0; column < s->columns; column++)
            assert_true(s->caps[column] < 0 || count[column] <= s->caps[column]);
        s->best = INFINITY;
        search_all(s, 0, blocks - block);
        double ours = slowest(s->columns, count, s->shares);
        assert_true(ours <= s->best * (1 + 1e-12));
    }
}

static void deals_as_well_as_any_deal_can(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int trial = 0; trial < 1500; trial++) {
        int32_t owner[16];
        double shares[MOST_COLUMNS];
        pn_gidx caps[MOST_COLUMNS];
        search s = {.columns = 1 + (int)random_below(&seed, 4), .shares = shares, .caps = caps};
        pn_gidx blocks = random_below(&seed, 13);
        pn_gidx room = 0;
        for (int column = 0; column < s.columns; column++) {
            shares[column] = (1 + random_below(&seed, 30)) * 0.25;
            caps[column] = (pn_gidx)random_below(&seed, 10) - 2;
            room += caps[column] < 0 ? blocks : caps[column];
        }
        pn_status status = pn_layout_deal(owner, blocks, s.columns, shares, caps);
        assert_int_equal(status, room < blocks ? PN_ERROR_USAGE : PN_OK);
        if (status == PN_OK)
            check_every_trailing_part(owner, blocks, &s);
    }
}

static void ties_go_to_the_faster_then_to_the_left(void **state)
{
    (void)state;
    int32_t owner[4];
    assert_int_equal(pn_layout_deal(owner, 4, 2, (double[]){1, 3}, NULL), PN_OK);
    // From the right: 1/3, 2/3, then 3/3 against 1/1: the faster; then the slower.
    assert_memory_equal(owner, ((int32_t[]){0, 1, 1, 1}), sizeof owner);
    assert_int_equal(pn_layout_deal(owner, 4, 3, NULL, NULL), PN_OK);
    assert_memory_equal(owner, ((int32_t[]){0, 2, 1, 0}), sizeof owner);
}

// The rate of all steps together over the sum of the rates: each step multiplies the trailing
// blocks, as high as there are of them, and lasts as long as its slowest column.
static double efficiency(const int32_t *owner, pn_gidx blocks, const mix *m)
{
    pn_gidx count[MOST_COLUMNS] = {0};
    double speed = 0;
    double time = 0;
    double ideal = 0;
    for (int column = 0; column < m->columns; column++)
        speed += m->shares[column];
    for (pn_gidx block = blocks - 1; block >= 0; block--) {
        double height = (double)(blocks - block);
        count[owner[block]]++;
        time += height * slowest(m->columns, count, m->shares);
        ideal += height * height / speed;
    }
    return ideal / time;
}

static double loss_of_deal(const mix *m, pn_gidx blocks, bool from_the_left)
{
    static int32_t owner[MOST_BLOCKS];
    assert_int_equal(pn_layout_deal(owner, blocks, m->columns, m->shares, NULL), PN_OK);
    for (pn_gidx i = 0; from_the_left && i < blocks / 2; i++) {
        int32_t kept = owner[i];
        owner[i] = owner[blocks - 1 - i];
        owner[blocks - 1 - i] = kept;
    }
    return 1 / efficiency(owner, blocks, m) - 1;
}

static void loses_what_the_design_says(void **state)
{
    (void)state;
    for (int i = 0; i < MIXES; i++)
        for (pn_gidx blocks = 100; blocks <= 1600; blocks *= 2) {
            double promised = 0.75 * (mixes[i].columns - 1) / (double)blocks;
            double loss = loss_of_deal(&mixes[i], blocks, false);
            assert_true(fabs(loss - promised) < 0.10 * promised);
        }
}

static void beats_dealing_from_the_left(void **state)
{
    (void)state;
    for (int i = 0; i < MIXES; i++) {
        double ours = 0;
        double theirs = 0;
        for (pn_gidx blocks = 150; blocks < 250; blocks++) {
            double reverse = loss_of_deal(&mixes[i], blocks, false);
            double forward = loss_of_deal(&mixes[i], blocks, true);
            assert_true(reverse <= forward + 1e-12);
            ours += reverse;
            theirs += forward;
        }
        assert_true(theirs > 1.4 * ours);
    }
}

// The efficiency of two parts, the fast one with speed share s and room for the fraction m of the
// columns (docs/design.md, section 3).
static double capped_efficiency(double s, double m)
{
    double u = m / s;
    return 1 / (u * u * u + 3 / (1 - s) * ((1 - u * u * u) / 3 - m * (1 - u * u) / 2));
}

static void caps_cost_what_the_design_says(void **state)
{
    (void)state;
    static int32_t owner[MOST_BLOCKS];
    const struct {
        double speed, room;
    } cases[] = {{0.9, 0.72}, {0.9, 0.45}, {0.75, 0.6}, {0.5, 0.3}, {0.98, 0.5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mix m = {2, {cases[i].speed, 1 - cases[i].speed}};
        pn_gidx caps[2] = {(pn_gidx)(cases[i].room * MOST_BLOCKS), -1};
        assert_int_equal(pn_layout_deal(owner, MOST_BLOCKS, 2, m.shares, caps), PN_OK);
        double formula = capped_efficiency(cases[i].speed, cases[i].room);
        assert_true(fabs(efficiency(owner, MOST_BLOCKS, &m) / formula - 1) < 0.005);
    }
    assert_true(fabs(capped_efficiency(0.9, 0.72) - 0.665) < 0.0005);
}

static void capped_columns_own_the_right_end(void **state)
{
    (void)state;
    int32_t owner[20];
    assert_int_equal(pn_layout_deal(owner, 20, 3, (double[]){8, 1, 1}, (pn_gidx[]){6, -1, 0}),
                     PN_OK);
    for (int block = 0; block < 20; block++)
        assert_int_equal(owner[block], block < 14 ? 1 : 0);
}

static void refuses(pn_status status, const char *word)
{
    assert_int_equal(status, PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), word))
        fail_msg("'%s' does not say '%s'", pn_fail_message(), word);
}

static void refuses_nonsense(void **state)
{
    (void)state;
    int32_t owner[10];
    const double bad[] = {0, -1, NAN, INFINITY, 1e-320};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuses(pn_layout_deal(owner, 10, 2, (double[]){1, bad[i]}, NULL),
                "share of process column 1");
    refuses(pn_layout_deal(owner, 10, 2, NULL, (pn_gidx[]){4, 5}), "room for 9");
    refuses(pn_layout_deal(owner, 10, 0, NULL, NULL), "at least one process column");
    refuses(pn_layout_deal(owner, -1, 2, NULL, NULL), "cannot deal -1");
    assert_int_equal(pn_layout_deal(owner, 10, 2, NULL, (pn_gidx[]){5, 5}), PN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deals_as_well_as_any_deal_can),
        cmocka_unit_test(ties_go_to_the_faster_then_to_the_left),
        cmocka_unit_test(loses_what_the_design_says),
        cmocka_unit_test(beats_dealing_from_the_left),
        cmocka_unit_test(caps_cost_what_the_design_says),
        cmocka_unit_test(capped_columns_own_the_right_end),
        cmocka_unit_test(refuses_nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
