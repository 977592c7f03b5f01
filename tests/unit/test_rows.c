// SPDX-License-Identifier: BSD-3-Clause
// The row exchange of a process column of one process, against interchanges done one by one and a
// plain solve, slice by slice as the plan cuts them. (Taller columns: tests/mpi/test_lu.c.)
#include "lu/rows.h"

#include "comm/open_comm.h"
#include "part.h"

typedef struct bench {
    pn_log log;
    pn_comm *comm;
    pn_team *team;
    pn_blas *blas;
    pn_compute *compute;
} bench;

static int open_bench(void **state)
{
    bench *b = calloc(1, sizeof *b);
    *state = b;
    if (!b)
        return -1;
    b->log = pn_log_create(PN_LOG_QUIET);
    pn_comm_request request = {.library = "none", .log = &b->log};
    return pn_comm_open(&b->comm, &request) != PN_OK ||
                   pn_team_create(&b->team, 3, NULL) != PN_OK ||
                   pn_blas_open(&b->blas, "auto") != PN_OK ||
                   pn_compute_cpu_open(&b->compute, b->team, b->blas) != PN_OK
               ? -1
               : 0;
}

static int close_bench(void **state)
{
    bench *b = *state;
    b->compute->ops->close(b->compute);
    pn_blas_close(b->blas);
    pn_team_destroy(b->team);
    pn_comm_close(b->comm);
    free(b);
    return 0;
}

// A step's panel with pivots drawn at random and a small L11.
typedef struct step {
    pn_layout *layout;
    pn_place place;
    void *memory;
    pn_panel panel;
} step;

static void make_step(step *s, pn_gidx n, int nb, pn_gidx number)
{
    uint64_t chance = (uint64_t)(n + number);
    pn_layout_request request = {.n = n, .nb = nb, .columns = 1, .virtual_rows = 1};
    assert_int_equal(pn_layout_create(&s->layout, &request), PN_OK);
    assert_int_equal(pn_place_create(&s->place, s->layout, 0), PN_OK);
    size_t bytes = (size_t)pn_round_up((int64_t)pn_panel_memory(PN_FLOAT64, nb, s->place.rows), 64);
    s->memory = aligned_alloc(64, bytes);
    assert_non_null(s->memory);
    s->panel = pn_panel_at(s->memory, PN_FLOAT64, &s->place, number);
    pn_gidx top = number * nb;
    for (int i = 0; i < s->panel.width; i++)
        pn_panel_pivots(&s->panel)[i] = top + i + naive_below(&chance, (unsigned)(n - top - i));
    for (int i = 0; i < nb * nb; i++)
        ((double *)s->panel.l11)[i] = 0.3 * naive_number(&chance);
}

static void unmake_step(step *s)
{
    free(s->memory);
    pn_place_release(&s->place);
    pn_layout_destroy(s->layout);
}

// What has to become of columns [column, column + columns) of the image.
static void expect(const part *a, const step *s, pn_lidx column, pn_lidx columns)
{
    pn_lidx top = s->panel.row;
    const double *l11 = s->panel.l11;
    for (pn_lidx j = column; j < column + columns; j++) {
        for (int i = 0; i < s->panel.width; i++) {
            double *one = at(a, top + i, j), *other = at(a, pn_panel_pivots(&s->panel)[i], j);
            double kept = *one;
            *one = *other;
            *other = kept;
        }
        for (int k = 0; k < s->panel.width; k++)
            for (int i = k + 1; i < s->panel.width; i++)
                *at(a, top + i, j) -= l11[k * s->panel.nb + i] * *at(a, top + k, j);
    }
}

static void check_u(const part *u, const part *a, const step *s, pn_lidx column, pn_lidx columns)
{
    for (int i = 0; i < s->panel.width; i++)
        memcpy(at(u, i, column), at(a, s->panel.row + i, column), (size_t)columns * sizeof(double));
    check(u);
}

static void exchange(const bench *b, pn_gidx n, int nb, pn_gidx number)
{
    step s;
    pn_rows *rows;
    pn_op ops[PN_PLAN_STEP_LIMIT];
    make_step(&s, n, nb, number);
    part a = make(b->compute, s.place.rows, s.place.columns, 3);
    part u = make(b->compute, nb, s.place.columns, 1);
    int rank = 0;
    pn_rows_request request = {&s.place,   {.comm = b->comm, .size = 1, .ranks = &rank},
                               b->compute, a.block,
                               u.block,    s.place.columns,
                               false};
    assert_int_equal(pn_rows_create(&rows, &request), PN_OK);
    pn_rows_begin_step(rows, &s.panel, s.panel.l11, request.u);
    pn_plan plan = {.layout = s.layout, .settings = {.split = 0.5}};
    int count = pn_plan_step(&plan, &s.place, number, ops), exchanges = 0;
    for (int i = 0; i < count; i++) {
        if (ops[i].kind == PN_OP_ROWS_START)
            pn_rows_start(rows, &ops[i]);
        if (ops[i].kind != PN_OP_ROWS_FINISH)
            continue;
        pn_rows_finish(rows, &ops[i]);
        expect(&a, &s, ops[i].column, ops[i].columns);
        check(&a);
        check_u(&u, &a, &s, ops[i].column, ops[i].columns);
        exchanges++;
    }
    assert_true(exchanges > 0);
    pn_rows_destroy(rows);
    unmake(&a);
    unmake(&u);
    unmake_step(&s);
}

static void one_process_exchanges_rows(void **state)
{
    static const struct {
        pn_gidx n;
        int nb;
        pn_gidx step;
    } cases[] = {{1, 1, 0},    {1, 8, 0},    {8, 8, 0},    {9, 8, 0},  {9, 8, 1},
                 {20, 1, 7},   {50, 7, 0},   {50, 7, 6},   {50, 7, 7}, {300, 64, 0},
                 {300, 64, 3}, {300, 64, 4}, {300, 300, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        exchange(*state, cases[i].n, cases[i].nb, cases[i].step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_process_exchanges_rows),
    };
    return cmocka_run_group_tests(tests, open_bench, close_bench);
}
