// SPDX-License-Identifier: BSD-3-Clause
// The generator against a naive walk through the sequence.
#include "base/lcg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static double *walk(pn_gidx n, uint64_t seed)
{
    double *all = malloc(sizeof *all * (size_t)(n * (n + 1)));
    uint64_t x = seed;
    for (pn_gidx m = 0; m < n * (n + 1); m++) {
        all[m] = 0.5 - (double)x / 18446744073709551616.0;
        x = 6364136223846793005u * x + 1;
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
        uint64_t after = pn_lcg_series(values, count, 42, jump);
        pn_lcg_series(&one, 1, after, jump);
        assert_true(one == pn_lcg_value(pn_lcg_state(42, 7, 0, count)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_any_rectangle),
        cmocka_unit_test(jumps_compose),
        cmocka_unit_test(series_ends_where_the_next_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
