// SPDX-License-Identifier: BSD-3-Clause
// The sums of a verification on every backend that has a way of its own: against plain loops over
// HPL's numbers, for any rows of a matrix.
#include "base/lcg.h"
#include "part.h"

static void try_weigh(pn_compute *compute, pn_lidx rows, pn_lidx columns, pn_lidx extra)
{
    pn_gidx n = rows + columns;
    if (!compute->ops->residual_sums)
        return;
    double *x = naive_numbers((size_t)n, 9);
    double *sums = calloc((size_t)(2 * rows + n), sizeof *sums);
    double *expected = calloc((size_t)(2 * rows + n), sizeof *expected);
    assert_true(x && sums && expected);
    pn_residual_sums task = {.n = n,
                             .row = extra,
                             .rows = rows,
                             .seed = 100 + (uint64_t)extra,
                             .shift = (double)extra,
                             .x = x,
                             .product = sums,
                             .row_size = sums + rows,
                             .column_size = sums + 2 * rows};
    sums[2 * rows] = NAN; // set, not added to
    assert_true(compute->ops->residual_sums(compute, &task));
    for (pn_lidx i = 0; i < rows; i++)
        for (pn_gidx j = 0; j < n; j++) {
            double entry = pn_lcg_value(pn_lcg_state(task.seed, n, task.row + i, j)) +
                           (task.row + i == j ? task.shift : 0);
            expected[i] += entry * x[j];
            expected[rows + i] += fabs(entry);
            expected[2 * rows + j] += fabs(entry);
        }
    for (pn_lidx i = 0; i < 2 * rows + n; i++)
        assert_true(fabs(sums[i] - expected[i]) <= 1e-12 * (1 + fabs(expected[i])));
    free(x);
    free(sums);
    free(expected);
}

static void rows_and_columns_are_summed(void **state)
{
    (void)state;
    try_backends(try_weigh);
}

int main(void)
{
    skip_without_device();
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_and_columns_are_summed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
