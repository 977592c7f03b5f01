// SPDX-License-Identifier: BSD-3-Clause
// What people are told while a run goes on, for a run whose speed never changes.
#include "run/watch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const double seconds_in_all = 1000;

static double left_after(pn_gidx steps, pn_gidx done)
{
    return pow((double)(steps - done) / (double)steps, 3);
}

static void see(const pn_observer *observer, pn_op_kind kind, pn_gidx step, double time)
{
    pn_op op = {.kind = kind, .step = step};
    observer->after(observer->context, &op, time, 0);
}

// All of a step's work is done between its first multiplication and that of the next.
static void watch_a_steady_run(FILE *told, pn_gidx steps)
{
    pn_log log = {.stream = told, .level = PN_LOG_NORMAL, .ranks = 1};
    pn_result result = {0};
    pn_watch watch = {.log = &log,
                      .n = 10 * steps,
                      .steps = steps,
                      .trace = &result.trace,
                      .result = &result,
                      .pace = pn_pace_of(seconds_in_all, 10 * steps, 0, 0)};
    pn_observer observer = pn_watch_progress(&watch);
    watch.origin = watch.spoken = 0;
    for (pn_gidx step = 0; step < steps; step++) {
        double began = seconds_in_all * (1 - left_after(steps, step));
        double ended = seconds_in_all * (1 - left_after(steps, step + 1));
        see(&observer, PN_OP_MULTIPLY_START, step, began);
        see(&observer, PN_OP_MULTIPLY_FINISH, step, 0.5 * (began + ended));
        see(&observer, PN_OP_MULTIPLY_START, step, 0.5 * (began + ended));
        see(&observer, PN_OP_MULTIPLY_FINISH, step, ended);
    }
}

static void a_steady_run_is_told_steady(void **state)
{
    (void)state;
    enum { STEPS = 20 };
    FILE *told = tmpfile();
    assert_non_null(told);
    watch_a_steady_run(told, STEPS);
    rewind(told);
    double percent, rate, so_far, left, first_rate = 0;
    int lines = 0;
    while (fscanf(told, "solving: %lf %% %lf GFLOP/s %lf s so far, %lf s left\n", &percent, &rate,
                  &so_far, &left) == 4) {
        first_rate = lines++ == 0 ? rate : first_rate;
        assert_true(fabs(percent - 100 * so_far / seconds_in_all) < 0.1);
        assert_true(fabs(rate / first_rate - 1) < 1e-3);
        assert_true(fabs(so_far + left - seconds_in_all) <= 1);
    }
    assert_true(feof(told));
    assert_in_range(lines, STEPS / 3, STEPS);
    fclose(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_run_is_told_steady),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
