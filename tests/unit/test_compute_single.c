// SPDX-License-Identifier: BSD-3-Clause
// The compute seam with a matrix of FP32, on every backend: what it is generated of, panels kept in
// it, products of FP32 and of numbers rounded to 16 bits, solves, and products with a vector, each
// against plain loops in FP64.
#include "base/lcg.h"
#include "compute/half.h"
#include "part.h"

#include <math.h>

enum { FRAME = 3 }; // columns beyond those of a block, where nothing may be written

// A block in the part's memory and its image.
typedef struct single {
    pn_compute *compute;
    pn_block block;
    size_t bytes;
    float *image;
} single;

static pn_block whole_of(pn_block block)
{
    block.columns = block.ld;
    return block;
}

static single make_single(pn_compute *compute, pn_lidx rows, pn_lidx columns)
{
    single s = {
        .compute = compute,
        .block = {.rows = rows, .columns = columns, .ld = columns + FRAME, .element = PN_FLOAT32}};
    size_t count = (size_t)(rows * s.block.ld);
    uint64_t state = (uint64_t)(rows * 1000 + columns);
    s.bytes = (count + 1) * sizeof(float);
    assert_int_equal(compute->ops->allocate(compute, s.bytes, &s.block.data), PN_OK);
    s.image = calloc(count + 1, sizeof *s.image);
    assert_non_null(s.image);
    for (size_t i = 0; i < count; i++)
        s.image[i] = (float)naive_number(&state);
    compute->ops->wait(compute,
                       compute->ops->write(compute, whole_of(s.block), s.image, s.block.ld));
    return s;
}

static void unmake_single(single *s)
{
    s->compute->ops->release(s->compute, s->block.data, s->bytes);
    free(s->image);
}

static float *image_at(const single *s, pn_lidx row, pn_lidx column)
{
    return s->image + row * s->block.ld + column;
}

// To rounding in sums of some hundred terms of size 1.
static void check_single(const single *s)
{
    size_t count = (size_t)(s->block.rows * s->block.ld);
    float *now = calloc(count + 1, sizeof *now);
    assert_non_null(now);
    s->compute->ops->wait(s->compute,
                          s->compute->ops->read(s->compute, whole_of(s->block), now, s->block.ld));
    for (size_t i = 0; i < count; i++)
        assert_true(fabs((double)now[i] - (double)s->image[i]) <= 2e-5 * (1 + fabsf(s->image[i])));
    free(now);
}

// A panel of FP32 where the part has it: L11 in its first rows, L21 below.
typedef struct single_panel {
    float *host;
    const float *seen;
    void *slot;
    pn_lidx ld;
    size_t bytes;
} single_panel;

static single_panel make_single_panel(pn_compute *compute, pn_lidx rows, int width)
{
    single_panel p = {.ld = rows + 1};
    uint64_t state = (uint64_t)(rows + width);
    void *memory;
    p.bytes = (size_t)(p.ld * width) * sizeof(float);
    assert_int_equal(compute->ops->allocate_host(compute, p.bytes, &memory), PN_OK);
    p.host = memory;
    for (pn_lidx i = 0; i < p.ld * width; i++)
        p.host[i] = (float)naive_number(&state) * 0.25F;
    if (compute->ops->panel_needs_buffer)
        assert_int_equal(compute->ops->allocate(compute, p.bytes, &p.slot), PN_OK);
    p.seen = compute->ops->panel(compute, p.host, p.bytes, p.slot);
    return p;
}

static void unmake_single_panel(pn_compute *compute, single_panel *p)
{
    if (p->slot)
        compute->ops->release(compute, p->slot, p->bytes);
    compute->ops->release_host(compute, p->host, p->bytes);
}

static float l_at(const single_panel *p, pn_lidx row, pn_lidx column)
{
    return p->host[column * p->ld + row];
}

// Every second row and third column of HPL's matrix, with more on the diagonal.
static void try_generate(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    single s = make_single(compute, rows, columns);
    pn_gidx n = 3 * (rows + columns), row[600], column[400];
    (void)extra;
    for (pn_lidx i = 0; i < rows; i++)
        row[i] = 2 * i;
    for (pn_lidx j = 0; j < columns; j++)
        column[j] = 3 * j;
    compute->ops->generate(compute, &(pn_generate){s.block, row, column, n, 100, 17.5});
    for (pn_lidx i = 0; i < rows; i++)
        for (pn_lidx j = 0; j < columns; j++)
            *image_at(&s, i, j) = (float)(pn_lcg_value(pn_lcg_state(100, n, row[i], column[j])) +
                                          (row[i] == column[j] ? 17.5 : 0));
    check_single(&s);
    unmake_single(&s);
}

static void try_keep(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    single s = make_single(compute, rows, columns);
    single_panel p = make_single_panel(compute, rows, (int)columns);
    (void)extra;
    compute->ops->keep(compute, s.block, p.seen, p.ld);
    for (pn_lidx i = 0; i < rows; i++)
        for (pn_lidx j = 0; j < columns; j++)
            *image_at(&s, i, j) = l_at(&p, i, j);
    check_single(&s);
    unmake_single_panel(compute, &p);
    unmake_single(&s);
}

// C := C - L U, of FP32 numbers or of rounded ones; the first columns as a strip as well.
static void multiply(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_element element)
{
    const pn_compute_ops *ops = compute->ops;
    int width = (int)pn_min(rows, 50), narrow = (int)pn_min(columns, 8);
    single c = make_single(compute, rows, columns), u = make_single(compute, width, columns);
    single_panel l = make_single_panel(compute, rows, width);
    bool rounds = element == PN_BFLOAT16;
    pn_update task = {c.block, l.seen, l.ld, u.block, width};
    void *halves = NULL, *strip;
    size_t bytes = (size_t)(l.ld * width + width * u.block.ld) * 2,
           strip_bytes = (size_t)(rows * narrow) * sizeof(float);
    assert_int_equal(ops->allocate(compute, bytes, &halves), PN_OK);
    assert_int_equal(ops->allocate_host(compute, strip_bytes, &strip), PN_OK);
    if (rounds) {
        pn_block from = {{(void *)l.seen}, width, rows, l.ld, PN_FLOAT32}, to = from;
        to.data = halves;
        to.element = task.u.element = PN_BFLOAT16;
        task.l = halves;
        task.u.data = pn_element_at(halves, PN_BFLOAT16, l.ld * width);
        ops->round(compute, to, from, false);
        ops->round(compute, task.u, u.block, true);
    }
    pn_update first = task;
    first.c.columns = first.u.columns = narrow;
    ops->wait(compute, ops->update_panel(compute, &first, strip, rows));
    ops->multiply_start(compute, &task, 1);
    ops->multiply_finish(compute);
    for (pn_lidx i = 0; i < rows; i++)
        for (pn_lidx j = 0; j < columns; j++) {
            double sum = *image_at(&c, i, j);
            for (int k = 0; k < width; k++) {
                float left = l_at(&l, i, k), right = *image_at(&u, k, j);
                left = rounds ? pn_bfloat16_value(pn_bfloat16_of(left)) : left;
                right = rounds ? pn_bfloat16_value(pn_bfloat16_of(right)) : right;
                sum -= (double)left * (double)right;
            }
            *image_at(&c, i, j) = (float)sum;
            if (j < narrow)
                assert_true(fabs((double)((float *)strip)[j * rows + i] - sum) <= 2e-5);
        }
    check_single(&c);
    ops->release_host(compute, strip, strip_bytes);
    ops->release(compute, halves, bytes);
    unmake_single_panel(compute, &l);
    unmake_single(&u);
    unmake_single(&c);
}

static void try_single(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    (void)extra;
    multiply(compute, rows, columns, PN_FLOAT32);
}

static void try_half(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    pn_blas *blas = (pn_blas *)compute->blas; // the test's own
    (void)extra;
    if (!compute->is_device && pn_blas_half(blas)->kind == PN_HALF_NONE)
        pn_blas_open_half(blas);
    bool has_half =
        compute->is_device ? compute->ops->round != NULL : pn_blas_half(blas)->kind != PN_HALF_NONE;
    if (has_half)
        multiply(compute, rows, columns, PN_BFLOAT16);
}

static void try_solve(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    pn_lidx width = pn_min(rows, 300);
    single u = make_single(compute, width, columns);
    single_panel l = make_single_panel(compute, width, (int)width);
    (void)extra;
    for (pn_lidx i = 0; i < l.ld * width; i++) // so that nothing grows
        l.host[i] *= 0.1F;
    l.seen = compute->ops->panel(compute, l.host, l.bytes, l.slot);
    compute->ops->solve(compute, l.seen, l.ld, u.block);
    for (pn_lidx j = 0; j < columns; j++)
        for (pn_lidx k = 0; k < width; k++)
            for (pn_lidx i = k + 1; i < width; i++)
                *image_at(&u, i, j) -= l_at(&l, i, k) * *image_at(&u, k, j);
    check_single(&u);
    unmake_single_panel(compute, &l);
    unmake_single(&u);
}

static void try_apply(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    single s = make_single(compute, rows, columns);
    double *x = make_host(compute, (size_t)columns, 3), *y = make_host(compute, (size_t)rows, 4);
    (void)extra;
    double *expected = calloc((size_t)rows + 1, sizeof *expected);
    assert_non_null(expected);
    for (pn_lidx i = 0; i < rows; i++) {
        expected[i] = y[i];
        for (pn_lidx j = 0; j < columns; j++)
            expected[i] -= (double)*image_at(&s, i, j) * x[j];
    }
    compute->ops->apply(compute, s.block, x, y);
    for (pn_lidx i = 0; i < rows; i++) // in FP64
        assert_true(fabs(y[i] - expected[i]) <= 1e-12 * (1 + fabs(expected[i])));
    free(expected);
    unmake_host(compute, x, (size_t)columns);
    unmake_host(compute, y, (size_t)rows);
    unmake_single(&s);
}

// Without pivots, of numbers with more on the diagonal; then with a column that has none, or no
// number.
static void try_plain(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    int width = (int)pn_min(rows, columns);
    single_panel p = make_single_panel(compute, rows, width),
                 l11 = make_single_panel(compute, width, width);
    double *a = calloc((size_t)(rows * width), sizeof *a);
    int64_t *bad = (int64_t *)make_host(compute, 2, 1);
    (void)extra;
    assert_non_null(a);
    for (int fault = 0; compute->ops->factor_plain && fault < 3; fault++) {
        uint64_t state = 7;
        for (int j = 0; j < width; j++)
            for (pn_lidx i = 0; i < rows; i++) {
                float number = (float)naive_number(&state) + (i == j ? (float)width : 0);
                bool is_last = fault > 0 && j == width - 1;
                number = !is_last ? number : fault == 1 ? 0 : NAN;
                a[j * rows + i] = p.host[j * p.ld + i] = number;
            }
        p.seen = compute->ops->panel(compute, p.host, p.bytes, p.slot);
        pn_plain_panel task = {(float *)p.seen, p.ld, rows,     width, (float *)l11.seen,
                               l11.ld,          bad,  l11.host, p.host};
        compute->ops->wait(compute, compute->ops->factor_plain(compute, &task));
        assert_int_equal(bad[0], fault == 1   ? PN_PLAIN_SINGULAR
                                 : fault == 2 ? PN_PLAIN_NOT_FINITE
                                              : 0);
        assert_int_equal(bad[1], fault > 0 ? width - 1 : 0);
        for (int k = 0; fault == 0 && k < width; k++)
            for (pn_lidx i = k + 1; i < rows; i++) {
                a[k * rows + i] /= a[k * rows + k];
                for (int j = k + 1; j < width; j++)
                    a[j * rows + i] -= a[k * rows + i] * a[j * rows + k];
            }
        for (int j = 0; fault == 0 && j < width; j++)
            for (pn_lidx i = 0; i < rows; i++) {
                double now = i < width ? l11.host[j * l11.ld + i] : p.host[j * p.ld + i];
                assert_true(fabs(now - a[j * rows + i]) <= 2e-5 * width);
            }
    }
    free(a);
    unmake_host(compute, (double *)bad, 2);
    unmake_single_panel(compute, &l11);
    unmake_single_panel(compute, &p);
}

// Few of the sizes: the least, ones that fill no tile, and each that is large in one way.
static trial *tried;

static void try_few(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    static const pn_lidx sizes[][2] = {{1, 1}, {7, 400}, {33, 65}, {600, 17}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (rows == sizes[i][0] && columns == sizes[i][1])
            tried(compute, rows, columns, extra);
}

#define TEST_ON_ALL(name, trial)                                                                   \
    static void name(void **unused)                                                                \
    {                                                                                              \
        (void)unused;                                                                              \
        tried = trial;                                                                             \
        try_backends(try_few);                                                                     \
    }

TEST_ON_ALL(a_matrix_is_rounded_after_its_diagonal_was_raised, try_generate)
TEST_ON_ALL(panels_are_kept, try_keep)
TEST_ON_ALL(products_are_of_single_numbers, try_single)
TEST_ON_ALL(products_are_of_rounded_numbers, try_half)
TEST_ON_ALL(triangles_are_solved_with, try_solve)
TEST_ON_ALL(panels_are_factored_without_pivots, try_plain)
TEST_ON_ALL(vectors_are_summed_in_double, try_apply)

int main(void)
{
    skip_without_device();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_matrix_is_rounded_after_its_diagonal_was_raised),
        cmocka_unit_test(panels_are_kept),
        cmocka_unit_test(products_are_of_single_numbers),
        cmocka_unit_test(products_are_of_rounded_numbers),
        cmocka_unit_test(triangles_are_solved_with),
        cmocka_unit_test(panels_are_factored_without_pivots),
        cmocka_unit_test(vectors_are_summed_in_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
