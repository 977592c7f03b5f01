// SPDX-License-Identifier: BSD-3-Clause
// The model against what can be worked out by hand: one process, free links, slow links, unlike
// columns, and pricing only some of the steps.
#include "model/model.h"
#include "model/price.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COLUMNS_MOST = 8 };

typedef struct setting {
    pn_gidx n;
    int nb, p, q, stride, look_ahead;
    double rate[2];   // FLOP/s of a process of class 0 (the first half of the columns) and class 1
    double shares[2]; // of their columns
    double bandwidth; // B/s
    double panel;     // rate of the panel over that of the multiply
    double device;    // the same of a panel that the device factors; 0: it cannot
    pn_panel_home home;
    double between; // B/s from class to class; 0: as inside
    int buffers;    // 0: 3
} setting;

static pn_class_cost cost_of(const setting *s, double rate)
{
    double a = 2.0 / rate, second = s->bandwidth > 0 ? 1.0 / s->bandwidth : 0.0;
    pn_class_cost cost = {0};
    cost.process.multiply[0] = a;
    cost.process.solve = a / 2;
    cost.process.panel = s->panel > 0 ? a / s->panel : 0;
    cost.process.device_panel = s->device > 0 ? a / s->device : 0;
    cost.column = cost.row = (pn_link){s->bandwidth > 0 ? 1e-6 : 0.0, second};
    return cost;
}

static double seconds_of(const setting *s)
{
    double shares[COLUMNS_MOST];
    int class_of[COLUMNS_MOST];
    pn_class_cost costs[2] = {cost_of(s, s->rate[0]), cost_of(s, s->rate[1])};
    for (int j = 0; j < s->q; j++) {
        class_of[j] = s->rate[1] > 0 && j >= s->q / 2;
        shares[j] = s->shares[0] > 0 ? s->shares[class_of[j]] : 1;
    }
    pn_layout_request request = {.n = s->n,
                                 .nb = s->nb,
                                 .columns = s->q,
                                 .virtual_rows = s->p,
                                 .shares = shares,
                                 .column_major_ranks = true};
    pn_layout *layout = NULL;
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    pn_link between[] = {costs[0].row, costs[0].row, costs[0].row, costs[1].row};
    between[1].per_byte = between[2].per_byte =
        s->between > 0 ? 1 / s->between : costs[0].row.per_byte;
    pn_model model = {.layout = layout,
                      .settings = {.look_ahead = s->look_ahead,
                                   .split = 0.5,
                                   .panel_home = s->home,
                                   .buffers = s->buffers ? s->buffers : 3},
                      .classes = {2, costs, class_of, between},
                      .steps = s->stride > 0 ? (int)(s->n / s->nb / s->stride) : 0};
    pn_forecast forecast;
    pn_class_time told[2];
    assert_int_equal(pn_model_run(&model, &forecast, told), PN_OK);
    pn_layout_destroy(layout);
    return forecast.seconds;
}

static double ideal(const setting *s)
{
    return 2.0 / 3.0 * pow((double)s->n, 3) / (s->rate[0] * s->p * s->q);
}

static void one_process_takes_the_time_of_its_operations(void **state)
{
    (void)state;
    for (int look_ahead = 0; look_ahead < 2; look_ahead++) {
        setting s = {
            .n = 20000, .nb = 200, .p = 1, .q = 1, .rate = {1e11}, .look_ahead = look_ahead};
        double steps = (double)s.n / s.nb, b = s.nb, exact = 0;
        for (double k = 0; k < steps; k++) { // m x w of every step and the triangle above it
            double m = (double)s.n - (k + 1) * b, w = m + 1;
            exact += (2 * m * w * b + w * b * b) / s.rate[0];
        }
        assert_true(fabs(seconds_of(&s) / exact - 1) < 0.005);
    }
}

static void equal_processes_with_free_links_share_the_work(void **state)
{
    (void)state;
    setting s = {.n = 40000, .nb = 100, .p = 2, .q = 4, .rate = {1e11}, .look_ahead = 1};
    double efficiency = ideal(&s) / seconds_of(&s);
    assert_true(efficiency > 0.95 && efficiency <= 1.003); // panels are free here
}

static void slower_links_take_longer(void **state)
{
    (void)state;
    setting s = {.n = 20000, .nb = 200, .p = 2, .q = 4, .rate = {1e11}, .look_ahead = 1};
    double last = seconds_of(&s);
    for (double bandwidth = 1e11; bandwidth > 1e7; bandwidth /= 10) {
        s.bandwidth = bandwidth;
        double now = seconds_of(&s);
        assert_true(now >= last);
        last = now;
    }
    assert_true(last > 3 * ideal(&s)); // by now it is all waiting
}

// A buffer is claimed once its last panel has left, which takes long where the next column is far.
static void more_buffers_let_panels_be_under_way(void **state)
{
    (void)state;
    setting two = {.n = 8000,
                   .nb = 100,
                   .p = 2,
                   .q = 7,
                   .rate = {1e11, 1e10},
                   .bandwidth = 1e8,
                   .between = 1e7,
                   .panel = 0.1,
                   .look_ahead = 1,
                   .buffers = 2};
    setting three = two, many = two;
    three.buffers = 3;
    many.buffers = 8;
    assert_true(seconds_of(&three) < seconds_of(&two));
    assert_true(seconds_of(&many) <= seconds_of(&three));
}

static void look_ahead_hides_the_panel(void **state)
{
    (void)state;
    setting s = {.n = 20000, .nb = 200, .p = 1, .q = 4, .rate = {1e11}, .panel = 0.2};
    double in_turn = seconds_of(&s);
    s.look_ahead = 1;
    assert_true(seconds_of(&s) < 0.98 * in_turn);
}

static void a_slow_panel_sets_the_pace(void **state)
{
    (void)state;
    setting s = {.n = 20000, .nb = 200, .p = 1, .q = 4, .rate = {1e11}, .look_ahead = 1};
    s.panel = 0.001;
    double panels = 0;
    for (double m = (double)s.n; m > 0; m -= s.nb)
        panels += 2 * m * s.nb * s.nb / (s.rate[0] * s.panel);
    assert_true(seconds_of(&s) > panels && seconds_of(&s) < 1.3 * panels);
}

// The host's panels are hidden in the first steps, and the device's are the faster ones in the
// last.
static void panels_are_priced_where_they_are_factored(void **state)
{
    (void)state;
    setting s = {.n = 20000,
                 .nb = 200,
                 .p = 1,
                 .q = 1,
                 .rate = {1e11},
                 .look_ahead = 1,
                 .panel = 0.02,
                 .device = 0.1};
    setting host = s, device = s, unable = s, slow = s;
    host.home = PN_PANEL_HOST;
    device.home = PN_PANEL_DEVICE;
    unable.device = 0;
    slow.device = 0.001;
    double least = fmin(seconds_of(&host), seconds_of(&device));
    assert_true(seconds_of(&s) < 0.99 * least);
    assert_true(seconds_of(&host) == seconds_of(&unable));
    assert_true(fabs(seconds_of(&slow) / seconds_of(&host) - 1) < 1e-3); // but for the first panel
    s.look_ahead = device.look_ahead = 0;                                // nothing hides any
    assert_true(seconds_of(&s) == seconds_of(&device));
}

static void unlike_columns_are_worth_their_sum_with_fair_shares(void **state)
{
    (void)state;
    setting s = {.n = 48000, .nb = 96, .p = 1, .q = 4, .rate = {3e11, 1e11}, .look_ahead = 1};
    double sum = 2.0 / 3.0 * pow((double)s.n, 3) / (2 * (s.rate[0] + s.rate[1]));
    s.shares[0] = 3;
    s.shares[1] = 1;
    assert_true(sum / seconds_of(&s) > 0.97);
    s.shares[0] = 1; // equal shares: twice as long, at the pace of the slow ones
    assert_true(fabs(seconds_of(&s) / (2 * sum) - 1) < 0.03);
}

static void some_steps_stand_for_all(void **state)
{
    (void)state;
    setting s = {.n = 60000, .nb = 60, .p = 2, .q = 5, .rate = {1e11}, .look_ahead = 1};
    s.bandwidth = 2e9;
    s.panel = 0.1;
    double all = seconds_of(&s);
    s.stride = 5;
    assert_true(fabs(seconds_of(&s) / all - 1) < 0.02);
}

static void the_slowest_of_many_is_slower(void **state)
{
    (void)state;
    assert_true(pn_price_slowest(0.01, 1) == 1.0);
    assert_true(pn_price_slowest(0.0, 1000) == 1.0);
    assert_true(fabs(pn_price_slowest(0.01, exp(8)) - 1.04) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_process_takes_the_time_of_its_operations),
        cmocka_unit_test(equal_processes_with_free_links_share_the_work),
        cmocka_unit_test(slower_links_take_longer),
        cmocka_unit_test(more_buffers_let_panels_be_under_way),
        cmocka_unit_test(look_ahead_hides_the_panel),
        cmocka_unit_test(a_slow_panel_sets_the_pace),
        cmocka_unit_test(panels_are_priced_where_they_are_factored),
        cmocka_unit_test(unlike_columns_are_worth_their_sum_with_fair_shares),
        cmocka_unit_test(some_steps_stand_for_all),
        cmocka_unit_test(the_slowest_of_many_is_slower),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
