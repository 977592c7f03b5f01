// SPDX-License-Identifier: BSD-3-Clause
// The schedule, carried out on bookkeeping instead of numbers: for every place of random layouts
// the lists of all steps are walked through, and each operation must find its columns in the state
// that it needs. At the end every column has had every update once.
#include "lu/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../naive.h"

enum { MOST_COLUMNS = 128, MOST_Q = 6, MOST_P = 4, BUFFERS = 2 };

typedef struct walk {
    const pn_plan *plan;
    const pn_layout *layout;
    const pn_place *place;
    // of each local column: updates it has had, row exchanges begun and ended, and whether it is
    // being multiplied
    pn_gidx updates[MOST_COLUMNS], begun[MOST_COLUMNS], ended[MOST_COLUMNS];
    bool multiplying[MOST_COLUMNS];
    bool under_way[PN_SLICES]; // row exchanges
    pn_op multiply;            // the one under way
    bool is_multiplying;
    pn_gidx loaded, factored, sent, arrived; // panels so far
} walk;

static bool owns(const walk *w, pn_gidx panel)
{
    return w->layout->owner[panel] == w->place->column;
}

// Nothing that needs the buffer of the panel before the last is left to do.
static void check_buffer(const walk *w, pn_gidx panel)
{
    for (pn_lidx c = 0; c < w->place->columns; c++) {
        pn_gidx block = pn_place_global_column(w->place, c) / w->layout->nb;
        assert_true(w->updates[c] >= pn_min(block, panel - BUFFERS + 1));
        assert_true(!w->multiplying[c] || w->updates[c] > panel - BUFFERS);
    }
}

static void check_panel_columns(const walk *w, const pn_op *op, pn_gidx panel)
{
    assert_true(owns(w, panel));
    assert_int_equal(op->columns, pn_plan_width(w->layout, panel));
    for (pn_lidx c = op->column; c < op->column + op->columns; c++) {
        assert_int_equal(pn_place_global_column(w->place, c),
                         panel * w->layout->nb + c - op->column);
        assert_false(w->multiplying[c]);
    }
}

static void load(walk *w, const pn_op *op)
{
    bool updates = op->kind == PN_OP_UPDATE_PANEL;
    pn_gidx panel = op->step + updates;
    assert_int_equal(w->loaded, w->factored);
    check_buffer(w, panel);
    check_panel_columns(w, op, panel);
    for (pn_lidx c = op->column; c < op->column + op->columns; c++) {
        assert_int_equal(w->updates[c], op->step);
        if (updates) {
            assert_int_equal(w->ended[c], op->step + 1);
            w->updates[c]++;
        }
    }
    assert_true(w->arrived >= op->step + updates);
    w->loaded++;
}

static void rows_start(walk *w, const pn_op *op)
{
    assert_int_equal(w->arrived, op->step + 1); // whose pivots are at hand
    assert_false(w->under_way[op->slice]);
    if (op->slice != PN_SLICE_LOOK_AHEAD) // these two share a buffer
        assert_false(w->under_way[PN_SLICE_FIRST] || w->under_way[PN_SLICE_SECOND]);
    w->under_way[op->slice] = true;
    for (pn_lidx c = op->column; c < op->column + op->columns; c++) {
        assert_int_equal(w->updates[c], op->step);
        assert_int_equal(w->begun[c], op->step);
        assert_false(w->multiplying[c]);
        w->begun[c]++;
    }
}

static void rows_finish(walk *w, const pn_op *op)
{
    assert_int_equal(w->arrived, op->step + 1);
    assert_true(w->under_way[op->slice]);
    w->under_way[op->slice] = false;
    for (pn_lidx c = op->column; c < op->column + op->columns; c++) {
        assert_int_equal(w->begun[c], op->step + 1);
        assert_int_equal(w->ended[c], op->step);
        w->ended[c]++;
    }
}

static void multiply_start(walk *w, const pn_op *op)
{
    assert_false(w->is_multiplying);
    assert_true(w->arrived > op->step);
    w->is_multiplying = true;
    w->multiply = *op;
    for (pn_lidx c = op->column; c < op->column + op->columns; c++) {
        assert_int_equal(w->updates[c], op->step);
        assert_int_equal(w->ended[c], op->step + 1);
        w->multiplying[c] = true;
        w->updates[c]++;
    }
}

static void multiply_finish(walk *w, const pn_op *op)
{
    assert_true(w->is_multiplying);
    w->is_multiplying = false;
    assert_int_equal(w->multiply.slice, op->slice);
    assert_int_equal(w->multiply.column, op->column);
    assert_int_equal(w->multiply.columns, op->columns);
    for (pn_lidx c = op->column; c < op->column + op->columns; c++)
        w->multiplying[c] = false;
}

static void broadcast_finish(walk *w, const pn_op *op)
{
    assert_int_equal(w->arrived, op->step);
    assert_true(w->sent > op->step);
    for (int slice = 0; slice < PN_SLICES; slice++) // the lists of pivots are replaced
        assert_false(w->under_way[slice]);
    w->arrived++;
}

static void broadcast_start(walk *w, const pn_op *op)
{
    assert_int_equal(w->sent, op->step);
    if (!owns(w, op->step))
        check_buffer(w, op->step);
    else
        assert_int_equal(w->factored, w->loaded);
    w->sent++;
}

static void factor(walk *w, const pn_op *op)
{
    assert_int_equal(w->factored + 1, w->loaded);
    check_panel_columns(w, op, op->step);
    for (pn_lidx c = op->column; c < op->column + op->columns; c++)
        assert_int_equal(w->updates[c], op->step);
    w->factored++;
}

// Rows at and below the panel, or below it, by counting.
static void check_rows(const walk *w, const pn_op *op)
{
    bool below = op->kind == PN_OP_UPDATE_PANEL || op->kind == PN_OP_MULTIPLY_START ||
                 op->kind == PN_OP_MULTIPLY_FINISH;
    pn_gidx from = (op->step + below) * w->layout->nb;
    pn_lidx rows = 0;
    for (pn_lidx i = 0; i < w->place->rows; i++)
        rows += pn_place_global_row(w->place, i) >= from;
    assert_int_equal(op->rows, rows);
    assert_int_equal(op->row, w->place->rows - rows);
    assert_int_equal(op->width, pn_plan_width(w->layout, op->step));
    assert_in_range(op->column, 0, w->place->columns);
    assert_in_range(op->columns, 0, w->place->columns - op->column);
}

static void perform(walk *w, const pn_op *op)
{
    static void (*const performs[PN_OP_KINDS])(walk *, const pn_op *) = {
        [PN_OP_FACTOR] = factor,
        [PN_OP_BROADCAST_START] = broadcast_start,
        [PN_OP_BROADCAST_FINISH] = broadcast_finish,
        [PN_OP_ROWS_START] = rows_start,
        [PN_OP_ROWS_FINISH] = rows_finish,
        [PN_OP_LOAD] = load,
        [PN_OP_UPDATE_PANEL] = load,
        [PN_OP_MULTIPLY_START] = multiply_start,
        [PN_OP_MULTIPLY_FINISH] = multiply_finish};
    bool on_columns = op->kind != PN_OP_BROADCAST_START && op->kind != PN_OP_BROADCAST_FINISH;
    assert_in_range(op->kind, 0, PN_OP_KINDS - 1);
    check_rows(w, op);
    assert_int_equal(op->columns > 0, on_columns);
    performs[op->kind](w, op);
}

// With look-ahead the next panel is on its way before the last multiplication ends; without it no
// panel is factored, and no rows are exchanged, during one.
static void check_order(const walk *w, const pn_op *ops, int count, pn_gidx step)
{
    int sent = -1, finished = -1;
    for (int i = 0; i < count; i++) {
        sent = ops[i].kind == PN_OP_BROADCAST_START ? i : sent;
        finished = ops[i].kind == PN_OP_MULTIPLY_FINISH ? i : finished;
        if (!w->plan->settings.look_ahead && ops[i].kind == PN_OP_MULTIPLY_START)
            assert_int_equal(ops[i + 1].kind, PN_OP_MULTIPLY_FINISH);
    }
    assert_int_equal(sent >= 0, step + 1 < w->layout->row_blocks);
    if (sent >= 0 && finished >= 0)
        assert_int_equal(w->plan->settings.look_ahead, sent < finished);
}

static void check_end(const walk *w)
{
    const pn_layout *layout = w->layout;
    pn_gidx panels = 0;
    for (pn_gidx panel = 0; panel < layout->row_blocks; panel++)
        panels += owns(w, panel);
    assert_int_equal(w->factored, panels);
    assert_int_equal(w->sent, layout->row_blocks);
    assert_int_equal(w->arrived, layout->row_blocks);
    assert_false(w->is_multiplying);
    for (pn_lidx c = 0; c < w->place->columns; c++) {
        pn_gidx column = pn_place_global_column(w->place, c);
        pn_gidx expected = column == layout->n ? layout->row_blocks : column / layout->nb;
        assert_int_equal(w->updates[c], expected);
        assert_int_equal(w->ended[c], expected);
    }
}

static void walk_through(const pn_plan *plan, const pn_place *place)
{
    walk w = {.plan = plan, .layout = plan->layout, .place = place};
    pn_op ops[PN_PLAN_STEP_LIMIT];
    int count = pn_plan_prologue(plan, place, ops);
    for (int i = 0; i < count; i++)
        perform(&w, &ops[i]);
    for (pn_gidx step = 0; step < plan->layout->row_blocks; step++) {
        count = pn_plan_step(plan, place, step, ops);
        assert_in_range(count, 0, PN_PLAN_STEP_LIMIT);
        check_order(&w, ops, count, step);
        for (int i = 0; i < count; i++)
            perform(&w, &ops[i]);
    }
    check_end(&w);
}

// Messages inside a process column match only if its processes do the same on the same columns.
static void compare_places(const pn_plan *plan, const pn_place *one, const pn_place *other)
{
    pn_op ops[PN_PLAN_STEP_LIMIT], others[PN_PLAN_STEP_LIMIT];
    for (pn_gidx step = 0; step < plan->layout->row_blocks; step++) {
        int count = pn_plan_step(plan, one, step, ops);
        assert_int_equal(pn_plan_step(plan, other, step, others), count);
        for (int i = 0; i < count; i++) {
            assert_int_equal(ops[i].kind, others[i].kind);
            assert_int_equal(ops[i].slice, others[i].slice);
            assert_int_equal(ops[i].step, others[i].step);
            assert_int_equal(ops[i].column, others[i].column);
            assert_int_equal(ops[i].columns, others[i].columns);
        }
    }
}

static void check_layout(const pn_layout *layout, double split)
{
    for (int way = 0; way < 4; way++) {
        pn_plan plan = {.layout = layout,
                        .settings = {.look_ahead = way % 2, .split = split},
                        .solves_beside = way >= 2};
        for (int column = 0; column < layout->columns; column++) {
            pn_place first, place;
            assert_int_equal(pn_place_create(&first, layout, pn_layout_rank(layout, 0, column)),
                             PN_OK);
            for (int row = 0; row < layout->heights[column]; row++) {
                int rank = pn_layout_rank(layout, row, column);
                assert_int_equal(pn_place_create(&place, layout, rank), PN_OK);
                walk_through(&plan, &place);
                compare_places(&plan, &first, &place);
                pn_place_release(&place);
            }
            pn_place_release(&first);
        }
    }
}

static void check_request(const pn_layout_request *request, double split)
{
    pn_layout *layout;
    assert_int_equal(pn_layout_create(&layout, request), PN_OK);
    check_layout(layout, split);
    pn_layout_destroy(layout);
}

static void equal_grids_are_scheduled(void **state)
{
    (void)state;
    static const pn_gidx sizes[] = {1, 2, 7, 8, 9, 40, 63, 64};
    static const int blocks[] = {1, 3, 8, 64, 100};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t j = 0; j < sizeof blocks / sizeof blocks[0]; j++)
            for (int grid = 0; grid < 3 * 3; grid++)
                check_request(&(pn_layout_request){.n = sizes[i],
                                                   .nb = blocks[j],
                                                   .columns = 1 + grid % 3,
                                                   .virtual_rows = 1 + grid / 3},
                              0.5);
}

static void any_layout_is_scheduled(void **state)
{
    (void)state;
    uint64_t chance = 1;
    for (int round = 0; round < 1500; round++) {
        double shares[MOST_Q];
        pn_gidx caps[MOST_Q];
        int heights[MOST_Q];
        pn_layout_request request = {.n = 1 + naive_below(&chance, MOST_COLUMNS - 1),
                                     .nb = 1 + (int)naive_below(&chance, 20),
                                     .columns = 1 + (int)naive_below(&chance, MOST_Q),
                                     .virtual_rows = 1 + (int)naive_below(&chance, MOST_P),
                                     .shares = naive_below(&chance, 3) ? shares : NULL,
                                     .caps = naive_below(&chance, 3) ? NULL : caps,
                                     .heights = naive_below(&chance, 3) ? NULL : heights,
                                     .column_major_ranks = naive_below(&chance, 2)};
        for (int j = 0; j < request.columns; j++) {
            shares[j] = 0.1 * (1 + naive_below(&chance, 60));
            caps[j] = j == 0 ? -1 : (pn_gidx)naive_below(&chance, 9);
            heights[j] = 1 + (int)naive_below(&chance, (unsigned)request.virtual_rows);
        }
        check_request(&request, 0.1 * (1 + naive_below(&chance, 10)));
    }
}

// U of all but a small part of the columns is complete during a multiplication, and the panel is
// factored during the larger one; where that is not asked for nothing is solved for beside one.
static void most_of_u_is_solved_for_beside_a_multiplication(void **state)
{
    (void)state;
    enum { N = 1000, NB = 10, STEPS = N / NB, LAST = 20 };
    pn_layout *layout;
    pn_place place;
    pn_layout_request request = {.n = N, .nb = NB, .columns = 1, .virtual_rows = 1};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    assert_int_equal(pn_place_create(&place, layout, 0), PN_OK);
    for (int beside = 0; beside <= 1; beside++) {
        pn_plan plan = {
            .layout = layout, .settings = PN_SETTINGS_USUAL, .solves_beside = beside != 0};
        for (int step = 0; step < STEPS - LAST; step++) {
            pn_op ops[PN_PLAN_STEP_LIMIT];
            int count = pn_plan_step(&plan, &place, step, ops);
            pn_lidx multiplying = 0, hidden = 0, at_panel = 0, all = N + 1 - (step + 1) * NB;
            for (int i = 0; i < count; i++) {
                if (ops[i].kind == PN_OP_MULTIPLY_START)
                    multiplying = ops[i].columns;
                if (ops[i].kind == PN_OP_MULTIPLY_FINISH)
                    multiplying = 0;
                if (ops[i].kind == PN_OP_ROWS_FINISH && multiplying > 0)
                    hidden += ops[i].columns;
                if (ops[i].kind == PN_OP_FACTOR)
                    at_panel = multiplying;
            }
            assert_true(beside ? 5 * hidden > 4 * all : hidden == 0);
            assert_true(5 * at_panel > 4 * (all - NB));
        }
    }
    pn_place_release(&place);
    pn_layout_destroy(layout);
}

// A host's panel that hides behind a multiplication costs nothing; one that does not costs more
// than the device's, which is added to the multiplication. Rates are such that the host's hides
// until half of the matrix is left.
static void panels_go_where_they_cost_less(void **state)
{
    (void)state;
    enum { N = 1000, NB = 10, STEPS = N / NB };
    pn_layout *layout;
    pn_place place;
    pn_layout_request request = {.n = N, .nb = NB, .columns = 1, .virtual_rows = 1};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    assert_int_equal(pn_place_create(&place, layout, 0), PN_OK);
    pn_plan plan = {.layout = layout, .settings = PN_SETTINGS_USUAL};
    for (int step = 0; step < STEPS; step++) // nothing was measured
        assert_false(pn_plan_factors_on_device(&plan, &place, step));
    double half = 2.0 * (N / 2.0) * (N / 2.0) * NB; // operations of a step
    plan.panels = (pn_panel_costs){.host = {2.0, 0}, .device = {1.0, 0}, .rate = half};
    for (int step = 1; step < STEPS; step++)
        assert_int_equal(pn_plan_factors_on_device(&plan, &place, step), step >= STEPS / 2);
    plan.panels.device = (pn_panel_line){0, 1.1 / N}; // less the fewer rows
    assert_true(pn_plan_factors_on_device(&plan, &place, STEPS / 2));
    plan.panels.device = (pn_panel_line){3.0, 0};
    for (int step = 0; step < STEPS; step++)
        assert_false(pn_plan_factors_on_device(&plan, &place, step));
    plan.panels.device.fixed = 1.0;
    plan.settings.look_ahead = 0; // nothing is multiplied meanwhile
    for (int step = 0; step < STEPS; step++)
        assert_true(pn_plan_factors_on_device(&plan, &place, step));
    plan.settings.panel_home = PN_PANEL_HOST;
    assert_false(pn_plan_factors_on_device(&plan, &place, STEPS - 1));
    plan.settings.panel_home = PN_PANEL_DEVICE;
    plan.settings.look_ahead = 1;
    assert_true(pn_plan_factors_on_device(&plan, &place, 1));
    pn_place_release(&place);
    pn_layout_destroy(layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_grids_are_scheduled),
        cmocka_unit_test(any_layout_is_scheduled),
        cmocka_unit_test(most_of_u_is_solved_for_beside_a_multiplication),
        cmocka_unit_test(panels_go_where_they_cost_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
