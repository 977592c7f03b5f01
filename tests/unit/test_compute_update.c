// SPDX-License-Identifier: BSD-3-Clause
// The compute seam's arithmetic: multiplications in the background, the look-ahead panel, the solve
// with L11 and the interchange that comes with it, against plain loops on every backend.
#include "part.h"

static const int widths[] = {1, 5, 16, 48, 77};

// Numbers stay small: L of a large unit triangle would make them grow.
static void shrink(panel *p, int width)
{
    for (size_t i = 0; i < p->count; i++)
        p->host[i] *= 2.0 / width;
    p->seen = p->compute->ops->panel(p->compute, p->host, p->count * sizeof(double), p->buffer);
}

static void try_multiply(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        int width = widths[w];
        part c = make(compute, rows, columns, extra), u = make_apart(compute, width, columns, 3);
        panel l = make_panel(compute, rows, width);
        pn_update task = {c.block, l.seen, l.ld, u.block, width};
        compute->ops->multiply_start(compute, &task, 1 + (int)w % 3);
        for (int i = 0; i < (int)w; i++)
            compute->ops->multiply_help(compute);
        compute->ops->multiply_finish(compute);
        assert_false(compute->ops->multiply_help(compute));
        naive_multiply(&c, &l, &u);
        check(&c);
        check(&u);
        unmake_panel(&l);
        unmake(&c);
        unmake(&u);
    }
}

static void try_update_panel(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    for (int width = 0; width <= 40; width += 20) { // 0: copied only
        part c = make(compute, rows, columns, extra), u = make_apart(compute, width, columns, 3);
        panel l = make_panel(compute, rows, width);
        pn_lidx ld = rows + 7;
        double *updated = make_host(compute, (size_t)(ld * columns), 4);
        pn_update task = {c.block, width ? l.seen : NULL, l.ld, u.block, width};
        compute->ops->wait(compute, compute->ops->update_panel(compute, &task, updated, ld));
        check(&c);
        naive_multiply(&c, &l, &u);
        for (pn_lidx i = 0; i < rows; i++)
            for (pn_lidx j = 0; j < columns; j++)
                assert_true(fabs(updated[j * ld + i] - *at(&c, i, j)) <= 1e-12 * width);
        unmake_host(compute, updated, (size_t)(ld * columns));
        unmake_panel(&l);
        unmake(&c);
        unmake(&u);
    }
}

static void try_solve(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    if (rows > 100)
        return; // U has the height of a panel's width
    part u = make_apart(compute, rows, columns, extra);
    panel l = make_panel(compute, rows, (int)rows);
    shrink(&l, (int)rows);
    compute->ops->solve(compute, l.seen, l.ld, u.block);
    naive_solve(&u, &l);
    check(&u);
    unmake_panel(&l);
    unmake(&u);
}

// Interchanges drawn at random between the pivot block and the rows below, with their lists.
typedef struct moves {
    pn_lidx source[600], from[600], to[600];
    pn_lidx moved;
} moves;

static void draw_migrations(moves *m, pn_lidx top, int width, pn_lidx rows)
{
    m->moved = 0;
    for (pn_lidx i = 0; i < width; i++)
        m->source[i] = top + (width - 1 - i); // the block reversed, and some of it from below
    for (pn_lidx i = 0; i < width && top + width + m->moved < rows; i += 2) {
        m->from[m->moved] = m->source[i];
        m->to[m->moved] = m->source[i] = rows - 1 - m->moved;
        m->moved++;
    }
}

static void naive_moves(const moves *m, const part *a, const part *u, const pn_row_solve *task)
{
    for (int i = 0; i < task->width; i++)
        for (pn_lidx j = 0; j < task->columns; j++)
            *at(u, i, j) = *at(a, m->source[i], task->column + j);
    for (pn_lidx i = 0; i < m->moved; i++)
        for (pn_lidx j = 0; j < task->columns; j++)
            *at(a, m->to[i], task->column + j) = *at(a, m->from[i], task->column + j);
}

static void try_row_solve(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    moves m;
    pn_lidx top = rows / 5, column = columns / 3;
    int width = (int)pn_min(50, (rows - top + 1) / 2);
    part a = make(compute, rows, columns, extra),
         u = make_apart(compute, width, columns - column, 1);
    panel l = make_panel(compute, width, width);
    shrink(&l, width);
    draw_migrations(&m, top, width, rows);
    pn_row_solve task = {.matrix = a.block,
                         .column = column,
                         .columns = columns - column,
                         .top = top,
                         .width = width,
                         .source = m.source,
                         .moved_from = m.from,
                         .moved_to = m.to,
                         .moved = m.moved,
                         .l11 = l.seen,
                         .ld_l11 = l.ld,
                         .u = u.block};
    compute->ops->solve_rows(compute, &task);
    naive_moves(&m, &a, &u, &task);
    naive_solve(&u, &l);
    for (int i = 0; i < width; i++)
        memcpy(at(&a, top + i, column), at(&u, i, 0), (size_t)task.columns * sizeof(double));
    check(&u);
    check(&a);
    unmake_panel(&l);
    unmake(&a);
    unmake(&u);
}

static void c_minus_l_u(void **state)
{
    (void)state;
    try_backends(try_multiply);
}

static void panels_are_copied_and_updated(void **state)
{
    (void)state;
    try_backends(try_update_panel);
}

static void u_is_solved_for(void **state)
{
    (void)state;
    try_backends(try_solve);
}

static void pivot_rows_are_exchanged_and_solved_for(void **state)
{
    (void)state;
    try_backends(try_row_solve);
}

int main(void)
{
    skip_without_device();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(c_minus_l_u),
        cmocka_unit_test(panels_are_copied_and_updated),
        cmocka_unit_test(u_is_solved_for),
        cmocka_unit_test(pivot_rows_are_exchanged_and_solved_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
