// SPDX-License-Identifier: BSD-3-Clause
// What a prediction rests on: memory that has to be given, gateways, ranges, where figures are
// from, what is only assumed, power, and how wide the interval is for which rate.
#include "machines/constants.h"
#include "machines/predict.h"

#include "config/machine_make.h"
#include "config/machine_select.h"

#include "outcome.h"
#include "request.h"

static void refuse(const char *text, pn_gidx n, const char *const words[])
{
    pn_machine *machine = machine_of(text);
    pn_prediction prediction;
    pn_prediction_request request = {USUAL, .machine = machine, .settings.n = n, .steps = 300};
    assert_int_equal(pn_predict_machine(&prediction, &request), PN_ERROR_USAGE);
    for (int i = 0; words[i]; i++)
        if (!strstr(pn_fail_message(), words[i]))
            fail_msg("\"%s\" does not tell \"%s\"", pn_fail_message(), words[i]);
    pn_machine_destroy(machine);
}

#define GPU                                                                                        \
    "  - {name: gpu, nodes: 64, device: H100, devices: 4, device_memory: 80GB, network: "          \
    "InfiniBand NDR200, links: 4, link_bandwidth: 200Gb/s, latency: 1us}\n"
#define CPU_WITH(more)                                                                             \
    "  - {name: cpu, nodes: 200, processor: AMD EPYC 7763, processors: 2, cores: 128, clock: "     \
    "2.45GHz, network: Omni-Path 100, links: 1, link_bandwidth: 100Gb/s, latency: 1us" more "}\n"
#define CPU CPU_WITH(", memory: 256GB")
#define PAIR "partitions:\n" GPU CPU

static void memory_has_no_default(void **state)
{
    (void)state;
    const char *const words[] = {"partition \"cpu\", line 4", "\"memory\" is missing", NULL};
    refuse("partitions:\n" GPU CPU_WITH(""), 0, words);
    const char *const alone[] = {"partition \"cpu\", line 3", "\"memory\" is missing", NULL};
    refuse("partitions:\n" CPU_WITH(""), 1000000, alone);
    outcome given = predict("partitions:\n" CPU), available;
    available = predict("partitions:\n" CPU_WITH(", memory_available: 200GB"));
    assert_true(available.prediction.forecast.n < given.prediction.forecast.n);
    release(&given);
    release(&available);
    // Where devices do not hold the matrix alone, the host's memory would add to theirs.
    outcome device = predict("partitions:\n  - {name: a, nodes: 8, device: V100, devices: 4, "
                             "network: EDR}\n");
    assert_note(&device, "memory of a node is not given");
    assert_true(device.prediction.of[0].memory < 35e9);
    release(&device);
}

static void what_does_not_fit_names_who_holds_what(void **state)
{
    (void)state;
    const char *const words[] = {
        "N = 90000000 does not fit",
        "partition \"gpu\", line 3 (device_memory: ", "partition \"cpu\", line 4 (memory: ", NULL};
    refuse(PAIR, 90000000, words);
}

static void memory_is_what_a_device_is_sold_with(void **state)
{
    (void)state;
#define WITH_MEMORY(device, memory)                                                                \
    "partitions:\n  - {name: a, nodes: 4, device: " device ", devices: 4, device_memory: " memory  \
    ", memory: 256GB, network: HDR}\n"
    static const char *const allowed[] = {
        WITH_MEMORY("A100 40GB", "40GB"), WITH_MEMORY("A100", "80GB"), WITH_MEMORY("V100", "16GB"),
        WITH_MEMORY("V100", "32GB"), WITH_MEMORY("GH200", "144GB")};
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        outcome of = predict(allowed[i]);
        release(&of);
    }
    const char *const named[] = {"partition \"a\", line 3, key \"device_memory\"",
                                 "\"A100 40GB\" is not sold with 80GB", "from 39GB to 47GB", NULL};
    refuse(WITH_MEMORY("A100 40GB", "80GB"), 0, named);
    const char *const typing[] = {"\"V100\" is not sold with 320GB", NULL};
    refuse(WITH_MEMORY("V100", "320GB"), 0, typing);
    const char *const family[] = {"\"A100\" is not sold with 50GB", "\"A100 40GB\"", NULL};
    refuse(WITH_MEMORY("A100", "50GB"), 0, family);
}

static outcome through(const char *gateway)
{
    char text[2048];
    snprintf(text, sizeof text, PAIR "gateways:\n  - {from: cpu, to: gpu, %s}\n", gateway);
    return predict(text);
}

static void a_gateway_slows_and_its_range_widens(void **state)
{
    (void)state;
    outcome fast = through("bandwidth: 200GB/s, latency: 5us");
    outcome slow = through("bandwidth: 2GB/s, latency: 5us");
    outcome late = through("bandwidth: 200GB/s, latency: 50ms");
    assert_true(slow.prediction.forecast.rate < 0.9 * fast.prediction.forecast.rate);
    assert_true(late.prediction.forecast.rate < 0.99 * fast.prediction.forecast.rate);
    outcome unsure =
        through("bandwidth: {value: 20GB/s, assumed: true, range: [2GB/s, 200GB/s], "
                "source: a talk}, latency: {value: 5us, assumed: true}, source: a page");
    outcome sure = through("bandwidth: 20GB/s, latency: 5us");
    double rate = sure.prediction.forecast.rate;
    assert_true(fabs(unsure.prediction.forecast.rate / rate - 1) < 1e-9);
    assert_true(unsure.prediction.low < 0.95 * sure.prediction.low);
    assert_true(unsure.prediction.high > sure.prediction.high);
    assert_note(&unsure, "gpu - cpu: gateway of 20GB/s, 2GB/s to 200GB/s (assumed; a talk)");
    assert_note(&unsure, "gpu - cpu: latency 5us (assumed)");
    assert_note(&sure, "gpu - cpu: gateway of 20GB/s (machine file)");
    assert_note(&sure, "gpu - cpu: latency 5us (machine file)");
    release(&fast);
    release(&slow);
    release(&late);
    release(&unsure);
    release(&sure);
}

// Latency and memory may have ranges as well: more of the one is worse, of the other better.
static void every_range_counts(void **state)
{
    (void)state;
    outcome sure = predict("partitions:\n" CPU);
    outcome memory =
        predict("partitions:\n" CPU_WITH(", memory: {value: 256GB, range: [4GB, 512GB]}"));
    outcome latency = predict(
        "partitions:\n  - {name: cpu, nodes: 200, processor: AMD EPYC 7763, processors: 2, cores: "
        "128, clock: 2.45GHz, memory: 256GB, network: Omni-Path 100, links: 1, link_bandwidth: "
        "100Gb/s, latency: {value: 1us, range: [1us, 1ms]}}\n");
    double rate = sure.prediction.forecast.rate;
    assert_true(fabs(memory.prediction.forecast.rate / rate - 1) < 1e-9);
    assert_true(memory.prediction.low < 0.98 * sure.prediction.low);
    assert_true(memory.prediction.high > sure.prediction.high);
    assert_true(fabs(latency.prediction.forecast.rate / rate - 1) < 1e-9);
    assert_true(latency.prediction.low < 0.9 * sure.prediction.low);
    assert_true(fabs(latency.prediction.high / sure.prediction.high - 1) < 1e-9);
    release(&sure);
    release(&memory);
    release(&latency);
}

static void an_end_where_nothing_fits_is_told(void **state)
{
    (void)state;
    outcome of = predict_machine(
        machine_of("partitions:\n" CPU_WITH(", memory: {value: 256GB, range: [64GB, 256GB]}")),
        2000000);
    assert_note(&of, "N = 2000000 fits; at the low ends of the ranges it does not");
    release(&of);
}

static void only_what_was_probed_is_as_sure(void **state)
{
    (void)state;
    static pn_constants constants;
    pn_constants_load(&constants);
    double measured = constants.measured_spread, processors = constants.processor_spread;
    assert_true(measured < processors);
    outcome here = predict_machine(probed(""), 20000);
    assert_int_equal(here.prediction.of[0].basis, PN_BASIS_MEASURED);
    assert_true(fabs(spread_of(&here) - measured) < 1e-9);
    pn_machine *many = probed("    network: NDR\n");
    assert_int_equal(pn_machine_resize(many, 1000), PN_OK);
    outcome scaled = predict_machine(many, 0);
    assert_int_equal(scaled.prediction.of[0].basis, PN_BASIS_MEASURED);
    assert_true(fabs(spread_of(&scaled) - processors) < 1e-9);
    assert_note(&scaled, "p: nodes 1000 (--nodes)");
    outcome given = predict("partitions:\n  - {name: a, nodes: 4, processors: 1, memory: 16GB, "
                            "network: NDR, rate: 100GF}\n");
    assert_int_equal(given.prediction.of[0].basis, PN_BASIS_GIVEN);
    assert_true(fabs(spread_of(&given) - processors) < 1e-9);
    release(&here);
    release(&scaled);
    release(&given);
}

static void a_device_is_measured_given_or_assumed(void **state)
{
    (void)state;
    static const struct {
        const char *source, *rate;
        pn_basis basis;
    } cases[] = {{"a page", "50TF", PN_BASIS_GIVEN},
                 {"measured by panache probe 1.0", "50TF", PN_BASIS_MEASURED},
                 {"a page", "{value: 50TF, assumed: true}", PN_BASIS_ASSUMED}};
    static pn_constants constants;
    pn_constants_load(&constants);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "partitions:\n  - {name: a, nodes: 4, device: Own, devices: 4, network: NDR}\n"
                 "devices:\n  - {name: Own, memory: 80GB, rate: %s, source: %s}\n",
                 cases[i].rate, cases[i].source);
        outcome of = predict(text);
        assert_int_equal(of.prediction.of[0].basis, cases[i].basis);
        assert_true(fabs(spread_of(&of) - constants.device_spread) < 1e-9);
        release(&of);
    }
}

// N^2 NB / 2 operations of all panels, counted as a probe counts them.
static void a_panel_goes_at_the_rate_that_is_given_for_it(void **state)
{
    (void)state;
    outcome of =
        predict("partitions:\n  - {name: a, nodes: 1, device: Own, devices: 1, network: NDR}\n"
                "devices:\n  - {name: Own, memory: 80GB, rate: 50TF, panel_rate: 50GF}\n");
    const pn_class_forecast *forecast = &of.prediction.forecast;
    double n = (double)forecast->n, due = n * n * forecast->nb / 2 / 50e9;
    if (fabs(forecast->of[0].panel / due - 1) > 0.1)
        fail_msg("panels take %g s instead of %g", forecast->of[0].panel, due);
    release(&of);
}

static void figures_tell_where_they_are_from(void **state)
{
    (void)state;
    outcome of = predict(
        "source: the operator\npartitions:\n"
        "  - {name: a, source: a list, nodes: 4, device: Own, devices: 4, network: NDR, links: "
        "{value: 4, assumed: true}, link_bandwidth: {value: 50GB/s, source: a talk}, memory: "
        "{value: 512GB, assumed: true, source: a guess}}\n"
        "  - {name: b, nodes: 5, processor: EPYC 7763, processors: 2, cores: 128, clock: 2GHz, "
        "memory: 256GB, network: NDR, links: 1, link_bandwidth: 50GB/s}\n"
        "devices:\n  - {name: Own, memory: 80GB, rate: 50TF, source: a vendor}\n");
    assert_note(&of, "a: nodes 4 (a list)");
    assert_note(&of, "a: network NDR, known as \"InfiniBand NDR400\" (a list)");
    assert_note(&of, "a: link bandwidth 50GB/s (a talk)");
    assert_note(&of, "a: links a node 4 (assumed)");
    assert_note(&of, "a: memory of a node 512GB (assumed; a guess)");
    assert_note(&of, "a: device rate 50TF (a vendor)");
    assert_note(&of, "a: device memory 80GB (a vendor)");
    assert_note(&of, "b: nodes 5 (the operator)");
    release(&of);
    of = predict("partitions:\n" CPU);
    assert_note(&of, "cpu: clock 2.45GHz (machine file)");
    release(&of);
}

static void what_the_file_leaves_out_is_assumed(void **state)
{
    (void)state;
    outcome of =
        predict("partitions:\n  - {name: a, nodes: 4, device: H100, devices: 4, "
                "device_memory: 80GB, network: InfiniBand NDR200}\n"
                "  - {name: b, nodes: 4, processor: Foo 9999, cores: 64, clock: 2GHz, "
                "memory: 256GB, network: InfiniBand NDR200}\n"
                "  - {name: c, nodes: 4, rate: 2TF, processors: 2, memory: 256GB, network: "
                "InfiniBand NDR200, links: 2}\n"
                "  - {name: d, nodes: 4, rate: 2TF, processors: 2, memory: 256GB, network: "
                "String, link_bandwidth: 25GB/s}\n"
                "  - {name: e, nodes: 4, rate: 2TF, processors: 2, memory: 256GB, "
                "link_bandwidth: 25GB/s}\n");
    assert_note(&of, "a: links a node 2 of 25GB/s, as usual for its devices on InfiniBand NDR200 "
                     "(assumed)");
    assert_note(&of, "a: latency 1.2us, as usual on InfiniBand NDR200 (assumed)");
    assert_note(&of, "b: a processor gets 40 % of a link of 25GB/s, as usual on InfiniBand NDR200 "
                     "(assumed)");
    assert_note(&of, "b: processors a node 1 (assumed)");
    assert_note(&of,
                "b: \"Foo 9999\" is no processor that is known by name; it may do 2 to 32 flops a "
                "cycle, and 8 are taken");
    assert_int_equal(of.prediction.of[1].basis, PN_BASIS_ASSUMED);
    assert_note(&of, "c: link bandwidth 25GB/s, as usual on InfiniBand NDR200 (assumed)");
    assert_note(
        &of,
        "d: network \"String\" is not known by name and speed; taken to be as good as Ethernet");
    assert_note(&of, "d: links a node 1 (assumed)");
    assert_note(&of, "e: network is not named; taken to be as good as InfiniBand");
    release(&of);
    of = predict_machine(probed(""), 20000); // its one process sends nothing
    assert_false(has_note(&of, "latency") || has_note(&of, "network"));
    release(&of);
}

static void unknown_networks_are_named_with_the_known(void **state)
{
    (void)state;
    const char *const words[] = {"partition \"a\", line 3",
                                 "\"Omni-Pth 100\" is not known by name",
                                 "(the nearest known name is \"Omni-Path 100\")",
                                 "\"link_bandwidth\" is missing",
                                 "Known: Slingshot-400, Slingshot-11, ",
                                 NULL};
    refuse("partitions:\n  - {name: a, nodes: 2, rate: 1TF, memory: 64GB, network: Omni-Pth 100}\n",
           0, words);
}

#define OWN_DEVICE(power, more)                                                                    \
    "partitions:\n  - {name: a, nodes: 10, device: Own, devices: 4, network: NDR, links: 4, "      \
    "link_bandwidth: 50GB/s, latency: 1us" more                                                    \
    "}\ndevices:\n  - {name: Own, memory: 80GB, rate: "                                            \
    "50TF" power "}\n"

static void power_has_ends(void **state)
{
    (void)state;
    outcome sure = predict(OWN_DEVICE("", ", power: 4kW"));
    const pn_prediction *p = &sure.prediction;
    assert_true(p->watts == 40e3 && p->watts_range.low == 40e3 && p->watts_range.high == 40e3);
    assert_true(p->joules == 40e3 * p->forecast.seconds);
    assert_true(p->joules_range.low == p->joules && p->joules_range.high == p->joules);
    outcome unsure =
        predict(OWN_DEVICE("", ", power: {value: 4kW, assumed: true, range: [3kW, 6kW]}"));
    p = &unsure.prediction;
    assert_true(p->watts == 40e3 && p->watts_assumed);
    assert_true(p->watts_range.low == 30e3 && p->watts_range.high == 60e3);
    assert_true(fabs(p->joules_range.low / p->joules - 0.75) < 1e-9);
    assert_true(fabs(p->joules_range.high / p->joules - 1.5) < 1e-9);
    assert_true(p->forecast.rate == sure.prediction.forecast.rate);
    assert_true(p->of[0].watts_range.low == 30e3 && p->of[0].watts_range.high == 60e3);
    release(&sure);
    release(&unsure);
}

static void devices_alone_tell_a_power(void **state)
{
    (void)state;
    outcome none = predict(OWN_DEVICE("", ""));
    assert_true(none.prediction.watts == 0 && none.prediction.joules_range.high == 0);
    outcome of = predict(OWN_DEVICE(", power: {value: 700W, range: [600W, 900W], source: b}", ""));
    assert_true(of.prediction.watts == 28e3 && of.prediction.watts_assumed);
    assert_true(of.prediction.watts_range.low == 24e3 && of.prediction.watts_range.high == 36e3);
    assert_note(&of, "a: device power 700W, 600W to 900W (b)");
    assert_note(&of, "a: power of a node 2800 W, that of its devices alone (assumed)");
    outcome node = predict(OWN_DEVICE(", power: 700W", ", power: 4kW"));
    assert_true(node.prediction.watts == 40e3 && !node.prediction.watts_assumed);
    assert_false(has_note(&node, "device power"));
    release(&none);
    release(&of);
    release(&node);
}

#define LISTED                                                                                     \
    "partitions:\n  - {name: a, nodes: 100, device: MI250X, devices: 4, device_memory: 128GB, "    \
    "network: Slingshot-11, links: 4, link_bandwidth: 200Gb/s, listed: 202406, listed_power: "     \
    "300kW}\n"

// Of a listed machine: as many nodes as it has change nothing, and others draw their part.
static void other_nodes_keep_to_the_list(void **state)
{
    (void)state;
    pn_machine *same = machine_of(LISTED), *half = machine_of(LISTED);
    assert_int_equal(pn_machine_resize(same, 100), PN_OK);
    assert_int_equal(pn_machine_resize(half, 50), PN_OK);
    outcome plain = predict(LISTED), equal = predict_machine(same, 0), less;
    less = predict_machine(half, 0);
    const pn_prediction *a = &plain.prediction, *b = &equal.prediction, *c = &less.prediction;
    assert_true(a->watts == 300e3 && b->watts == 300e3 && c->watts == 150e3);
    assert_true(a->forecast.rate == b->forecast.rate && a->low == b->low && a->high == b->high);
    // The rate of one goes with the power of one, which stays.
    assert_true(fabs(c->of[0].rate / a->of[0].rate - 1) < 0.02);
    assert_note(&less, "power in the listed run 150kW (scaled from that of 100 nodes)");
    release(&plain);
    release(&equal);
    release(&less);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_has_no_default),
        cmocka_unit_test(what_does_not_fit_names_who_holds_what),
        cmocka_unit_test(memory_is_what_a_device_is_sold_with),
        cmocka_unit_test(a_gateway_slows_and_its_range_widens),
        cmocka_unit_test(every_range_counts),
        cmocka_unit_test(an_end_where_nothing_fits_is_told),
        cmocka_unit_test(only_what_was_probed_is_as_sure),
        cmocka_unit_test(a_device_is_measured_given_or_assumed),
        cmocka_unit_test(a_panel_goes_at_the_rate_that_is_given_for_it),
        cmocka_unit_test(figures_tell_where_they_are_from),
        cmocka_unit_test(what_the_file_leaves_out_is_assumed),
        cmocka_unit_test(unknown_networks_are_named_with_the_known),
        cmocka_unit_test(power_has_ends),
        cmocka_unit_test(devices_alone_tell_a_power),
        cmocka_unit_test(other_nodes_keep_to_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
