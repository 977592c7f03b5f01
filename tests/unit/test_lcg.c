// SPDX-License-Identifier: BSD-3-Clause
// The generator against a naive walk through the sequence.
#include "base/lcg.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static double *walk(pn_gidx n, uint64_t seed)
{
    double *all = malloc(sizeof *all * (size_t)(n * (n + 1)));
    uint64_t x = seed;
    for (pn_gidx m = 0; m < n * (n + 1); m++) {
        x = 6364136223846793005u * x + 1;
        all[m] = 0.5 - (double)x / 18446744073709551616.0;
    }
    return all;
}

static void fills_any_rectangle(void **state)
{
    (void)state;
    enum { N = 61 };
    double *all = walk(N, 100), data[N * (N + 8)];
    pn_gidx rows[N], columns[N + 1];
    for (int stride = 1; stride < 5; stride++)
        for (int run = 1; run < 40; run += 6) {
            int r = 0, c = 0;
            for (int i = 0; i < N; i++)
                if (i / run % stride == 0)
                    rows[r++] = i;
            for (int j = 0; j <= N; j++)
                if (j / run % stride == stride - 1)
                    columns[c++] = j;
            pn_lcg_fill(&(pn_lcg_rectangle){data, N + 8, r, c, rows, columns, N, 100});
            for (int i = 0; i < r; i++)
                for (int j = 0; j < c; j++)
                    assert_true(data[i * (N + 8) + j] == all[rows[i] + columns[j] * N]);
        }
    free(all);
}

// Norms of A (N x N) and of b as the reference HPL prints them.
static void is_hpls_matrix(void **state)
{
    (void)state;
    static const struct {
        int n;
        double a_one, a_inf, b_inf;
    } printed[] = {{3, 1.265672, 1.282918, 0.356306},
                   {10, 3.390136, 3.421364, 0.439823},
                   {64, 18.992840, 18.859652, 0.464115},
                   {65, 19.391452, 19.676901, 0.498196}};
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        int n = printed[i].n;
        double rows[65] = {0}, a_one = 0, a_inf = 0, b_inf = 0;
        for (int column = 0; column <= n; column++) {
            double sum = 0;
            for (int row = 0; row < n; row++) {
                double entry = fabs(pn_lcg_value(pn_lcg_state(100, n, row, column)));
                sum += entry;
                rows[row] += column < n ? entry : 0;
                b_inf = column < n ? b_inf : fmax(b_inf, entry);
            }
            a_one = column < n ? fmax(a_one, sum) : a_one;
        }
        for (int row = 0; row < n; row++)
            a_inf = fmax(a_inf, rows[row]);
        assert_true(fabs(a_one - printed[i].a_one) < 6e-7);
        assert_true(fabs(a_inf - printed[i].a_inf) < 6e-7);
        assert_true(fabs(b_inf - printed[i].b_inf) < 6e-7);
    }
}

static void jumps_compose(void **state)
{
    (void)state;
    pn_lcg_jump far = pn_lcg_jump_by(123456789012345u), near = pn_lcg_jump_by(12345u),
                both = pn_lcg_jump_by(123456789012345u + 12345u);
    for (uint64_t x = 1; x < 1000; x += 37)
        assert_true(pn_lcg_after(pn_lcg_after(x, far), near) == pn_lcg_after(x, both));
}

static void series_ends_where_the_next_begins(void **state)
{
    (void)state;
    double values[100], one;
    pn_lcg_jump jump = pn_lcg_jump_by(7);
    for (pn_lidx count = 0; count < 100; count++) {
        uint64_t after = pn_lcg_series(values, count, pn_lcg_state(42, 7, 0, 0), jump);
        pn_lcg_series(&one, 1, after, jump);
        assert_true(one == pn_lcg_value(pn_lcg_state(42, 7, 0, count)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_any_rectangle),
        cmocka_unit_test(is_hpls_matrix),
        cmocka_unit_test(jumps_compose),
        cmocka_unit_test(series_ends_where_the_next_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
