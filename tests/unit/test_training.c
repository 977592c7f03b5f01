// SPDX-License-Identifier: BSD-3-Clause
// Trainings: operations, speeds of unlike parts, what fits, whose rate and share is taken, and
// published runs held against the interval that the others of them give.
#include "machines/training.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/machine_make.h"
#include "machines.h"
#include "machines/half_kind.h"

#define GPU(name, nodes, device)                                                                   \
    "  - {name: " name ", nodes: " nodes ", device: " device ", devices: 4, device_memory: 80GB"
#define CPU "  - {name: cpu, nodes: 10, processor: AMD EPYC 7763, processors: 2, memory: 64GB"

static const pn_language_model seven = {.parameters = 7e9, .active = 7e9, .tokens = 3e12};
static const pn_training_prices free_of_charge = {0, 0};

static pn_trainers trainers_of(const char *partitions)
{
    pn_trainers trainers;
    pn_machine *machine = machine_of(partitions);
    if (pn_trainers_of_machine(&trainers, machine) != PN_OK)
        fail_msg("%s", pn_fail_message());
    pn_machine_destroy(machine);
    return trainers;
}

static void assert_close(double value, double expected)
{
    if (!(fabs(value / expected - 1) < 1e-9))
        fail_msg("%.12g is not %.12g", value, expected);
}

static void test_operations(void **state)
{
    (void)state;
    pn_language_model mixed = {.parameters = 671e9, .active = 37e9, .tokens = 14.8e12};
    assert_close(pn_language_model_operations(&seven), 1.26e23);
    assert_close(pn_language_model_operations(&mixed), 6 * 37e9 * 14.8e12);
    assert_close(pn_language_model_bytes(&mixed), 16 * 671e9);
}

static void test_parts_and_together(void **state)
{
    (void)state;
    pn_trainers trainers =
        trainers_of(GPU("old", "10", "V100") "}\n" GPU("new", "5", "H100") "}\n" CPU "}\n");
    pn_training_prices prices = {.hour = 2, .energy = 1e-8};
    double speed = 0;
    assert_int_equal(trainers.count, 2); // processors that say nothing of 16 bits are left out
    for (int i = 0; i < trainers.count; i++) {
        pn_training_cost cost = pn_training_alone(&trainers.of[i], &seven, &prices);
        assert_close(cost.seconds.value * cost.speed.value, 1.26e23);
        assert_close(cost.device_hours.value, cost.devices * cost.seconds.value / 3600);
        assert_close(cost.joules.value, trainers.of[i].watts * cost.seconds.value);
        assert_close(cost.euros.value, 2 * cost.device_hours.value + 1e-8 * cost.joules.value);
        assert_true(cost.seconds.low < cost.seconds.value &&
                    cost.seconds.value < cost.seconds.high);
        assert_true(cost.is_energy_assumed);
        speed += cost.speed.value;
    }
    pn_training_cost together = pn_training_together(&trainers, &seven, &prices);
    assert_close(together.speed.value, speed);
    assert_close(together.devices, 60);
    assert_close(pn_training_seconds(&together, PN_TRAINING_SYSTEMIC_RISK).value * speed, 1e25);
    pn_trainers_release(&trainers);
}

static void test_what_does_not_fit(void **state)
{
    (void)state;
    pn_trainers trainers = trainers_of(GPU("a", "1", "H100") "}\n" GPU("b", "1", "H100") "}\n");
    pn_language_model model = {.parameters = 21e9, .active = 21e9, .tokens = 1e12}; // 336 GB
    assert_false(pn_training_alone(&trainers.of[0], &model, &free_of_charge).fits);
    assert_true(pn_training_together(&trainers, &model, &free_of_charge).fits);
    model.parameters = 20e9; // 320 GB
    assert_true(pn_training_alone(&trainers.of[0], &model, &free_of_charge).fits);
    pn_trainers_release(&trainers);
}

// The file's products before its peak before the data sheet; shares of products are larger.
static void test_whose_rate(void **state)
{
    (void)state;
    static const char own[] =
        GPU("gpu", "1", "mine") "}\n" CPU ", rate_16bit: 10TF, source: measured by panache probe}\n"
                                "devices:\n  - {name: mine, memory: 80GB, peak_16bit: {value: "
                                "1000TF, assumed: true, "
                                "range: [500TF, 2000TF]}";
    char both[1024];
    snprintf(both, sizeof both, "%s}\n", own);
    pn_trainers trainers = trainers_of(both);
    const pn_trainer *gpu = &trainers.of[0], *cpu = &trainers.of[1];
    assert_int_equal(gpu->source, PN_RATE_ASSUMED);
    assert_close(gpu->rate, 1e15);
    assert_close(gpu->rates.low, 2e15);
    assert_close(gpu->rates.high, 8e15);
    assert_int_equal(cpu->source, PN_RATE_MEASURED);
    assert_close(cpu->rate, 1e13);
    assert_true(cpu->share > gpu->share);
    assert_close(cpu->memory, 640e9);
    assert_true(gpu->watts == 0);
    assert_true(pn_training_together(&trainers, &seven, &free_of_charge).joules.value == 0);
    pn_trainers_release(&trainers);

    snprintf(both, sizeof both, "%s, rate_16bit: 600TF}\n", own);
    trainers = trainers_of(both);
    assert_int_equal(trainers.of[0].source, PN_RATE_GIVEN);
    assert_close(trainers.of[0].rate, 6e14);
    pn_trainers_release(&trainers);
}

static void test_no_rate_at_all(void **state)
{
    (void)state;
    pn_trainers trainers;
    pn_machine *machine = machine_of(CPU "}\n");
    assert_int_equal(pn_trainers_of_machine(&trainers, machine), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "rate_16bit"));
    pn_machine_destroy(machine);
}

// Parameters that a token passes, tokens, hours of one device. Of "Notable AI Models" by Epoch AI
// (epoch.ai/data, CC BY 4.0, as of February 2025): those trained on A100, A800, H100 and TPU v4
// with all four. Of the repositories of those who trained them: Lucie (log), BLOOM (chronicles),
// Llama 3 (model card), DeepSeek-V3 (README).
static const struct {
    const char *model, *device;
    double active, tokens, hours;
} published[] = {
    {"LLaMA-65B", "A100", 65.2e9, 1.4e12, 1024000},
    {"Falcon-40B", "A100", 40e9, 1e12, 552960},
    {"Falcon-180B", "A100 40GB", 180e9, 3.5e12, 17694720},
    {"GPT-NeoX-20B", "A100 40GB", 20e9, 0.7764e12, 207360},
    {"BloombergGPT", "A100", 50.56e9, 0.778e12, 650240},
    {"StarCoder", "A100 80GB", 15.5e9, 0.9097e12, 320256},
    {"Skywork-13B", "A800", 13e9, 3.205e12, 481280},
    {"Nemotron-4 340B", "H100 SXM 80GB", 340e9, 9e12, 13516800},
    {"Nemotron-3-8B", "A100", 8e9, 3.75e12, 466944},
    {"AlexaTM 20B", "A100", 19.75e9, 1.725e12, 368640},
    {"PaLM", "TPU v4", 540.4e9, 0.7795e12, 9437184},
    {"Lucie-7B", "H100 SXM 80GB", 6.707e9, 3.122e12, 486654},
    {"BLOOM-176B", "A100 80GB", 176.2e9, 0.366e12, 1078272},
    {"Llama 3 8B", "H100 SXM 80GB", 8.03e9, 15e12, 1.3e6},
    {"DeepSeek-V3", "H800", 37e9, 14.8e12, 2.664e6},
};

enum { PUBLISHED = sizeof published / sizeof published[0] };

static void fill_runs(pn_training_runs *runs, pn_training_run room[PUBLISHED])
{
    for (int i = 0; i < PUBLISHED; i++) {
        const pn_half_kind *kind = pn_half_kind_of(published[i].device);
        assert_non_null(kind);
        room[i] = (pn_training_run){.generation = kind->generation,
                                    .share = 6 * published[i].active * published[i].tokens /
                                             (kind->peak * 3600 * published[i].hours)};
        snprintf(room[i].model, sizeof room[i].model, "%s", published[i].model);
    }
    *runs = (pn_training_runs){.count = PUBLISHED, .run = room};
}

static bool is_inside(const pn_training_shares *shares, const pn_training_run *run)
{
    double share = pn_training_share_of(shares, run->generation)->share;
    return run->share >= share * shares->lowest && run->share <= share * shares->highest;
}

// Each is judged by the others: four in five lie between the worst and the best of these.
static void test_published_runs_left_out_one_by_one(void **state)
{
    (void)state;
    pn_training_runs runs;
    pn_training_run room[PUBLISHED];
    int inside = 0;
    fill_runs(&runs, room);
    for (int i = 0; i < runs.count; i++) {
        pn_training_shares others;
        assert_int_equal(pn_training_shares_fit(&others, &runs, i), PN_OK);
        inside += is_inside(&others, &runs.run[i]);
    }
    assert_true(inside >= 0.8 * runs.count);
}

// What the program states holds for them, and is not as wide as to say nothing.
static void test_published_runs_lie_in_the_stated_interval(void **state)
{
    (void)state;
    pn_training_runs runs;
    pn_training_run room[PUBLISHED];
    pn_training_shares stated;
    int inside = 0, above = 0;
    fill_runs(&runs, room);
    pn_training_shares_load(&stated);
    for (int i = 0; i < runs.count; i++) {
        inside += is_inside(&stated, &runs.run[i]);
        above += runs.run[i].share > pn_training_share_of(&stated, runs.run[i].generation)->share;
    }
    assert_true(inside >= 0.8 * runs.count);
    assert_in_range(above, runs.count / 4, runs.count - runs.count / 4);
    assert_true(stated.highest / stated.lowest < 8);
}

static void test_too_few_runs(void **state)
{
    (void)state;
    pn_training_run room[PUBLISHED];
    pn_training_runs runs;
    pn_training_shares shares;
    fill_runs(&runs, room);
    runs.count = 3;
    assert_int_equal(pn_training_shares_fit(&shares, &runs, -1), PN_OK);
    room[1].generation = NULL;
    assert_int_equal(pn_training_shares_fit(&shares, &runs, -1), PN_ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_parts_and_together),
        cmocka_unit_test(test_what_does_not_fit),
        cmocka_unit_test(test_whose_rate),
        cmocka_unit_test(test_no_rate_at_all),
        cmocka_unit_test(test_published_runs_left_out_one_by_one),
        cmocka_unit_test(test_published_runs_lie_in_the_stated_interval),
        cmocka_unit_test(test_too_few_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
