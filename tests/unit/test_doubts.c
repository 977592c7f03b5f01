// SPDX-License-Identifier: BSD-3-Clause
// What a prediction says of what it does not know: unknown processors, slow networks, full parts,
// busy probes.
#include "config/machine_make.h"

#include "outcome.h"

static void what_is_not_known_has_a_wide_interval(void **state)
{
    (void)state;
    outcome of = predict("partitions:\n  - {name: all, nodes: 64, processor: Foo, processors: 2, "
                         "cores: 12, clock: 2.93GHz, memory: 24GB, network: InfiniBand QDR}\n");
    const pn_prediction *p = &of.prediction;
    assert_true(p->low < p->forecast.rate * 2 / 8 && p->high > p->forecast.rate * 32 / 8 * 0.9);
    release(&of);
    // Known, but fitted to nothing: HPCFS, published with 8 of 9 TFlop/s.
    of = predict("partitions:\n  - {name: all, nodes: 64, processor: Xeon X5670, processors: 2, "
                 "cores: 12, clock: 2.93GHz, memory: 24GB, network: InfiniBand QDR, peak: 5TF}\n");
    assert_int_equal(p->of[0].basis, PN_BASIS_ASSUMED);
    assert_true(p->low < 8e12 && p->high > 8e12);
    assert_note(&of, "no published run of them is known");
    assert_note(&of, "is above its peak in the file, 5TF");
    release(&of);
}

static void slow_networks_are_slow(void **state)
{
    (void)state;
    // Four Raspberry Pi CM5: published with 138.6 GFlop/s.
    outcome of = predict("partitions:\n  - {name: pi, nodes: 4, rate: 37.8GF, memory: 16GB, "
                         "network: Gigabit Ethernet}\n");
    assert_true(fabs(of.prediction.forecast.rate / 138.6e9 - 1) < 0.03);
    release(&of);
}

// A part whose memory is full has the blocks on the right, on which most is done.
static void no_part_does_more_than_it_can(void **state)
{
    (void)state;
    outcome of = predict_machine(
        machine_of(
            "partitions:\n  - {name: slim, nodes: 48, rate: 800GF, memory: 64GB, network: FDR}\n"
            "  - {name: fat, nodes: 6, rate: 800GF, memory: 512GB, network: FDR}\n"
            "  - {name: gpu, nodes: 8, device: K40, devices: 2, network: FDR}\n"
            "devices:\n  - {name: K40, memory: 12GB, rate: 1.2TF}\n"),
        700000);
    const pn_prediction *p = &of.prediction;
    double work = 0, shares = 0;
    for (int i = 0; i < p->partitions; i++) {
        work += p->forecast.work[i];
        shares += p->forecast.shares[i];
        assert_true(p->of[i].efficiency > 0.1 && p->of[i].efficiency <= 1);
    }
    assert_true(fabs(work - 1) < 1e-9 && fabs(shares - 1) < 1e-9);
    assert_true(p->forecast.work[2] > 1.2 * p->forecast.shares[2]);
    release(&of);
}

static void a_busy_probe_is_told(void **state)
{
    (void)state;
    pn_machine *machine = probed("");
    for (int i = 0; i < machine->partitions[0].measured_count; i++)
        machine->partitions[0].measured[i].spread = pn_figure_of(1.6);
    outcome of = predict_machine(machine, 20000);
    assert_true(fabs(spread_of(&of) - 1.6) < 1e-9);
    assert_note(&of, "the measurements disagree by 160 %");
    release(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_known_has_a_wide_interval),
        cmocka_unit_test(slow_networks_are_slow),
        cmocka_unit_test(no_part_does_more_than_it_can),
        cmocka_unit_test(a_busy_probe_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
