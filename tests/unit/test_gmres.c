// SPDX-License-Identifier: BSD-3-Clause
// GMRES on a small dense matrix, whose preconditioner is far from it: its estimates are the true
// residual, it ends where it should, and what it cannot reach it leaves.
#include "run/gmres.h"

#include "../naive.h"
#include "base/types.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N = 40 };

typedef struct problem {
    double a[N][N], scale[N]; // inv(M) is diagonal
    int agreed, products;
    pn_status fails;
} problem;

static pn_status precondition(void *context, double *vector)
{
    const problem *p = context;
    for (int i = 0; i < N; i++)
        vector[i] *= p->scale[i];
    return PN_OK;
}

static pn_status multiply(void *context, const double *vector, double *product)
{
    problem *p = context;
    p->products++;
    for (int i = 0; i < N; i++) {
        product[i] = 0;
        for (int j = 0; j < N; j++)
            product[i] += p->a[i][j] * vector[j];
    }
    return p->fails;
}

static void agree(void *context, double *numbers, int count)
{
    problem *p = context;
    (void)numbers;
    p->agreed += count;
}

// Random numbers of a fifth on a diagonal that differs by up to seven times.
static problem make(void)
{
    problem p = {.agreed = 0};
    uint64_t state = 3;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++)
            p.a[i][j] = 0.2 * naive_number(&state);
        p.a[i][i] += 1 + i % 7;
        p.scale[i] = 1 / p.a[i][i];
    }
    return p;
}

static pn_gmres over(problem *p)
{
    return (pn_gmres){N, precondition, multiply, agree, p};
}

static double length(const double *v)
{
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += v[i] * v[i];
    return sqrt(sum);
}

// r - A d, by its length.
static double rest(problem *p, const double *r, const double *d)
{
    double product[N];
    p->fails = PN_OK;
    multiply(p, d, product);
    for (int i = 0; i < N; i++)
        product[i] = r[i] - product[i];
    return length(product);
}

static void fill(double *r)
{
    uint64_t state = 5;
    for (int i = 0; i < N; i++)
        r[i] = naive_number(&state);
}

static void its_estimates_are_the_residual(void **unused)
{
    problem p = make();
    double r[N], d[N], contraction[PN_GMRES_CYCLE], left = 1;
    int steps;
    (void)unused;
    fill(r);
    memcpy(d, r, sizeof d);
    pn_gmres gmres = over(&p);
    assert_int_equal(pn_gmres_correct(&gmres, d, 0, PN_GMRES_CYCLE, contraction, &steps), PN_OK);
    assert_int_equal(steps, PN_GMRES_CYCLE);
    assert_true(p.agreed > 0);
    for (int i = 0; i < steps; i++) {
        assert_true(contraction[i] > 0 && contraction[i] <= 1);
        left *= contraction[i];
    }
    assert_true(fabs(rest(&p, r, d) / length(r) - left) <= 1e-10);
    assert_true(left < 0.1);
}

static void it_ends_when_it_is_enough(void **unused)
{
    problem p = make();
    double r[N], d[N], contraction[PN_GMRES_CYCLE];
    int steps;
    (void)unused;
    fill(r);
    memcpy(d, r, sizeof d);
    pn_gmres gmres = over(&p);
    assert_int_equal(pn_gmres_correct(&gmres, d, 0.5, PN_GMRES_CYCLE, contraction, &steps), PN_OK);
    assert_in_range(steps, 1, PN_GMRES_CYCLE - 1);
    assert_int_equal(p.products, steps);
    assert_true(rest(&p, r, d) <= 0.5 * length(r) * (1 + 1e-12));
}

// An exact preconditioner leaves nothing after a step; no residual asks for none.
static void nothing_more_is_done_than_there_is(void **unused)
{
    problem p = make();
    double r[N], d[N], contraction[PN_GMRES_CYCLE];
    int steps;
    (void)unused;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            p.a[i][j] = i == j ? 2.0 : 0;
    for (int i = 0; i < N; i++)
        p.scale[i] = 0.5;
    fill(r);
    memcpy(d, r, sizeof d);
    pn_gmres gmres = over(&p);
    assert_int_equal(pn_gmres_correct(&gmres, d, 1e-14, PN_GMRES_CYCLE, contraction, &steps),
                     PN_OK);
    assert_int_equal(steps, 1);
    assert_true(rest(&p, r, d) <= 1e-14 * length(r));
    memset(d, 0, sizeof d);
    assert_int_equal(pn_gmres_correct(&gmres, d, 0, PN_GMRES_CYCLE, contraction, &steps), PN_OK);
    assert_int_equal(steps, 0);
    assert_true(length(d) == 0);
}

// What a singular matrix cannot reach stays, and nothing becomes infinite.
static void what_cannot_be_reached_stays(void **unused)
{
    problem p = make();
    double r[N], d[N], contraction[PN_GMRES_CYCLE];
    int steps;
    (void)unused;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            p.a[i][j] = i == j && i > 0;
    fill(r);
    memcpy(d, r, sizeof d);
    pn_gmres gmres = over(&p);
    assert_int_equal(pn_gmres_correct(&gmres, d, 1e-9, PN_GMRES_CYCLE, contraction, &steps), PN_OK);
    double left = rest(&p, r, d);
    assert_true(isfinite(length(d)) && left >= fabs(r[0]) * (1 - 1e-12) && left <= length(r));
}

static void a_failure_comes_back(void **unused)
{
    problem p = make();
    double d[N], contraction[PN_GMRES_CYCLE];
    int steps;
    (void)unused;
    fill(d);
    p.fails = PN_ERROR_MEMORY;
    pn_gmres gmres = over(&p);
    assert_int_equal(pn_gmres_correct(&gmres, d, 0, PN_GMRES_CYCLE, contraction, &steps),
                     PN_ERROR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_estimates_are_the_residual),
        cmocka_unit_test(it_ends_when_it_is_enough),
        cmocka_unit_test(nothing_more_is_done_than_there_is),
        cmocka_unit_test(what_cannot_be_reached_stays),
        cmocka_unit_test(a_failure_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
