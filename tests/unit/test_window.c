// SPDX-License-Identifier: BSD-3-Clause
// What a rank tells of a window. How long it was busy is told as waiting time that it did not have,
// by the thousands of seconds, so that the clock does not matter.
#include "balance/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void see(pn_window *window, pn_op_kind kind, pn_lidx columns)
{
    pn_window_see(window, &(pn_op){.kind = kind, .columns = columns}, 0, false);
}

static void pieces(pn_window *window, int count, const double *done, const double *busy)
{
    for (int i = 0; i < count; i++)
        pn_window_piece(window, done[i], -busy[i]);
}

static const double quarters[] = {0.25, 0.5, 0.75, 1}, busy[] = {1000, 2000, 4000, 6000};

static void quarters_have_paces_of_their_own(void **state)
{
    (void)state;
    pn_window window;
    pn_window_begin(&window, 3, 0);
    see(&window, PN_OP_MULTIPLY_START, 100);
    pieces(&window, 4, quarters, busy);
    pn_window_report is = pn_window_end(&window, 4, -6000, 60);
    assert_float_equal(is.busy, 6060, 100);
    for (int i = 0; i < PN_WINDOW_QUARTERS; i++)
        assert_float_equal(is.quarter[i], (i < 2 ? 4000 : 8000) + 60, 100);
}

// It comes first: a fifth of the columns, and a quarter of the rest, in the first part.
static void the_look_ahead_counts_as_work(void **state)
{
    (void)state;
    pn_window window;
    pn_window_begin(&window, 3, 0);
    see(&window, PN_OP_MULTIPLY_START, 80);
    see(&window, PN_OP_UPDATE_PANEL, 20);
    pieces(&window, 4, quarters, (double[]){4000, 6000, 8000, 10000});
    pn_window_report is = pn_window_end(&window, 4, -10000, 0);
    for (int i = 0; i < PN_WINDOW_QUARTERS; i++)
        assert_float_equal(is.quarter[i], 10000, 100);
}

static void panels_do_not_count(void **state)
{
    (void)state;
    pn_window window;
    pn_window_begin(&window, 3, 0);
    pn_window_see(&window, &(pn_op){.kind = PN_OP_FACTOR}, 500, true);
    pn_window_see(&window, &(pn_op){.kind = PN_OP_FACTOR}, 5000, false);
    assert_float_equal(pn_window_end(&window, 4, -6000, 0).busy, 5500, 100);
    assert_float_equal(window.panels, 500, 1);
}

static void assert_whole(pn_window *window, pn_gidx to)
{
    pn_window_report is = pn_window_end(window, to, -6000, 0);
    assert_float_equal(is.busy, 6000, 100);
    for (int i = 0; i < PN_WINDOW_QUARTERS; i++)
        assert_true(is.quarter[i] == 0);
}

// Two steps, no or large pieces, one that leaves hardly anything for the end, two multiplications.
static void quarters_are_left_out_where_they_are_not_known(void **state)
{
    (void)state;
    static const double large[] = {0.6, 1}, late[] = {0.32, 0.64, 0.96, 1}, none[4] = {0};
    const double *all[] = {quarters, none, large, late, quarters};
    for (int i = 0; i < 5; i++) {
        pn_window window;
        pn_window_begin(&window, 3, 0);
        see(&window, PN_OP_MULTIPLY_START, 100);
        pieces(&window, all[i] == large ? 2 : 4, all[i], busy);
        if (i == 4)
            see(&window, PN_OP_MULTIPLY_START, 100);
        assert_whole(&window, i == 0 ? 5 : 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quarters_have_paces_of_their_own),
        cmocka_unit_test(the_look_ahead_counts_as_work),
        cmocka_unit_test(panels_do_not_count),
        cmocka_unit_test(quarters_are_left_out_where_they_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
