// SPDX-License-Identifier: BSD-3-Clause
// The factored panel of one process against textbook elimination: the same pivots, the same numbers
// to rounding, for teams of several sizes; ties, columns without a pivot, and numbers that are
// none.
#include "lu/panel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../naive.h"
#include "comm/open_comm.h"

enum { TEAMS = 3 };

static const int team_sizes[TEAMS] = {1, 2, 3};

typedef struct bench {
    pn_log log;
    pn_comm *comm;
    pn_blas *blas;
    pn_team *teams[TEAMS];
} bench;

static int open_bench(void **state)
{
    bench *b = calloc(1, sizeof *b);
    *state = b;
    if (!b)
        return -1;
    b->log = pn_log_create(PN_LOG_QUIET);
    pn_comm_request request = {.library = "none", .log = &b->log};
    if (pn_comm_open(&b->comm, &request) != PN_OK || pn_blas_open(&b->blas, "auto") != PN_OK)
        return -1;
    for (int i = 0; i < TEAMS; i++)
        if (pn_team_create(&b->teams[i], team_sizes[i], NULL) != PN_OK)
            return -1;
    return 0;
}

static int close_bench(void **state)
{
    bench *b = *state;
    for (int i = 0; i < TEAMS; i++)
        pn_team_destroy(b->teams[i]);
    pn_blas_close(b->blas);
    pn_comm_close(b->comm);
    free(b);
    return 0;
}

// A panel of `rows` x min(nb, rows), the last but one or only step of a matrix of one process.
typedef struct subject {
    pn_layout *layout;
    pn_place place;
    void *memory;
    pn_panel panel;
    naive_matrix naive; // a copy, for the textbook
    int64_t *pivots;    // its pivots: local rows
} subject;

static void make(subject *s, pn_gidx n, int nb, pn_gidx step)
{
    pn_layout_request request = {.n = n, .nb = nb, .columns = 1, .virtual_rows = 1};
    assert_int_equal(pn_layout_create(&s->layout, &request), PN_OK);
    assert_int_equal(pn_place_create(&s->place, s->layout, 0), PN_OK);
    size_t bytes = pn_panel_memory(PN_FLOAT64, nb, s->place.rows);
    s->memory = aligned_alloc(64, (size_t)pn_round_up((int64_t)bytes, 64));
    assert_non_null(s->memory);
    memset(s->memory, 0x55, bytes); // whatever was there before
    s->panel = pn_panel_at(s->memory, PN_FLOAT64, &s->place, step);
    assert_true(pn_panel_bytes(&s->panel) <= bytes);
    assert_int_equal(s->panel.rows, n - step * nb);
    assert_int_equal(s->panel.width, pn_min(nb, n - step * nb));
    pn_lidx rows = s->panel.rows, columns = s->panel.width;
    double *numbers = naive_numbers((size_t)(rows * columns), (uint64_t)(n * 131 + nb));
    s->naive = (naive_matrix){numbers, rows, rows, columns};
    s->pivots = calloc((size_t)nb, sizeof *s->pivots);
    assert_true(numbers && s->pivots);
}

static void unmake(subject *s)
{
    free(s->naive.a);
    free(s->pivots);
    free(s->memory);
    pn_place_release(&s->place);
    pn_layout_destroy(s->layout);
}

// Copies the numbers into the panel, then factors both.
static void factor(const bench *b, subject *s, pn_team *team)
{
    double *record = malloc(pn_panel_record_bytes(s->panel.nb, pn_team_size(team)));
    int rank = 0;
    pn_panel_engine engine = {.column = {.comm = b->comm, .size = 1, .ranks = &rank},
                              .team = team,
                              .blas = b->blas,
                              .place = &s->place,
                              .record = record};
    assert_non_null(record);
    for (pn_lidx j = 0; j < s->panel.width; j++)
        memcpy((double *)s->panel.a + j * s->panel.ld, s->naive.a + j * s->naive.ld,
               (size_t)s->panel.rows * sizeof(double));
    pn_panel_factor(&engine, &s->panel);
    naive_factor(&s->naive, s->panel.width, s->pivots);
    free(record);
}

static pn_finding finding_of(const subject *s, pn_gidx *column)
{
    return pn_panel_finding(&s->panel, column);
}

static void compare_numbers(const subject *s)
{
    const pn_panel *panel = &s->panel;
    const double *l11 = panel->l11, *a = panel->a;
    for (int j = 0; j < panel->width; j++) {
        const double *expected = s->naive.a + j * s->naive.ld;
        for (pn_lidx i = 0; i < panel->rows; i++) {
            double value = i < panel->width ? l11[j * panel->nb + i] : a[j * panel->ld + i];
            assert_true(fabs(value - expected[i]) <= 1e-10 * (1 + fabs(expected[i])));
        }
    }
}

static void compare_pivots(const subject *s, int count)
{
    const int64_t *pivots = pn_panel_pivots(&s->panel);
    for (int i = 0; i < count; i++)
        assert_int_equal(pivots[i] - s->panel.step * s->panel.nb, s->pivots[i]);
}

static void it_is_the_textbook_s(void **state)
{
    static const struct {
        pn_gidx n;
        int nb;
        pn_gidx step;
    } cases[] = {{1, 1, 0},     {1, 8, 0},    {5, 8, 0},     {8, 8, 0},
                 {9, 8, 0},     {9, 8, 1},    {40, 1, 7},    {100, 3, 2},
                 {64, 64, 0},   {70, 64, 1},  {300, 7, 0},   {300, 33, 1},
                 {513, 100, 2}, {900, 64, 0}, {150, 150, 0}, {517, 16, 32}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int t = 0; t < TEAMS; t++) {
            subject s;
            pn_gidx column;
            make(&s, cases[i].n, cases[i].nb, cases[i].step);
            factor(*state, &s, ((bench *)*state)->teams[t]);
            assert_int_equal(finding_of(&s, &column), PN_FINDING_NONE);
            compare_pivots(&s, s.panel.width);
            compare_numbers(&s);
            unmake(&s);
        }
}

// Entries of few sizes: of equal ones the first row is taken. Small whole numbers keep the first
// columns exact on both sides.
static void of_equal_entries_the_first_is_the_pivot(void **state)
{
    for (int t = 0; t < TEAMS; t++)
        for (int span = 1; span <= 3; span++) {
            subject s;
            make(&s, 257, 2, 0);
            uint64_t chance = (uint64_t)(10 * t + span);
            for (int i = 0; i < 2 * 257; i++)
                s.naive.a[i] = (int)naive_below(&chance, (unsigned)(2 * span + 1)) - span;
            factor(*state, &s, ((bench *)*state)->teams[t]);
            compare_pivots(&s, 2);
            compare_numbers(&s);
            unmake(&s);
        }
}

static void the_first_row_is_kept_where_all_are_equal(void **state)
{
    for (int t = 0; t < TEAMS; t++) {
        subject s;
        make(&s, 200, 1, 3);
        for (int i = 0; i < 197; i++)
            s.naive.a[i] = i % 2 ? 1.0 : -1.0;
        factor(*state, &s, ((bench *)*state)->teams[t]);
        assert_int_equal(pn_panel_pivots(&s.panel)[0], 3);
        unmake(&s);
    }
}

static void check_column_of_zeros(const bench *b, pn_team *team, int zero)
{
    subject s;
    pn_gidx column;
    make(&s, 150, 32, 1);
    for (pn_lidx i = 0; i < s.naive.rows; i++)
        s.naive.a[zero * s.naive.ld + i] = 0;
    factor(b, &s, team);
    assert_int_equal(finding_of(&s, &column), PN_FINDING_SINGULAR);
    assert_int_equal(column, 32 + zero);
    compare_pivots(&s, zero);
    unmake(&s);
}

static void a_column_of_zeros_is_a_finding(void **state)
{
    bench *b = *state;
    for (int zero = 0; zero < 32; zero++)
        check_column_of_zeros(b, b->teams[zero % TEAMS], zero);
}

static void check_bad_number(const bench *b, pn_team *team, pn_lidx row, int bad, double value)
{
    subject s;
    pn_gidx column;
    make(&s, 150, 32, 1);
    s.naive.a[bad * s.naive.ld + row] = value;
    factor(b, &s, team);
    assert_int_equal(finding_of(&s, &column), PN_FINDING_NOT_FINITE);
    assert_int_equal(column, 32 + bad);
    compare_pivots(&s, bad);
    unmake(&s);
}

static void a_number_that_is_none_is_a_finding(void **state)
{
    bench *b = *state;
    const double values[] = {NAN, INFINITY, -INFINITY};
    for (int v = 0; v < 3; v++)
        for (pn_lidx row = 0; row < 118; row += 13)
            for (int column = 0; column < 32; column += 5)
                check_bad_number(b, b->teams[(row + column) % TEAMS], row, column, values[v]);
}

static void a_whole_column_of_none_is_a_finding(void **state)
{
    for (int t = 0; t < TEAMS; t++) {
        subject s;
        pn_gidx column;
        make(&s, 150, 32, 0);
        for (pn_lidx i = 0; i < s.naive.rows; i++)
            s.naive.a[11 * s.naive.ld + i] = NAN;
        factor(*state, &s, ((bench *)*state)->teams[t]);
        assert_int_equal(finding_of(&s, &column), PN_FINDING_NOT_FINITE);
        assert_int_equal(column, 11);
        for (int i = 0; i < 32; i++)
            assert_in_range(pn_panel_pivots(&s.panel)[i], i, 149);
        unmake(&s);
    }
}

// The inverse of a number below the smallest normal one overflows: the fault is found in the column
// that has no better pivot, not in the next one, which would be full of infinities.
static void a_pivot_without_an_inverse_is_a_finding(void **state)
{
    for (int t = 0; t < TEAMS; t++) {
        subject s;
        pn_gidx column;
        make(&s, 60, 16, 1);
        for (pn_lidx i = 0; i < s.naive.rows; i++)
            s.naive.a[5 * s.naive.ld + i] *= 0x1p-1060;
        factor(*state, &s, ((bench *)*state)->teams[t]);
        assert_int_equal(finding_of(&s, &column), PN_FINDING_SINGULAR);
        assert_int_equal(column, 16 + 5);
        compare_pivots(&s, 5);
        unmake(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_textbook_s),
        cmocka_unit_test(of_equal_entries_the_first_is_the_pivot),
        cmocka_unit_test(the_first_row_is_kept_where_all_are_equal),
        cmocka_unit_test(a_column_of_zeros_is_a_finding),
        cmocka_unit_test(a_number_that_is_none_is_a_finding),
        cmocka_unit_test(a_whole_column_of_none_is_a_finding),
        cmocka_unit_test(a_pivot_without_an_inverse_is_a_finding),
    };
    return cmocka_run_group_tests(tests, open_bench, close_bench);
}
