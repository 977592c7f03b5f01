// SPDX-License-Identifier: BSD-3-Clause
// The generator against a naive walk through the sequence, and against values worked out with
// integers of any size.
#include "base/lcg.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static double *walk(pn_gidx n, uint64_t seed)
{
    double *all = malloc(sizeof *all * (size_t)(n * (n + 1)));
    uint64_t x = seed; // which is itself no entry
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
    uint64_t walked = 100;
    for (uint64_t steps = 0; steps < 5000; steps++) {
        assert_int_equal(pn_lcg_after(100, pn_lcg_jump_by(steps)), walked);
        walked = 6364136223846793005u * walked + 1;
    }
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

static void knows_the_sequence(void **state)
{
    (void)state;
    assert_int_equal(pn_lcg_after(100, pn_lcg_jump_by(1)), UINT64_C(9224323878554545557));
    assert_int_equal(pn_lcg_after(100, pn_lcg_jump_by(3)), UINT64_C(1038852970972261579));
    assert_int_equal(pn_lcg_after(100, pn_lcg_jump_by(1000000)), UINT64_C(17687559546042070308));
    assert_int_equal(pn_lcg_after(100, pn_lcg_jump_by(UINT64_C(1000000000000000000))),
                     UINT64_C(10484899156434092132));
    assert_true(pn_lcg_value(pn_lcg_state(100, 2, 0, 0)) == -0x1.b0d8f532d8000p-15);
    assert_true(pn_lcg_value(pn_lcg_state(100, 2, 1, 0)) == 0x1.8959b2285d2a4p-2);
    assert_true(pn_lcg_value(pn_lcg_state(100, 2, 0, 1)) == 0x1.c65502e86d5b5p-2);
    assert_int_equal(pn_lcg_state(100, 500000, 499999, 1), UINT64_C(17687559546042070308));
}

// The processor's own conversion is the judge, ties to even and both ends of the range included.
static void rounds_as_a_conversion_does(void **state)
{
    (void)state;
    for (int shift = 0; shift < 64; shift++)
        for (int64_t around = -4100; around <= 4100; around++) {
            uint64_t x = (UINT64_C(1) << shift) + (uint64_t)around;
            assert_true(pn_lcg_value(x) == 0.5 - (double)x * 0x1p-64);
        }
    uint64_t x = 100;
    for (int i = 0; i < 100000; i++, x = 6364136223846793005u * x + 1)
        assert_true(pn_lcg_value(x) == 0.5 - (double)x * 0x1p-64);
}

static void is_exact_where_numbers_pass_63_bits(void **state)
{
    (void)state;
    enum { COLUMNS = 40 };
    const pn_gidx n = 4000000000;
    pn_gidx rows[2] = {n - 2, n - 1}, columns[COLUMNS];
    double data[2 * COLUMNS];
    for (int j = 0; j < COLUMNS; j++)
        columns[j] = n - COLUMNS + 1 + j;
    pn_lcg_fill(&(pn_lcg_rectangle){data, COLUMNS, 2, COLUMNS, rows, columns, n, 100});
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < COLUMNS; j++) {
            uint64_t number = 1 + (uint64_t)rows[i] + (uint64_t)columns[j] * (uint64_t)n;
            uint64_t x = pn_lcg_after(100, pn_lcg_jump_by(number));
            assert_true(data[i * COLUMNS + j] == pn_lcg_value(x));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_any_rectangle),
        cmocka_unit_test(is_hpls_matrix),
        cmocka_unit_test(jumps_compose),
        cmocka_unit_test(knows_the_sequence),
        cmocka_unit_test(rounds_as_a_conversion_does),
        cmocka_unit_test(is_exact_where_numbers_pass_63_bits),
        cmocka_unit_test(series_ends_where_the_next_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
