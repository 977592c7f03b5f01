// SPDX-License-Identifier: BSD-3-Clause
// Rows that alarm because they are larger than others, beside rows with an error in them.
#include "check/suspect.h"
#include "comm/open_comm.h"
#include "part.h"

#include <math.h>

enum { ROWS = 400, NB = 16, LARGE = 123, WRONG = 321, DONE = 3 };

static const double noise = 1e-13; // of ordinary rows
static const double larger = 25;   // the large row than others
static const double error = 1e-11; // 100 times the noise, and nothing beside the elements

typedef struct scene {
    pn_log log;
    pn_comm *comm;
    pn_layout *layout;
    pn_place place;
    pn_row_sums sums;
    part matrix;
    double scratch[ROWS];
} scene;

static void open_scene(scene *s, pn_compute *compute)
{
    s->log = pn_log_create(PN_LOG_QUIET);
    pn_layout_request request = {.n = ROWS,
                                 .nb = NB,
                                 .riding = PN_ROW_SUMS_RIDING,
                                 .columns = 1,
                                 .heights = NULL,
                                 .virtual_rows = 1};
    assert_int_equal(pn_comm_open(&s->comm, &(pn_comm_request){.library = "none", .log = &s->log}),
                     PN_OK);
    assert_int_equal(pn_layout_create(&s->layout, &request), PN_OK);
    assert_int_equal(pn_place_create(&s->place, s->layout, 0), PN_OK);
    assert_int_equal(pn_row_sums_create(&s->sums, compute, s->layout), PN_OK);
    s->matrix = make_apart(compute, s->place.rows, s->place.columns, 3);
    for (pn_lidx j = 0; j < s->place.columns; j++)
        *at(&s->matrix, LARGE, j) *= larger;
    pn_block all = s->matrix.block;
    compute->ops->wait(compute, compute->ops->write(compute, all, s->matrix.image, all.ld));
}

static void close_scene(scene *s, pn_compute *compute)
{
    unmake(&s->matrix);
    pn_row_sums_release(&s->sums, compute);
    pn_place_release(&s->place);
    pn_layout_destroy(s->layout);
    pn_comm_close(s->comm);
}

static pn_verdict judge(scene *s)
{
    return pn_verdict_of(&(pn_verdict_request){.difference = s->sums.difference,
                                               .begin = DONE * NB,
                                               .n = ROWS,
                                               .fresh = DONE * NB,
                                               .done = DONE * NB,
                                               .noise = noise,
                                               .noise_done = DONE * NB,
                                               .scratch = s->scratch});
}

static void weigh(scene *s, pn_compute *compute, const pn_verdict *verdict)
{
    pn_site site = {.comm = s->comm,
                    .compute = compute,
                    .place = &s->place,
                    .matrix = s->matrix.block,
                    .seed = 100};
    pn_suspects_weigh(&(pn_suspects){.sums = &s->sums,
                                     .site = &site,
                                     .step = DONE,
                                     .begin = DONE * NB,
                                     .end = ROWS,
                                     .fresh = DONE * NB,
                                     .verdict = verdict});
}

static void try_rows(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    scene s;
    if (rows > 1 || columns > 1 || extra > 0)
        return; // one size will do
    open_scene(&s, compute);
    for (int i = 0; i < ROWS; i++)
        s.sums.difference[i] = noise * (i % 2 ? 1 : -1) * (0.5 + i % 7 / 7.0);
    s.sums.difference[LARGE] = 0.8 * larger * noise;
    pn_verdict before = judge(&s);
    assert_int_equal(before.count, 1);
    weigh(&s, compute, &before);
    assert_int_equal(judge(&s).count, 0);

    s.sums.difference[LARGE] = 0.8 * larger * noise;
    s.sums.difference[WRONG] = error;
    before = judge(&s);
    assert_int_equal(before.count, 2);
    weigh(&s, compute, &before);
    pn_verdict after = judge(&s);
    assert_int_equal(after.count, 1);
    assert_int_equal(after.first, WRONG);

    s.sums.difference[LARGE] = NAN;
    before = judge(&s);
    weigh(&s, compute, &before);
    assert_int_equal(judge(&s).count, 2);
    close_scene(&s, compute);
}

// An error that makes its row large is found all the same.
static void try_large_error(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    scene s;
    if (rows > 1 || columns > 1 || extra > 0)
        return;
    open_scene(&s, compute);
    for (int i = 0; i < ROWS; i++)
        s.sums.difference[i] = noise * (i % 2 ? 1 : -1);
    const double huge = 1e30;
    pn_block one = pn_block_submatrix(s.matrix.block, WRONG, ROWS / 2, 1, 1);
    compute->ops->wait(compute, compute->ops->write(compute, one, &huge, 1));
    s.sums.difference[WRONG] = huge;
    pn_verdict before = judge(&s);
    weigh(&s, compute, &before);
    assert_int_equal(judge(&s).count, 1);
    close_scene(&s, compute);
}

static void large_rows_are_no_alarm(void **state)
{
    (void)state;
    try_backends(try_rows);
}

static void large_errors_are(void **state)
{
    (void)state;
    try_backends(try_large_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_rows_are_no_alarm),
        cmocka_unit_test(large_errors_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
