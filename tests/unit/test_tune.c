// SPDX-License-Identifier: BSD-3-Clause
// The search finds what is best among what may be tried, keeps the order, never falls behind what
// is taken without it, and tells what cannot be; constants come back out of the times that they
// make.
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "machines/predict.h"
#include "model/cost_fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "request.h"

typedef struct worth {
    double in_order, equal, differs; // what these choices are worth
    int calls;
} worth;

// Best at NB 256 and P 4; NB 512 cannot be.
static pn_status price_of_hill(void *context, pn_tuned *candidate)
{
    worth *hill = context;
    hill->calls++;
    if (candidate->nb == 512)
        return PN_OK;
    double nb = log2(candidate->nb / 256.0), p = log2(candidate->height.p / 4.0);
    candidate->rate = (!candidate->look_ahead ? hill->in_order : 1.0) *
                      (candidate->equal ? hill->equal : 1.0) *
                      (candidate->height.differs ? hill->differs : 1.0) * (100 - nb * nb - p * p);
    candidate->p =
        candidate->height.p + 16 * candidate->height.differs; // of the tallest: not what was tried
    return PN_OK;
}

static const int hill_nb[] = {64, 128, 256, 512};
static const pn_tuned_height hill_heights[] = {{1, false}, {1, true}, {2, false}, {2, true},
                                               {4, false}, {4, true}, {8, false}, {8, true}},
                             same_heights[] = {{1, false}, {2, false}, {4, false}, {8, false}};

static pn_tune_space space_of(worth *hill)
{
    return (pn_tune_space){.nb = hill_nb,
                           .nbs = 4,
                           .heights = same_heights,
                           .height_count = 4,
                           .look_ahead = 1,
                           .price = price_of_hill,
                           .context = hill};
}

static void finds_the_best_and_keeps_the_order(void **state)
{
    (void)state;
    worth hill = {.in_order = 0.9};
    int count = 0;
    pn_tuned best[5];
    pn_tune_space space = space_of(&hill);
    space.tries_no_look_ahead = true;
    assert_int_equal(pn_tune_search(&space, best, 5, &count), PN_OK);
    assert_int_equal(hill.calls, 16 + 5); // the best five without look-ahead as well
    assert_int_equal(count, 5);
    assert_true(best[0].nb == 256 && best[0].p == 4 && best[0].look_ahead);
    for (int i = 1; i < count; i++)
        assert_true(best[i].rate <= best[i - 1].rate && best[i].nb != 512);
}

static void finds_what_equal_shares_and_unlike_heights_are_worth(void **state)
{
    (void)state;
    worth hill = {.in_order = 0.9, .equal = 1.01, .differs = 1.1};
    int count = 0;
    pn_tuned best[3];
    pn_tune_space space = space_of(&hill);
    space.tries_equal = space.tries_no_look_ahead = true;
    space.heights = hill_heights;
    space.height_count = 8;
    assert_int_equal(pn_tune_search(&space, best, 3, &count), PN_OK);
    assert_int_equal(hill.calls, 2 * 16 + 2 * 3);
    assert_true(best[0].equal && best[0].height.differs && best[0].look_ahead);
    assert_true(best[0].nb == 256 && best[0].height.p == 4 && best[0].p == 20);
    pn_tuned again = pn_tuned_again(&best[0]);
    assert_true(again.equal && again.height.differs && again.nb == 256 && again.height.p == 4);
    assert_true(again.rate == 0 && again.n == 0);
    hill.in_order = 2; // an engine without use for look-ahead
    assert_int_equal(pn_tune_search(&space, best, 3, &count), PN_OK);
    assert_true(!best[0].look_ahead && !best[1].look_ahead && !best[2].look_ahead);
}

static pn_status price_of_none(void *context, pn_tuned *candidate)
{
    (void)context;
    (void)candidate;
    return PN_OK;
}

static void may_find_nothing(void **state)
{
    (void)state;
    static const int one = 1;
    static const pn_tuned_height low = {.p = 1};
    int count = 7;
    pn_tuned best[2];
    pn_tune_space space = {
        .nb = &one, .nbs = 1, .heights = &low, .height_count = 1, .price = price_of_none};
    assert_int_equal(pn_tune_search(&space, best, 2, &count), PN_OK);
    assert_int_equal(count, 0);
}

static pn_machine *read(const char *text)
{
    pn_machine *machine = NULL;
    if (pn_machine_read_text(&machine, "text", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return machine;
}

static void tunes_a_machine(void **state)
{
    (void)state;
    pn_machine *machine = read("machine: A\npartitions:\n"
                               "  - {name: a, nodes: 64, processor: EPYC 7763, processors: 2, "
                               "cores: 128, clock: 2.45GHz, memory: 256GB, network: HDR}\n");
    pn_tuning tuning;
    if (pn_tune_machine(&tuning, &(pn_prediction_request){.machine = machine,
                                                          .settings = PN_SETTINGS_USUAL}) != PN_OK)
        fail_msg("%s", pn_fail_message());
    assert_true(tuning.count >= 3 && tuning.tried > 50);
    assert_true(tuning.best[0].rate >= tuning.usual.rate);
    assert_int_equal(tuning.best[tuning.count - 1].look_ahead, 0);
    assert_true(tuning.best[tuning.count - 1].rate < tuning.best[0].rate);
    for (int i = 0; i < tuning.count; i++)
        assert_true(tuning.best[i].p * tuning.best[i].q <= 128);
    pn_prediction_request asked = {
        USUAL,           .machine = machine, .settings.n = 100000, .settings.nb = 192,
        .settings.p = 8, .settings.q = 16};
    assert_int_equal(pn_tune_machine(&tuning, &asked), PN_OK);
    assert_true(tuning.best[0].n == 100000 && tuning.best[0].nb == 192);
    assert_true(tuning.best[0].p == 8 && tuning.best[0].q == 16);
    asked.settings.n = 100000000;
    assert_int_equal(pn_tune_machine(&tuning, &asked), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "does not fit"));
    pn_machine_destroy(machine);
}

#define SCALAR                                                                                     \
    "  - {name: cpu, nodes: 96, processor: EPYC 7763, processors: 2, cores: 128, clock: 2.45GHz, " \
    "memory: 256GB, network: Omni-Path 100}\n"
#define DEVICES_OF(name, nodes, memory)                                                            \
    "  - {name: " name ", nodes: " nodes ", device: V100, devices: 4, device_memory: " memory      \
    ", memory: 192GB, cores: 40, network: Omni-Path 100, links: 4, link_bandwidth: 100Gb/s}\n"

static pn_tuning tuning_of(const char *partitions, pn_gidx n)
{
    char text[2048];
    snprintf(text, sizeof text, "machine: A\npartitions:\n%s", partitions);
    pn_machine *machine = read(text);
    pn_tuning tuning;
    pn_prediction_request request = {USUAL, .machine = machine, .settings.n = n,
                                     .settings.nb = 512};
    if (pn_tune_machine(&tuning, &request) != PN_OK)
        fail_msg("%s", pn_fail_message());
    pn_machine_destroy(machine);
    return tuning;
}

static void assert_whole(const pn_tuned *tuned, int parts)
{
    double share = 0;
    int columns = 0, tallest = 0;
    assert_int_equal(tuned->classes, parts);
    for (int i = 0; i < parts; i++) {
        share += tuned->of[i].share;
        columns += tuned->of[i].columns;
        tallest = tuned->of[i].height > tallest ? tuned->of[i].height : tallest;
    }
    assert_true(fabs(share - 1) < 1e-9);
    assert_true(columns == tuned->q && tallest == tuned->p);
}

static const pn_tuned *find_equal(const pn_tuning *tuning)
{
    for (int i = 0; i < tuning->count; i++)
        if (tuning->best[i].equal)
            return &tuning->best[i];
    fail_msg("equal shares were not tried");
    return NULL;
}

static void several_partitions_never_fall_behind_the_usual(void **state)
{
    (void)state;
    static const char *const machines[] = {SCALAR DEVICES_OF("gpu", "64", "32GB"),
                                           DEVICES_OF("old", "53", "16GB")
                                               SCALAR DEVICES_OF("octo", "17", "32GB")};
    for (int m = 0; m < 2; m++) {
        pn_tuning tuning = tuning_of(machines[m], 0);
        assert_true(tuning.count >= 3 && tuning.best[0].rate >= tuning.usual.rate);
        for (int i = 0; i < tuning.count; i++) {
            assert_whole(&tuning.best[i], m + 2);
            assert_true(i == 0 || tuning.best[i].rate <= tuning.best[i - 1].rate);
            for (int k = 0; k < i; k++)
                assert_false(pn_tuned_is_same(&tuning.best[k], &tuning.best[i]));
        }
        // Unlike parts: each its own share, and panels beside the products.
        const pn_tuned *equal = find_equal(&tuning);
        assert_true(!tuning.best[0].equal && tuning.best[0].look_ahead);
        assert_true(equal->rate < tuning.best[0].rate);
        double each = equal->of[0].share / equal->of[0].columns;
        for (int i = 1; i < equal->classes; i++)
            assert_true(fabs(equal->of[i].share / equal->of[i].columns / each - 1) < 0.1);
    }
}

// Whatever heights the search finds, all together multiply no faster than each alone.
static void two_partitions_of_one_kind_keep_within_their_rates(void **state)
{
    (void)state;
#define XEONS(name, nodes)                                                                         \
    "  - {name: " name ", nodes: " nodes ", processor: Xeon E5-2680 v3, processors: 2, cores: "    \
    "24, clock: 2.5GHz, memory: 64GB, network: InfiniBand FDR}\n"
    pn_machine *machine = read("machine: A\npartitions:\n" XEONS("a", "448") XEONS("b", "72"));
    pn_prediction_request request = {USUAL, .machine = machine, .settings.nb = 512, .steps = 60};
    pn_prediction told;
    pn_tuning tuning;
    double all = 0;
    assert_int_equal(pn_predict_machine(&told, &request), PN_OK);
    assert_int_equal(pn_tune_machine(&tuning, &request), PN_OK);
    for (int i = 0; i < told.partitions; i++)
        all += told.of[i].processes * told.of[i].rate;
    for (int i = 0; i < tuning.count; i++)
        assert_true(tuning.best[i].rate < all);
    pn_prediction_release(&told);
    pn_machine_destroy(machine);
#undef XEONS
}

// Like speeds and unlike memory: equal shares fit only a matrix that fills the smaller one.
static void equal_shares_fit_the_memory(void **state)
{
    (void)state;
    const char *machine = "  - {name: small, nodes: 40, processors: 1, memory: 64GB, rate: 2TF, "
                          "network: HDR}\n"
                          "  - {name: large, nodes: 40, processors: 1, memory: 256GB, rate: 2TF, "
                          "network: HDR}\n";
    pn_tuning tuning = tuning_of(machine, 0);
    const pn_tuned *equal = find_equal(&tuning);
    double n = (double)equal->n;
    double bytes = 8 * n * n / (double)equal->q / equal->of[0].height;
    assert_true(bytes < 1.02 * 64e9 && bytes > 0.7 * 64e9);
    tuning = tuning_of(machine, 1000000); // fits as it is dealt by rates and memory only
    assert_true(tuning.count >= 2);
    for (int i = 0; i < tuning.count; i++)
        assert_true(tuning.best[i].n == 1000000 && !tuning.best[i].equal);
}

static void finds_constants_that_cannot_be_negative(void **state)
{
    (void)state;
    static const double made[] = {2e-11, 3e-9, 0};
    double terms[3 * 24], found[3];
    int rows = 0;
    for (int m = 1; m <= 6; m++)
        for (int nb = 1; nb <= 4; nb++, rows++) {
            double term[] = {1000.0 * m * 64 * nb, 1000.0 * m, -64.0 * nb};
            double seconds = made[0] * term[0] + made[1] * term[1];
            for (int k = 0; k < 3; k++)
                terms[3 * rows + k] = term[k] / seconds;
        }
    pn_nearest_constants(terms, rows, 3, found);
    assert_true(fabs(found[0] / made[0] - 1) < 1e-3 && fabs(found[1] / made[1] - 1) < 1e-3);
    assert_true(found[2] >= 0 && found[2] < 1e-10);
}

// A machine as probe writes it, from rates that are all 50 GFLOP/s a thread.
static pn_machine *probed_with(int ranks, int nodes, const char *more)
{
    char text[8192];
    size_t used = (size_t)snprintf(
        text, sizeof text,
        "machine: P\npartitions:\n  - name: p\n    nodes: %d\n    ranks: %d\n    memory: 16GB\n"
        "    memory_available: 8GB\n    rate: %dGF\n    measured:\n"
        "    - {operation: copy, threads: 1, m: 1536, n: 3072, bandwidth: 20GB/s}\n"
        "    - {operation: message, bandwidth: 5GB/s, latency: 1us}\n",
        nodes, ranks, 50 * ranks);
    for (int nb = 128; nb <= 256; nb *= 2)
        used += (size_t)snprintf(
            text + used, sizeof text - used,
            "    - {operation: multiply, threads: 1, m: 3072, n: 3072, nb: %d, rate: 50GF}\n"
            "    - {operation: strip, threads: 1, m: 3072, n: %d, nb: %d, rate: 40GF}\n"
            "    - {operation: solve, threads: 1, m: %d, n: 3072, nb: %d, rate: 30GF}\n"
            "    - {operation: panel, threads: 1, m: 3072, n: %d, nb: %d, rate: 20GF}\n",
            nb, nb, nb, nb, nb, nb, nb);
    snprintf(text + used, sizeof text - used, "%s", more);
    return read(text);
}

static pn_machine *probed(int ranks, int nodes)
{
    return probed_with(ranks, nodes, "");
}

static double predicted(pn_machine *machine, const pn_prediction_request *asked)
{
    pn_prediction prediction;
    pn_prediction_request request = *asked;
    request.machine = machine;
    if (pn_predict_machine(&prediction, &request) != PN_OK)
        fail_msg("%s", pn_fail_message());
    double rate = prediction.forecast.rate;
    pn_prediction_release(&prediction);
    return rate;
}

static void a_probed_machine_needs_no_network(void **state)
{
    (void)state;
    pn_machine *one = probed(1, 1), *two = probed(2, 1), *many = probed(1, 1000);
    pn_prediction_request small = {USUAL, .settings.n = 2000, .settings.nb = 128},
                          large = {USUAL, .settings.n = 20000, .settings.nb = 128};
    double rate = predicted(one, &large);
    assert_true(rate > 44e9 && rate < 50e9);
    assert_true(predicted(one, &small) < rate);
    double both = predicted(two, &large);
    assert_true(both > 1.8 * rate && both < 2 * rate);
    pn_prediction_request down = large;
    down.settings.p = 2;
    down.settings.q = 1;
    assert_true(predicted(two, &down) < both); // rows are exchanged, panels are not
    down.settings.q = 2;
    pn_prediction prediction;
    down.machine = two;
    assert_int_equal(pn_predict_machine(&prediction, &down), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "--grid 2x2 has 4 processes"));
    pn_prediction_request scaled = {USUAL, .machine = many};
    assert_int_equal(pn_predict_machine(&prediction, &scaled), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "--network"));
    pn_machine_destroy(one);
    pn_machine_destroy(two);
    pn_machine_destroy(many);
}

// Exchange and solve at `slowness` times what solving and copying come to.
static pn_machine *probed_with_rows(int ranks, double slowness)
{
    char text[512];
    size_t used = 0;
    for (int nb = 128; nb <= 256; nb *= 2)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "    - {operation: rows, threads: 1, m: %d, n: 3072, nb: %d, "
                                 "rate: %.9gGF}\n",
                                 nb, nb, 1 / (1 / 30.0 + 32 / 20.0 / nb) / slowness);
    return probed_with(ranks, 1, text);
}

static void rows_that_were_measured_count(void **state)
{
    (void)state;
    pn_prediction_request alone = {USUAL, .settings.n = 5000, .settings.nb = 192},
                          down = {USUAL, .settings.n = 5000, .settings.nb = 192, .settings.p = 2};
    pn_machine *usual[] = {probed(1, 1), probed(2, 1)};
    pn_machine *same[] = {probed_with_rows(1, 1), probed_with_rows(2, 1)};
    pn_machine *slow[] = {probed_with_rows(1, 2), probed_with_rows(2, 2)};
    double rate = predicted(usual[0], &alone), two = predicted(usual[1], &down);
    assert_true(fabs(predicted(same[0], &alone) / rate - 1) < 1e-5);
    assert_true(predicted(slow[0], &alone) < 0.99 * rate);
    // two processes of a column solve and move each its own part
    assert_true(fabs(predicted(same[1], &down) / two - 1) < 1e-5);
    assert_true(fabs(predicted(slow[1], &down) / two - 1) < 1e-5);
    for (int i = 0; i < 2; i++) {
        pn_machine_destroy(usual[i]);
        pn_machine_destroy(same[i]);
        pn_machine_destroy(slow[i]);
    }
}

static double seconds(pn_machine *machine, const pn_prediction_request *asked)
{
    double n = (double)asked->settings.n;
    return (2.0 / 3.0 * n * n * n + 1.5 * n * n) / predicted(machine, asked);
}

// The back substitution reads the matrix once, and two columns read theirs beside each other.
static void reading_that_was_measured_counts(void **state)
{
    (void)state;
    static const char slow[] = "    - {operation: apply, threads: 1, m: 3072, n: 192, "
                               "bandwidth: 1GB/s}\n";
    static const char usual[] = "    - {operation: apply, threads: 1, m: 3072, n: 192, "
                                "bandwidth: 4GB/s}\n";
    pn_prediction_request asked = {USUAL, .settings.n = 7680, .settings.nb = 192};
    double more[2], bytes = 4.0 * 7680 * 7680;
    for (int i = 0; i < 2; i++) {
        pn_machine *known = probed_with(i + 1, 1, usual),
                   *read_slowly = probed_with(i + 1, 1, slow);
        pn_machine *unknown = probed(i + 1, 1);
        asked.settings.p = 1;
        asked.settings.q = i + 1;
        assert_true(fabs(seconds(unknown, &asked) / seconds(known, &asked) - 1) < 1e-9);
        more[i] = seconds(read_slowly, &asked) - seconds(known, &asked);
        pn_machine_destroy(known);
        pn_machine_destroy(read_slowly);
        pn_machine_destroy(unknown);
    }
    assert_true(fabs(more[0] / (bytes * 0.75e-9) - 1) < 0.03);
    assert_true(fabs(more[1] / more[0] - 0.5) < 0.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_best_and_keeps_the_order),
        cmocka_unit_test(finds_what_equal_shares_and_unlike_heights_are_worth),
        cmocka_unit_test(may_find_nothing),
        cmocka_unit_test(tunes_a_machine),
        cmocka_unit_test(several_partitions_never_fall_behind_the_usual),
        cmocka_unit_test(two_partitions_of_one_kind_keep_within_their_rates),
        cmocka_unit_test(equal_shares_fit_the_memory),
        cmocka_unit_test(finds_constants_that_cannot_be_negative),
        cmocka_unit_test(a_probed_machine_needs_no_network),
        cmocka_unit_test(rows_that_were_measured_count),
        cmocka_unit_test(reading_that_was_measured_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
