// SPDX-License-Identifier: BSD-3-Clause
// The residual and the norms on one rank: against sums in long double over stored matrices, against
// the norms that the reference HPL prints, and with solutions that must not pass.
#include "base/lcg.h"
#include "comm/open_comm.h"
#include "compute/deferred.h"
#include "run/verify.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct bench {
    pn_log log;
    pn_comm *comm;
} bench;

static int set_up(void **state)
{
    static bench b;
    b.log = pn_log_create(PN_LOG_QUIET);
    *state = &b;
    return pn_comm_open(&b.comm, &(pn_comm_request){.library = "none", .log = &b.log});
}

static int tear_down(void **state)
{
    pn_comm_close(((bench *)*state)->comm);
    return 0;
}

typedef struct trial {
    pn_gidx n;
    const double *x;
    int threads;
    pn_compute *compute;
    double shift;
    const pn_norms *known;
} trial;

static double verify_on(void **state, const trial *t, pn_norms *norms)
{
    double residual = -1;
    pn_team *team;
    assert_int_equal(pn_team_create(&team, t->threads, NULL), PN_OK);
    pn_verify_request request = {.n = t->n,
                                 .seed = 100,
                                 .shift = t->shift,
                                 .x = t->x,
                                 .matrix = t->known,
                                 .comm = ((bench *)*state)->comm,
                                 .team = team,
                                 .compute = t->compute};
    assert_int_equal(pn_verify_solution(&request, norms, &residual), PN_OK);
    pn_team_destroy(team);
    return residual;
}

static double verify(void **state, pn_gidx n, const double *x, int threads, pn_norms *norms)
{
    return verify_on(state, &(trial){n, x, threads, NULL, 0, NULL}, norms);
}

// [A b], n x (n + 1), row-major.
static double *matrix(pn_gidx n)
{
    double *a = malloc(sizeof *a * (size_t)(n * (n + 1)));
    pn_gidx *index = malloc(sizeof *index * (size_t)(n + 1));
    for (pn_gidx i = 0; i <= n; i++)
        index[i] = i;
    pn_lcg_fill(&(pn_lcg_rectangle){a, n + 1, n, n + 1, index, index, n, 100});
    free(index);
    return a;
}

static void swap_rows(double *a, pn_gidx columns, pn_gidx one, pn_gidx other)
{
    for (pn_gidx j = 0; j < columns; j++) {
        double kept = a[one * columns + j];
        a[one * columns + j] = a[other * columns + j];
        a[other * columns + j] = kept;
    }
}

// Gauss with partial pivoting, as one writes it on a blackboard; destroys a.
static double *solve(double *a, pn_gidx n)
{
    double *x = malloc(sizeof *x * (size_t)n);
    pn_gidx w = n + 1;
    for (pn_gidx k = 0; k < n; k++) {
        pn_gidx pivot = k;
        for (pn_gidx i = k + 1; i < n; i++)
            if (fabs(a[i * w + k]) > fabs(a[pivot * w + k]))
                pivot = i;
        swap_rows(a, w, k, pivot);
        for (pn_gidx i = k + 1; i < n; i++) {
            double factor = a[i * w + k] / a[k * w + k];
            for (pn_gidx j = k; j < w; j++)
                a[i * w + j] -= factor * a[k * w + j];
        }
    }
    for (pn_gidx i = n - 1; i >= 0; i--) {
        x[i] = a[i * w + n];
        for (pn_gidx j = i + 1; j < n; j++)
            x[i] -= a[i * w + j] * x[j];
        x[i] /= a[i * w + i];
    }
    return x;
}

typedef struct truth {
    long double a_one, a_inf, x_one, x_inf, b_inf, error_inf;
} truth;

static truth measure_plainly(pn_gidx n, const double *x)
{
    truth t = {0};
    double *a = matrix(n);
    for (pn_gidx i = 0; i < n; i++) {
        long double row = 0, column = 0, error = -(long double)a[i * (n + 1) + n];
        for (pn_gidx j = 0; j < n; j++) {
            row += fabsl(a[i * (n + 1) + j]);
            column += fabsl(a[j * (n + 1) + i]);
            error += (long double)a[i * (n + 1) + j] * x[j];
        }
        t.a_inf = fmaxl(t.a_inf, row);
        t.a_one = fmaxl(t.a_one, column);
        t.b_inf = fmaxl(t.b_inf, fabsl(a[i * (n + 1) + n]));
        t.error_inf = fmaxl(t.error_inf, fabsl(error));
        t.x_inf = fmaxl(t.x_inf, fabsl(x[i]));
        t.x_one += fabsl(x[i]);
    }
    free(a);
    return t;
}

static void assert_near(double value, long double wanted)
{
    assert_true(fabsl(value - wanted) <= 1e-13L * wanted);
}

static void check_against_truth(void **state, pn_gidx n, const double *x, int threads)
{
    pn_norms norms;
    double residual = verify(state, n, x, threads, &norms);
    truth t = measure_plainly(n, x);
    assert_near(norms.a_one, t.a_one);
    assert_near(norms.a_inf, t.a_inf);
    assert_near(norms.x_one, t.x_one);
    assert_near(norms.x_inf, t.x_inf);
    assert_near(norms.b_inf, t.b_inf);
    long double scale = 0x1p-53L * (t.a_inf * t.x_inf + t.b_inf) * n;
    // The difference Ax - b is no more exact than the double arithmetic that it is made with.
    assert_true(fabsl(residual - t.error_inf / scale) < 1e-3L * (t.error_inf / scale) + 1);
}

static void agrees_with_plain_sums(void **state)
{
    const pn_gidx sizes[] = {1, 2, 3, 7, 8, 9, 100, 127, 129, 512, 513, 700, 1030};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pn_gidx n = sizes[i];
        double *x = malloc(sizeof *x * (size_t)n);
        for (pn_gidx j = 0; j < n; j++)
            x[j] = sin(1.0 + (double)j) * 3;
        for (int threads = 1; threads <= 5; threads += 2)
            check_against_truth(state, n, x, threads);
        free(x);
    }
}

static void passes_a_solution(void **state)
{
    const pn_gidx sizes[] = {1, 2, 5, 64, 300};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pn_norms norms;
        double *a = matrix(sizes[i]);
        double *x = solve(a, sizes[i]);
        double residual = verify(state, sizes[i], x, 2, &norms);
        assert_true(residual >= 0 && residual < 1);
        free(a);
        free(x);
    }
}

static void fails_a_solution_that_is_a_little_wrong(void **state)
{
    enum { N = 200 };
    pn_norms norms;
    double *a = matrix(N);
    double *x = solve(a, N);
    for (int at = 0; at < N; at += 37) {
        double kept = x[at];
        x[at] += 1e-7;
        assert_true(verify(state, N, x, 2, &norms) > 16);
        x[at] = kept;
    }
    assert_true(verify(state, N, x, 2, &norms) < 16);
    free(a);
    free(x);
}

static void fails_the_solution_of_a_poisoned_matrix(void **state)
{
    enum { N = 100 };
    pn_norms norms;
    double *a = matrix(N);
    a[42 * (N + 1) + 17] += 1e-6;
    double *x = solve(a, N);
    assert_true(verify(state, N, x, 1, &norms) > 16);
    free(a);
    free(x);
}

static void never_passes_what_is_not_finite(void **state)
{
    enum { N = 600 };
    const double bad[] = {NAN, INFINITY, -INFINITY, 1e308};
    const int places[] = {0, 1, 511, 512, N - 1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
            pn_norms norms;
            double x[N] = {0};
            x[places[k]] = bad[i];
            double residual = verify(state, N, x, 3, &norms);
            assert_false(isfinite(residual));
            assert_int_equal(isnan(norms.x_inf) != 0, isnan(bad[i]) != 0);
        }
}

typedef struct printed { // by the reference HPL
    pn_gidx n;
    pn_norms norms;
    double digits; // half a unit of the last place printed
} printed;

static void check_printed(const printed *reference, const pn_norms *norms, bool solved)
{
    double near = reference->digits * 1.01;
    assert_true(fabs(norms->a_one - reference->norms.a_one) <= near);
    assert_true(fabs(norms->a_inf - reference->norms.a_inf) <= near);
    assert_true(fabs(norms->b_inf - reference->norms.b_inf) <= fmin(near, 5e-5));
    if (!solved)
        return;
    assert_true(fabs(norms->x_one - reference->norms.x_one) <= near);
    assert_true(fabs(norms->x_inf - reference->norms.x_inf) <= near);
}

static void has_the_norms_of_the_reference(void **state)
{
    const printed references[] = {
        {151, {43.473090, 43.892431, 104.156764, 2.549673, 0.499546}, 0.5e-6},
        {317, {84.419145, 86.738333, 210.469057, 2.056661, 0.499678}, 0.5e-6},
        {1237, {322.917210, 324.490310, 574.907398, 1.904193, 0.499313}, 0.5e-6},
        {8000, {2054.51, 2050.29, 19888, 11.3635, 0.4998}, 5e-3},
    };
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        pn_norms norms;
        pn_gidx n = references[i].n;
        bool solved = n < 1000; // the plain solution takes its time
        double *a = solved ? matrix(n) : NULL;
        double *x = solved ? solve(a, n) : calloc((size_t)n, sizeof *x);
        double residual = verify(state, n, x, 2, &norms);
        check_printed(&references[i], &norms, solved);
        if (!solved) // of x = 0, where Ax - b is -b
            assert_true(fabs(residual * 0x1p-53 * (double)n - 1) < 1e-12);
        free(a);
        free(x);
    }
}

// Norms of a call before, in the place of sums; with a diagonal beside HPL's numbers as well.
static void known_norms_change_nothing(void **state)
{
    enum { N = 700 };
    double x[N];
    uint64_t number = 17;
    for (int i = 0; i < N; i++) {
        number = pn_lcg_next(number);
        x[i] = pn_lcg_value(number);
    }
    for (int shifted = 0; shifted < 2; shifted++) {
        pn_norms first, second;
        trial t = {N, x, 2, NULL, shifted ? 26.5 : 0, NULL};
        double residual = verify_on(state, &t, &first);
        t.known = &first;
        assert_true(fabs(verify_on(state, &t, &second) - residual) <= 1e-12 * residual);
        assert_true(second.a_one == first.a_one && second.a_inf == first.a_inf);
        assert_true(second.b_inf == first.b_inf && second.x_one == first.x_one);
        assert_true(first.a_inf > (shifted ? 26.5 : 0));
    }
}

static void check_same(void **state, pn_compute *compute, pn_gidx n, const double *x)
{
    pn_norms here, there;
    double residual = verify(state, n, x, 2, &here);
    double other = verify_on(state, &(trial){n, x, 1, compute, 0, NULL}, &there);
    assert_near(there.a_one, here.a_one);
    assert_near(there.a_inf, here.a_inf);
    assert_near(there.x_one, here.x_one);
    assert_near(there.b_inf, here.b_inf);
    assert_true(fabs(other - residual) < 1e-3 * residual + 1);
}

static void agrees_with_a_device(void **state)
{
    const pn_gidx sizes[] = {1, 2, 9, 150};
    pn_team *team;
    pn_blas *blas;
    pn_compute *late;
    assert_int_equal(pn_team_create(&team, 1, NULL), PN_OK);
    assert_int_equal(pn_blas_open(&blas, "auto"), PN_OK);
    assert_int_equal(pn_compute_deferred_open(&late, team, blas, 3), PN_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double *a = matrix(sizes[i]), *x = solve(a, sizes[i]);
        check_same(state, late, sizes[i], x);
        free(a);
        free(x);
    }
    late->ops->close(late);
    pn_blas_close(blas);
    pn_team_destroy(team);
}

// Claims that A is 0, and so is all that a solution gets wrong.
static bool lie(pn_compute *compute, const pn_residual_sums *task)
{
    ++*(int *)compute->state;
    memset(task->product, 0, (size_t)task->rows * sizeof(double));
    memset(task->row_size, 0, (size_t)task->rows * sizeof(double));
    memset(task->column_size, 0, (size_t)task->n * sizeof(double));
    return true;
}

static bool decline(pn_compute *compute, const pn_residual_sums *task)
{
    (void)task;
    ++*(int *)compute->state;
    return false;
}

static void does_not_believe_a_device_that_lies(void **state)
{
    enum { N = 90 };
    const pn_compute_ops lying = {.residual_sums = lie}, declining = {.residual_sums = decline};
    const pn_compute_ops *all[] = {&lying, &declining};
    bench *b = *state;
    double x[N];
    for (int i = 0; i < N; i++)
        x[i] = 1.0 / (i + 1);
    for (int i = 0; i < 2; i++) {
        int asked = 0;
        pn_compute compute = {.ops = all[i], .kind = "a liar", .state = &asked};
        FILE *stream = b->log.stream;
        b->log.stream = NULL; // it would rightly warn
        check_same(state, &compute, N, x);
        b->log.stream = stream;
        assert_int_equal(asked, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_device),
        cmocka_unit_test(does_not_believe_a_device_that_lies),
        cmocka_unit_test(agrees_with_plain_sums),
        cmocka_unit_test(passes_a_solution),
        cmocka_unit_test(fails_a_solution_that_is_a_little_wrong),
        cmocka_unit_test(fails_the_solution_of_a_poisoned_matrix),
        cmocka_unit_test(never_passes_what_is_not_finite),
        cmocka_unit_test(has_the_norms_of_the_reference),
        cmocka_unit_test(known_norms_change_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
