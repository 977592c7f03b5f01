// SPDX-License-Identifier: BSD-3-Clause
// Panels factored in a part's own memory, on every backend that can, against plain elimination with
// partial pivoting: the same pivots, the same numbers on both sides; and columns that have no
// pivot.
#include "part.h"

#include "base/status.h"

#include <float.h>

enum { EXTRA = 3 }; // rows between the columns of the panel

typedef struct bed {
    pn_compute *compute;
    pn_lidx rows, ld;
    int width;
    part panel, l11; // as rows x ld: their rows are the panel's columns
    double *host_l11, *host_a;
    int64_t *pivots; // and after them the two words of `bad`
} bed;

static bed open_bed(pn_compute *compute, pn_lidx rows, int width)
{
    bed b = {.compute = compute, .rows = rows, .ld = rows + EXTRA, .width = width};
    b.panel = make_apart(compute, width, rows, EXTRA);
    b.l11 = make_apart(compute, width, width, 0);
    b.host_l11 = make_host(compute, (size_t)(width * width), 1);
    b.host_a = make_host(compute, (size_t)(width * b.ld), 2);
    b.pivots = (int64_t *)make_host(compute, (size_t)width + 2, 3);
    return b;
}

static void close_bed(bed *b)
{
    unmake_host(b->compute, b->host_l11, (size_t)(b->width * b->width));
    unmake_host(b->compute, b->host_a, (size_t)(b->width * b->ld));
    unmake_host(b->compute, (double *)b->pivots, (size_t)b->width + 2);
    unmake(&b->panel);
    unmake(&b->l11);
}

static void factor(bed *b)
{
    pn_panel_task task = {.a = b->panel.block.data,
                          .ld = b->ld,
                          .rows = b->rows,
                          .width = b->width,
                          .l11 = b->l11.block.data,
                          .ld_l11 = b->width,
                          .pivots = b->pivots,
                          .bad = b->pivots + b->width,
                          .host_l11 = b->host_l11,
                          .host_a = b->host_a};
    const pn_compute_ops *ops = b->compute->ops;
    ops->wait(b->compute, ops->factor_panel(b->compute, &task));
}

// The image, with the pivots of plain elimination; entry (i, j) of the panel is row j of the image.
static void eliminate(bed *b, int64_t *pivots)
{
    for (int k = 0; k < b->width; k++) {
        pivots[k] = k;
        for (pn_lidx i = k; i < b->rows; i++)
            if (fabs(*at(&b->panel, k, i)) > fabs(*at(&b->panel, k, pivots[k])))
                pivots[k] = i;
        for (int j = 0; j < b->width; j++) {
            double kept = *at(&b->panel, j, k);
            *at(&b->panel, j, k) = *at(&b->panel, j, pivots[k]);
            *at(&b->panel, j, pivots[k]) = kept;
        }
        double pivot = *at(&b->panel, k, k);
        for (pn_lidx i = k + 1; i < b->rows; i++) {
            *at(&b->panel, k, i) /= pivot;
            for (int j = k + 1; j < b->width; j++)
                *at(&b->panel, j, i) -= *at(&b->panel, k, i) * *at(&b->panel, j, k);
        }
    }
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (1 + fabs(b));
}

static void check_result(bed *b, const int64_t *pivots)
{
    assert_int_equal(b->pivots[b->width], 0);
    assert_memory_equal(b->pivots, pivots, (size_t)b->width * sizeof *pivots);
    double *here = calloc((size_t)(b->width * b->ld), sizeof *here);
    double *l11 = calloc((size_t)(b->width * b->width), sizeof *l11);
    assert_true(here && l11);
    const pn_compute_ops *ops = b->compute->ops;
    ops->wait(b->compute, ops->read(b->compute, b->panel.block, here, b->ld));
    ops->wait(b->compute, ops->read(b->compute, b->l11.block, l11, b->width));
    for (int j = 0; j < b->width; j++)
        for (pn_lidx i = 0; i < b->rows; i++) {
            double value = *at(&b->panel, j, i);
            assert_true(near(here[j * b->ld + i], value));
            assert_true(near(b->host_a[j * b->ld + i], value));
            assert_true(i >= b->width || near(l11[j * b->width + i], value));
            assert_true(i >= b->width || near(b->host_l11[j * b->width + i], value));
        }
    free(here);
    free(l11);
}

static void try_panel(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    (void)extra;
    int64_t pivots[512];
    if (!compute->ops->factor_panel || columns > rows)
        return;
    bed b = open_bed(compute, rows, (int)columns);
    factor(&b);
    eliminate(&b, pivots);
    check_result(&b, pivots);
    close_bed(&b);
}

static void set_column(bed *b, int column, double value)
{
    pn_block line = pn_block_of(b->panel.block.f64 + column * b->ld, 1, b->rows, b->ld);
    for (pn_lidx i = 0; i < b->rows; i++)
        b->host_a[i] = value;
    b->compute->ops->wait(b->compute, b->compute->ops->write(b->compute, line, b->host_a, b->ld));
}

// A column of zeros stays one whatever is subtracted, if the columns before it are zero as well.
static void try_bad_columns(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    static const struct {
        double value;
        int kind;
    } bad[] = {{0.0, 1}, {0.5 * DBL_MIN, 1}, {NAN, 2}, {INFINITY, 2}};
    (void)extra;
    if (!compute->ops->factor_panel || columns > rows)
        return;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bed b = open_bed(compute, rows, (int)columns);
        int column = bad[i].kind == 1 ? 0 : (int)columns / 2;
        set_column(&b, column, bad[i].value);
        factor(&b);
        assert_int_equal(b.pivots[columns], bad[i].kind);
        assert_int_equal(b.pivots[columns + 1], column);
        close_bed(&b);
    }
}

// Every row is there three times, so that each pivot has its equals: the first of them counts.
static void try_ties(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    int64_t pivots[512];
    pn_lidx different = pn_ceil_div(rows, 3);
    (void)extra;
    if (!compute->ops->factor_panel || columns > different)
        return;
    bed b = open_bed(compute, rows, (int)columns);
    for (int j = 0; j < columns; j++)
        for (pn_lidx i = different; i < rows; i++)
            *at(&b.panel, j, i) = *at(&b.panel, j, i % different);
    pn_block all = b.panel.block;
    compute->ops->wait(compute, compute->ops->write(compute, all, b.panel.image, all.ld));
    factor(&b);
    eliminate(&b, pivots);
    check_result(&b, pivots);
    close_bed(&b);
}

// One process alone, as if there were others.
typedef struct talk {
    bed *bed;
    int asked, most; // columns; at `most` of them the panel is given up
    bool asks_in_order;
} talk;

static void agree(void *context, int column, pn_pivot_record *record)
{
    talk *t = context;
    t->asks_in_order &= column == t->asked++;
    t->bed->pivots[column] = record->row;
    if (record->size < 0) // there are no rows: somebody else's, of zeros
        memset(record->values, 0, (size_t)t->bed->width * sizeof *record->values);
    record->row = record->size < 0 || record->row == column ? -1 : record->row;
    if (t->asked == t->most)
        t->bed->compute->ops->give_up(t->bed->compute);
}

static void look_on(void *context)
{
    (void)context;
}

static void factor_jointly(bed *b, talk *t)
{
    pn_joint_column column = {
        .has_top = b->rows > 0, .agree = agree, .pause = look_on, .context = t};
    pn_panel_task task = {.a = b->panel.block.data,
                          .ld = b->ld,
                          .rows = b->rows,
                          .width = b->width,
                          .l11 = b->l11.block.data,
                          .ld_l11 = b->width,
                          .column = &column,
                          .host_l11 = b->host_l11,
                          .host_a = b->host_a};
    const pn_compute_ops *ops = b->compute->ops;
    t->asks_in_order = true;
    ops->wait(b->compute, ops->factor_panel(b->compute, &task));
    assert_true(t->asks_in_order);
}

// The triangle is in l11 alone.
static void check_joint(bed *b, const int64_t *pivots)
{
    assert_memory_equal(b->pivots, pivots, (size_t)b->width * sizeof *pivots);
    for (int j = 0; j < b->width; j++)
        for (pn_lidx i = 0; i < b->rows; i++) {
            double value = *at(&b->panel, j, i);
            assert_true(i < b->width || near(b->host_a[j * b->ld + i], value));
            assert_true(i >= b->width || near(b->host_l11[j * b->width + i], value));
        }
}

static void try_joint(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    enum { MANY_ROWS = 300, MOST = 20 }; // more show nothing new, and take long where none is real
    int64_t pivots[512];
    (void)extra;
    if (!compute->ops->factors_jointly || columns > rows || (rows > MANY_ROWS && columns > MOST))
        return;
    bed b = open_bed(compute, rows, (int)columns);
    talk t = {.bed = &b};
    factor_jointly(&b, &t);
    assert_int_equal(t.asked, columns);
    eliminate(&b, pivots);
    check_joint(&b, pivots);
    close_bed(&b);
}

// Nobody is asked any more, and nothing waits. Once a part has given up it does so for good: each
// way is tried on one of its own.
enum { GIVEN_ROWS = 600, GIVEN_COLUMNS = 17, IN_A_BASE = 11, AT_ITS_END = PN_JOINT_BASE };

static void try_giving_up(pn_compute *compute, pn_lidx rows, pn_lidx columns, const int way[2])
{
    if (!compute->ops->give_up || rows != GIVEN_ROWS || columns != GIVEN_COLUMNS)
        return;
    bed b = open_bed(compute, GIVEN_ROWS, GIVEN_COLUMNS);
    talk t = {.bed = &b, .most = way[0]};
    b.rows = way[1];
    factor_jointly(&b, &t);
    assert_int_equal(t.asked, t.most);
    factor_jointly(&b, &t);
    assert_int_equal(t.asked, t.most);
    close_bed(&b);
}

static void give_up_in_a_base(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    (void)extra;
    try_giving_up(compute, rows, columns, (int[]){IN_A_BASE, GIVEN_ROWS});
}

static void give_up_at_its_end(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    (void)extra;
    try_giving_up(compute, rows, columns, (int[]){AT_ITS_END, GIVEN_ROWS});
}

static void give_up_without_rows(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    (void)extra;
    try_giving_up(compute, rows, columns, (int[]){IN_A_BASE, 0});
}

static void joint_panels_are_factored(void **state)
{
    (void)state;
    try_backends(try_joint);
}

static void joint_panels_are_given_up(void **state)
{
    (void)state;
    try_backends(give_up_in_a_base);
    try_backends(give_up_at_its_end);
    try_backends(give_up_without_rows);
}

static void panels_are_factored(void **state)
{
    (void)state;
    try_backends(try_panel);
}

static void the_first_of_equal_pivots_counts(void **state)
{
    (void)state;
    try_backends(try_ties);
}

static void columns_without_pivot_are_told(void **state)
{
    (void)state;
    try_backends(try_bad_columns);
}

int main(void)
{
    skip_without_device();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panels_are_factored),
        cmocka_unit_test(the_first_of_equal_pivots_counts),
        cmocka_unit_test(columns_without_pivot_are_told),
        cmocka_unit_test(joint_panels_are_factored),
        cmocka_unit_test(joint_panels_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
