// SPDX-License-Identifier: BSD-3-Clause
// The compute seam with entries of FP32: rows exchanged and solved for, an update, a look-ahead
// panel, and rows gathered and scattered, against the same in FP64 by plain loops; and what sizes
// follow from the type of an entry.
#include "lu/panel.h"
#include "part.h"

#include <math.h>

enum { ROWS = 40, COLUMNS = 50, LD = 53, WIDTH = 8, AWAY = 12 };

typedef struct subject {
    pn_compute *compute;
    pn_block matrix, l, u; // l: [WIDTH x ROWS], L11 in its first columns, then L21
    double expected[ROWS][COLUMNS], factor[ROWS][WIDTH];
} subject;

static pn_block put(pn_compute *compute, const float *values, pn_lidx rows, pn_lidx columns,
                    pn_lidx ld)
{
    pn_block block = {.rows = rows, .columns = columns, .ld = ld, .element = PN_FLOAT32};
    size_t bytes = sizeof(float) * (size_t)(rows * ld);
    assert_int_equal(compute->ops->allocate(compute, bytes, &block.data), PN_OK);
    if (values)
        compute->ops->wait(compute, compute->ops->write(compute, block, values, ld));
    return block;
}

static void take(pn_compute *compute, pn_block block)
{
    compute->ops->release(compute, block.data, sizeof(float) * (size_t)(block.rows * block.ld));
}

static subject make_subject(pn_compute *compute)
{
    subject s = {.compute = compute};
    uint64_t chance = 5;
    float matrix[ROWS * LD] = {0}, l[WIDTH * ROWS];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            s.expected[i][j] = matrix[i * LD + j] = (float)naive_number(&chance);
    for (int k = 0; k < WIDTH; k++)
        for (int i = 0; i < ROWS; i++)
            s.factor[i][k] = l[k * ROWS + i] = (float)naive_number(&chance);
    s.matrix = put(compute, matrix, ROWS, COLUMNS, LD);
    s.l = put(compute, l, WIDTH, ROWS, ROWS);
    s.u = put(compute, NULL, WIDTH, COLUMNS, COLUMNS);
    return s;
}

// Rows 0 to WIDTH - 1 and those AWAY below them change places; then U = inv(L11) of the former.
static void exchange_and_solve(subject *s)
{
    pn_lidx source[WIDTH], here[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
        here[i] = i;
        source[i] = i + AWAY;
    }
    s->compute->ops->solve_rows(s->compute, &(pn_row_solve){.matrix = s->matrix,
                                                            .columns = COLUMNS,
                                                            .width = WIDTH,
                                                            .source = source,
                                                            .moved_from = here,
                                                            .moved_to = source,
                                                            .moved = WIDTH,
                                                            .l11 = s->l.data,
                                                            .ld_l11 = ROWS,
                                                            .u = s->u});
    for (int j = 0; j < COLUMNS; j++) {
        for (int i = 0; i < WIDTH; i++) {
            double kept = s->expected[i][j];
            s->expected[i][j] = s->expected[i + AWAY][j];
            s->expected[i + AWAY][j] = kept;
        }
        for (int k = 0; k < WIDTH; k++)
            for (int i = k + 1; i < WIDTH; i++)
                s->expected[i][j] -= s->factor[i][k] * s->expected[k][j];
    }
}

static void update(subject *s)
{
    const pn_compute_ops *ops = s->compute->ops;
    pn_update task = {.c = pn_block_submatrix(s->matrix, WIDTH, 0, ROWS - WIDTH, COLUMNS),
                      .l = pn_block_at(s->l, 0, WIDTH),
                      .ld_l = ROWS,
                      .u = s->u,
                      .width = WIDTH};
    float updated[WIDTH * ROWS];
    pn_update narrow = task;
    narrow.c.columns = narrow.u.columns = WIDTH;
    ops->wait(s->compute, ops->update_panel(s->compute, &narrow, updated, ROWS));
    ops->multiply_start(s->compute, &task, 1);
    ops->multiply_finish(s->compute);
    for (int i = WIDTH; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) {
            for (int k = 0; k < WIDTH; k++)
                s->expected[i][j] -= s->factor[i][k] * s->expected[k][j];
            if (j < WIDTH)
                assert_true(fabs(updated[j * ROWS + i - WIDTH] - s->expected[i][j]) < 1e-5);
        }
}

// Two rows go to the places of two others, by way of a message.
static void send_rows(subject *s)
{
    enum { COUNT = 2, FIRST = 7, WIDE = 30 };
    static const pn_lidx from[COUNT] = {20, 3}, to[COUNT] = {11, 35};
    const pn_compute_ops *ops = s->compute->ops;
    float message[COUNT * WIDE];
    pn_row_list list = {s->matrix, from, COUNT, FIRST, WIDE, message};
    ops->wait(s->compute, ops->gather_rows(s->compute, &list));
    list.index = to;
    ops->wait(s->compute, ops->scatter_rows(s->compute, &list));
    for (int i = 0; i < COUNT; i++)
        for (int j = FIRST; j < FIRST + WIDE; j++)
            s->expected[to[i]][j] = s->expected[from[i]][j];
}

static void half_the_bytes_do_the_same(void **state)
{
    (void)state;
    pn_blas *blas;
    assert_int_equal(pn_blas_open(&blas, "auto"), PN_OK);
    for (size_t b = 0; b < sizeof backends / sizeof backends[0]; b++) {
        pn_team *team;
        pn_compute *compute;
        assert_int_equal(pn_team_create(&team, backends[b].threads, NULL), PN_OK);
        assert_int_equal(backends[b].open(&compute, team, blas), PN_OK);
        subject s = make_subject(compute);
        float told[ROWS * LD];
        exchange_and_solve(&s);
        update(&s);
        send_rows(&s);
        compute->ops->wait(compute, compute->ops->read(compute, s.matrix, told, LD));
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < COLUMNS; j++)
                assert_true(fabs(told[i * LD + j] - s.expected[i][j]) < 1e-5);
        take(compute, s.matrix);
        take(compute, s.l);
        take(compute, s.u);
        compute->ops->close(compute);
        pn_team_destroy(team);
    }
    pn_blas_close(blas);
}

static void panels_shrink_with_their_entries(void **state)
{
    (void)state;
    const pn_element smaller[] = {PN_FLOAT32, PN_FLOAT16, PN_BFLOAT16};
    for (int i = 0; i < 3; i++) {
        double share = (double)pn_element_bytes(smaller[i]) / sizeof(double);
        size_t whole = pn_panel_memory(PN_FLOAT64, 64, 5000);
        size_t fewer = pn_panel_memory(smaller[i], 64, 5000);
        assert_true(fabs((double)fewer / (double)whole - share) < 0.01);
        assert_int_equal(fewer % 64, 0); // what follows it begins a cache line
    }
    assert_int_equal(pn_element_bytes(PN_FLOAT64), sizeof(double));
    assert_int_equal(pn_element_bytes(PN_FLOAT32), sizeof(float));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_the_bytes_do_the_same),
        cmocka_unit_test(panels_shrink_with_their_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
