// SPDX-License-Identifier: BSD-3-Clause
// Rates are taken for every kind on any team; how fast is not tested, only that it is sound.
#include "base/clock.h"
#include "compute/cpu.h"
#include "compute/deferred.h"
#include "probe/panel_rate.h"
#include "probe/rates.h"
#include "probe/rates_steady.h"
#include "probe/repeat.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void measures_every_kind(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads += 2) {
        pn_blas *blas = NULL;
        pn_team *team = NULL;
        pn_compute *compute = NULL;
        if (pn_blas_open(&blas, "auto") != PN_OK || pn_team_create(&team, threads, NULL) != PN_OK ||
            pn_compute_cpu_open(&compute, team, blas) != PN_OK)
            fail_msg("%s", pn_fail_message());
        pn_rate rates[PN_RATE_KIND_COUNT + 1];
        for (int i = 0; i <= PN_RATE_KIND_COUNT; i++)
            rates[i] = (pn_rate){.kind = (pn_rate_kind)(i % PN_RATE_KIND_COUNT), .nb = 80 - 8 * i};
        assert_int_equal(pn_rates_measure(rates, PN_RATE_KIND_COUNT + 1, compute, 0.0), PN_OK);
        for (int i = 0; i <= PN_RATE_KIND_COUNT; i++) {
            assert_true(rates[i].rate > 0.0 && isfinite(rates[i].rate));
            // A go that took long, as on a busy machine, needs no repeats.
            assert_true(rates[i].spread >= 0.0 && rates[i].repeats >= 1);
            bool is_beside = rates[i].kind == PN_RATE_STRIP; // other threads that multiply
            assert_int_equal(rates[i].threads, is_beside ? 1 : threads);
        }
        pn_rate_load *load;
        assert_int_equal(pn_rate_load_create(&load, compute, 48), PN_OK);
        assert_int_equal(load != NULL, threads > 1);
        pn_rate_load *beside[] = {NULL, load};
        for (int i = 0; i < 2; i++) {
            pn_panel_rate panel = {.rows = 500, .nb = 48, .beside = beside[i]};
            assert_int_equal(pn_panel_rate_measure(&panel, team, blas, 0.0), PN_OK);
            assert_true(panel.rate > 0.0 && isfinite(panel.rate) && panel.repeats >= 3);
            assert_false(pn_team_is_started(team));
        }
        pn_rate_load_destroy(load);
        compute->ops->close(compute);
        pn_team_destroy(team);
        pn_blas_close(blas);
    }
}

static void the_median_is_the_middle(void **state)
{
    (void)state;
    double odd[] = {5, 1, 4}, even[] = {8, 2, 4, 6}, spread;
    assert_true(pn_repeat_median(odd, 3, &spread) == 4.0 && spread == 1.0);
    assert_true(pn_repeat_median(even, 4, &spread) == 5.0 && fabs(spread - 1.2) < 1e-15);
}

static void measures_panels_of_a_part(void **state)
{
    (void)state;
    pn_blas *blas = NULL;
    pn_team *team = NULL;
    pn_compute *late = NULL;
    if (pn_blas_open(&blas, "auto") != PN_OK || pn_team_create(&team, 1, NULL) != PN_OK ||
        pn_compute_deferred_open(&late, team, blas, 5) != PN_OK)
        fail_msg("%s", pn_fail_message());
    pn_panel_rate panel = {.rows = 200, .nb = 24};
    assert_int_equal(pn_panel_rate_on_part(&panel, late, 0.0), PN_OK);
    assert_true(panel.rate > 0.0 && isfinite(panel.rate) && panel.repeats >= 3);
    late->ops->close(late);
    pn_team_destroy(team);
    pn_blas_close(blas);
}

typedef struct processor {
    pn_blas *blas;
    pn_team *team;
    pn_compute *compute;
} processor;

static processor open_processor(void)
{
    processor p = {0};
    if (pn_blas_open(&p.blas, "auto") != PN_OK || pn_team_create(&p.team, 1, NULL) != PN_OK ||
        pn_compute_cpu_open(&p.compute, p.team, p.blas) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return p;
}

static void close_processor(processor *p)
{
    p->compute->ops->close(p->compute);
    pn_team_destroy(p->team);
    pn_blas_close(p->blas);
}

// However short it is, and however much longer.
static void measures_the_steady_state(void **state)
{
    (void)state;
    processor p = open_processor();
    for (double seconds = 0.0; seconds < 0.2; seconds += 0.1) {
        pn_steady_rate steady;
        pn_rate_shape shape = {.nb = 32, .rows = 200, .columns = 200};
        assert_int_equal(pn_rate_steady(&steady, p.compute, &shape, seconds), PN_OK);
        assert_true(steady.undisturbed > 0.0 && isfinite(steady.undisturbed));
        assert_true(steady.mean > 0.0 && isfinite(steady.mean));
        assert_true(steady.processor > 0.0 && isfinite(steady.processor));
    }
    close_processor(&p);
}

// A part that multiplies in no time at first, as with a clock that is about to fall, and then takes
// a nap for each product.
static double began_at;
static const double fast_seconds = 0.02, product_seconds = 0.002;

static void start_nothing(pn_compute *compute, const pn_update *task, int crew)
{
    (void)compute, (void)task, (void)crew;
    began_at = began_at > 0.0 ? began_at : pn_clock();
}

static void finish_late(pn_compute *compute)
{
    (void)compute;
    if (pn_clock() - began_at > fast_seconds)
        for (double begin = pn_clock(); pn_clock() - begin < product_seconds;)
            pn_nap(product_seconds);
}

static void the_first_moments_do_not_count(void **state)
{
    (void)state;
    processor p = open_processor();
    pn_compute_ops ops = *p.compute->ops;
    ops.multiply_start = start_nothing;
    ops.multiply_finish = finish_late;
    p.compute->ops = &ops;
    began_at = 0.0;
    pn_steady_rate steady;
    pn_rate_shape shape = {.nb = 16, .rows = 64, .columns = 64};
    assert_int_equal(pn_rate_steady(&steady, p.compute, &shape, 0.6), PN_OK);
    double most = 2.0 * 64 * 64 * 16 / product_seconds; // no product is larger than the matrix
    assert_true(steady.mean > 0.0 && steady.mean <= most);
    assert_true(steady.undisturbed > 0.0 && steady.undisturbed <= most);
    close_processor(&p);
}

// A piece may have time for more rows than the matrix has, and for fewer than pieces usually have.
static void a_small_matrix_is_a_piece(void **state)
{
    (void)state;
    processor p = open_processor();
    pn_compute_ops ops = *p.compute->ops;
    ops.multiply_start = start_nothing;
    ops.multiply_finish = finish_late;
    p.compute->ops = &ops;
    began_at = pn_clock() - 1.0; // naps from the first product on
    pn_steady_rate steady;
    pn_rate_shape shape = {.nb = 16, .rows = 64, .columns = 64};
    assert_int_equal(pn_rate_steady(&steady, p.compute, &shape, 0.1), PN_OK);
    assert_true(steady.undisturbed > 0.0 && isfinite(steady.undisturbed));
    assert_true(steady.by_cpu_time > 0.0 && isfinite(steady.by_cpu_time));
    close_processor(&p);
}

static void count_meeting(void *context)
{
    ++*(int *)context;
}

static pn_status have_no_memory(pn_compute *compute, size_t bytes, void **memory)
{
    (void)compute, (void)bytes;
    *memory = NULL;
    return pn_fail(PN_ERROR_MEMORY, "no memory, as the test wants");
}

// Before each rate, and as often where one part cannot measure: the others wait for it.
static void parts_meet_whatever_happens(void **state)
{
    (void)state;
    processor p = open_processor();
    pn_compute_ops ops = *p.compute->ops;
    pn_rate rates[] = {{.kind = PN_RATE_MULTIPLY, .nb = 16, .rows = 64, .columns = 64},
                       {.kind = PN_RATE_COPY, .nb = 16, .rows = 64, .columns = 64}};
    int meetings = 0;
    pn_rate_meeting meeting = {count_meeting, &meetings};
    assert_int_equal(pn_rates_measure_together(rates, 2, p.compute, 0, &meeting), PN_OK);
    assert_int_equal(meetings, 2);
    ops.allocate = have_no_memory;
    p.compute->ops = &ops;
    assert_int_equal(pn_rates_measure_together(rates, 2, p.compute, 0, &meeting), PN_ERROR_MEMORY);
    assert_int_equal(meetings, 4);
    close_processor(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_panels_of_a_part),
        cmocka_unit_test(measures_every_kind),
        cmocka_unit_test(the_median_is_the_middle),
        cmocka_unit_test(measures_the_steady_state),
        cmocka_unit_test(the_first_moments_do_not_count),
        cmocka_unit_test(a_small_matrix_is_a_piece),
        cmocka_unit_test(parts_meet_whatever_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
