// SPDX-License-Identifier: BSD-3-Clause
// Upgrades: goals and budgets, gateways between networks, the order of what is listed, what it is
// said to rest on, and failures with the file they lie in.
#include "machines/upgrade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/machine_make.h"
#include "machines.h"

static const char *told(const pn_note *note)
{
    static char text[PN_NOTE_BYTES];
    pn_note_text(note, text);
    return text;
}

#define OLD                                                                                        \
    "  - {name: cpu, nodes: 10, processor: AMD EPYC 7763, processors: 2, cores: 128, clock: "      \
    "2.45GHz, memory: 64GB, network: Omni-Path 100, links: 1, link_bandwidth: 100Gb/s}\n"
#define OTHER                                                                                      \
    "  - {name: gpu, nodes: 8, device: H100, devices: 4, device_memory: 80GB, network: "           \
    "InfiniBand NDR200, links: 4, link_bandwidth: 200Gb/s}\n"
#define DUAL(name, network, more)                                                                  \
    "  - {name: " name ", nodes: 1, processor: AMD EPYC 9745, processors: 2, cores: 256, clock: "  \
    "2.4GHz, memory: 192GB, links: 1, link_bandwidth: 200Gb/s, network: " network more "}\n"
#define QUAD(name, network, more)                                                                  \
    "  - {name: " name ", nodes: 1, device: MI300A, devices: 4, links: 4, link_bandwidth: "        \
    "200Gb/s, network: " network more "}\n"
#define IB "InfiniBand NDR200"

typedef struct fixture {
    pn_machine *machine, *catalogue;
    pn_upgrade_request request;
    pn_upgrade_list list;
} fixture;

static void open_fixture(fixture *f, const char *machine, const char *catalogue)
{
    *f = (fixture){.machine = machine_of(machine), .catalogue = machine_of(catalogue)};
    f->request = (pn_upgrade_request){.machine = f->machine,
                                      .catalogue = f->catalogue,
                                      .machine_path = "old.yaml",
                                      .catalogue_path = "kinds.yaml"};
}

static void make(fixture *f)
{
    pn_upgrade_list_release(&f->list);
    if (pn_upgrade_list_make(&f->list, &f->request) != PN_OK)
        fail_msg("%s", pn_fail_message());
}

static void refuse(fixture *f, const char *told)
{
    pn_upgrade_list_release(&f->list);
    assert_int_equal(pn_upgrade_list_make(&f->list, &f->request), PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), told))
        fail_msg("\"%s\" is not in: %s", told, pn_fail_message());
    assert_null(f->list.upgrade);
}

static void close_fixture(fixture *f)
{
    pn_upgrade_list_release(&f->list);
    pn_machine_destroy(f->machine);
    pn_machine_destroy(f->catalogue);
}

static bool has_note(const pn_upgrade_list *list, const char *text)
{
    for (int i = 0; i < list->notes.count; i++)
        if (strstr(told(&list->notes.note[i]), text))
            return true;
    return false;
}

static void upgrades_reach_their_goal(void **state)
{
    (void)state;
    fixture f;
    double before;
    open_fixture(&f, OLD,
                 DUAL("b", "Omni-Path 100", ", price: 0.03MEUR") //
                 QUAD("a", "Omni-Path 100", ", price: 0.1MEUR"));
    assert_int_equal(pn_upgrade_rate(f.machine, &before), PN_OK);
    f.request.goal = PN_GOAL_RMAX;
    f.request.target = 12 * before;
    make(&f);
    assert_int_equal(f.list.count, 2);
    assert_true(f.list.now.rate == before);
    for (int i = 0; i < f.list.count; i++) {
        const pn_upgrade *upgrade = &f.list.upgrade[i];
        assert_true(upgrade->is_reached && upgrade->rmax.rate >= f.request.target);
        assert_true(upgrade->rmax.rate < 1.5 * f.request.target); // not far more than needed
        assert_true(upgrade->rmax.low < upgrade->rmax.rate);
        assert_true(upgrade->rmax.high > upgrade->rmax.rate);
    }
    assert_true(f.list.upgrade[0].price < f.list.upgrade[1].price);
    f.request.goal = PN_GOAL_BUDGET;
    f.request.budget = 2e6;
    make(&f);
    for (int i = 0; i < f.list.count; i++)
        assert_true(f.list.upgrade[i].price <= 2e6 && f.list.upgrade[i].is_reached);
    assert_true(f.list.upgrade[0].rmax.rate > f.list.upgrade[1].rmax.rate);
    close_fixture(&f);
}

static double rate_through(fixture *f, double gateway)
{
    f->request.gateway = gateway;
    make(f);
    return f->list.upgrade[0].rmax.rate;
}

static void a_gateway_joins_two_networks(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, OLD, QUAD("quad", IB, ", price: 0.1MEUR"));
    f.request.budget = 1e6;
    double narrow = rate_through(&f, 1e9), wide = rate_through(&f, 10e12);
    assert_true(narrow < 0.9 * wide);
    assert_true(has_note(&f.list, "Omni-Path 100 - InfiniBand NDR200: gateway of 10TB/s (given)"));
    double assumed = rate_through(&f, 0);
    assert_true(assumed >= narrow && assumed <= wide);
    assert_true(rate_through(&f, 100e9) == assumed);
    rate_through(&f, 0);
    assert_true(has_note(&f.list, "gateway of 100GB/s, 25GB/s to 400GB/s, latency 5us (assumed;"));
    close_fixture(&f);
    open_fixture(&f, OLD, QUAD("quad", "omni-path 100", ", price: 0.1MEUR"));
    f.request.budget = 1e6;
    make(&f);
    assert_false(has_note(&f.list, "gateway"));
    close_fixture(&f);
}

static void the_gateway_of_the_file_counts(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f,
                 OLD OTHER "gateways:\n"
                           "  - {from: gpu, to: cpu, bandwidth: 3GB/s, latency: 5us}\n",
                 QUAD("quad", IB, ", price: 0.1MEUR"));
    pn_machine *whole = f.machine;
    f.machine = machine_of(OLD); // as --partitions or --date leave it
    f.request.machine = f.machine;
    f.request.budget = 1e6;
    double assumed = rate_through(&f, 0);
    f.request.described = whole;
    double described = rate_through(&f, 0);
    assert_true(described < assumed);
    assert_true(has_note(&f.list, "gateway of 3GB/s, latency 5us (assumed; as the machine file"));
    assert_true(described == rate_through(&f, 3e9));
    pn_machine_destroy(whole);
    close_fixture(&f);
}

static void a_kind_may_have_the_name_of_a_partition(void **state)
{
    (void)state;
    static const char machine[] =
        OLD OTHER "gateways:\n  - {from: gpu, to: cpu, bandwidth: 3GB/s, latency: 5us}\n";
    fixture f;
    open_fixture(&f, machine, QUAD("quad", "Omni-Path 100", ", price: 0.1MEUR"));
    f.request.budget = 1e6;
    make(&f);
    double rate = f.list.upgrade[0].rmax.rate;
    close_fixture(&f);
    open_fixture(&f, machine, QUAD("gpu", "Omni-Path 100", ", price: 0.1MEUR"));
    f.request.budget = 1e6;
    make(&f);
    assert_true(f.list.upgrade[0].rmax.rate == rate);
    close_fixture(&f);
}

static void what_has_no_price_comes_last(void **state)
{
    (void)state;
    fixture f;
    double before;
    open_fixture(&f, OLD,
                 QUAD("free", "Omni-Path 100", "") //
                 DUAL("dear", "Omni-Path 100", ", price: 3MEUR"));
    assert_int_equal(pn_upgrade_rate(f.machine, &before), PN_OK);
    f.request.goal = PN_GOAL_RMAX;
    f.request.target = 2 * before;
    make(&f);
    assert_string_equal(f.list.upgrade[0].kind->name, "dear");
    assert_true(f.list.upgrade[0].is_reached && f.list.upgrade[1].is_reached);
    f.request.budget = 1e6;
    refuse(&f, "kinds.yaml: partition \"free\", line 3: \"price\" is missing");
    close_fixture(&f);
}

static void without_nodes_the_machine_stays_as_it_is(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, OLD, QUAD("quad", IB, ", price: 0.1MEUR, peak: 200TF"));
    f.request.budget = 2e4;
    make(&f);
    assert_true(f.list.upgrade[0].nodes == 0 && f.list.upgrade[0].price == 0);
    assert_true(f.list.upgrade[0].rmax.rate == f.list.now.rate && f.list.now.rate > 0);
    assert_false(f.list.upgrade[0].is_reached);
    f.request.budget = 0;
    f.request.goal = PN_GOAL_RMAX; // it is reached before
    f.request.target = 0.9 * f.list.now.rate;
    make(&f);
    assert_true(f.list.upgrade[0].nodes == 0 && f.list.upgrade[0].is_reached);
    f.request.goal = PN_GOAL_PEAK;
    f.request.target = 0;
    make(&f);
    assert_true(f.list.upgrade[0].nodes == 0 && f.list.upgrade[0].is_reached);
    assert_false(signbit(f.list.upgrade[0].nodes));
    close_fixture(&f);
}

static void kinds_without_a_peak_are_named(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, OLD,
                 QUAD("quad", IB, ", peak: {value: 200TF, assumed: true}") DUAL("dual", IB, "") //
                 "  - {name: rack, nodes: 10, processor: AMD EPYC 9745, processors: 2, cores: 256, "
                 "clock: 2.4GHz, memory: 768GB, network: InfiniBand NDR200, peak: 200TF}\n");
    f.request.goal = PN_GOAL_PEAK;
    f.request.target = 600e12;
    make(&f);
    assert_int_equal(f.list.count, 2);
    for (int i = 0; i < 2; i++) { // a peak is that of all nodes of an entry
        bool is_rack = strcmp(f.list.upgrade[i].kind->name, "rack") == 0;
        assert_true(f.list.upgrade[i].nodes == (is_rack ? 30 : 3));
        assert_true(f.list.upgrade[i].is_reached && f.list.upgrade[i].peak == 600e12);
    }
    assert_true(has_note(&f.list, "quad: peak 200TF"));
    assert_int_equal(f.list.left_out_count, 1);
    assert_string_equal(f.list.left_out[0]->name, "dual");
    close_fixture(&f);
    open_fixture(&f, OLD, DUAL("dual", IB, ""));
    f.request.goal = PN_GOAL_PEAK;
    f.request.target = 600e12;
    refuse(&f, "kinds.yaml: no kind of node has a \"peak\"");
    close_fixture(&f);
}

static void failures_name_the_file(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, OLD,
                 "  - {name: dual, nodes: 1, processor: AMD EPYC 9745, processors: 2, cores: 256, "
                 "memory: 768GB, network: InfiniBand NDR200, price: 0.03MEUR}\n");
    f.request.budget = 1e6;
    refuse(&f, "kinds.yaml: partition \"dual\", line 3: \"clock\" is missing");
    close_fixture(&f);
    open_fixture(&f, "  - {name: cpu, nodes: 5, memory: 256GB, network: InfiniBand NDR200}\n",
                 DUAL("dual", IB, ", price: 0.03MEUR"));
    f.request.budget = 1e6;
    refuse(&f, "old.yaml: partition \"cpu\", line 3: \"processor\" is missing");
    close_fixture(&f);
}

static void assumptions_are_told_once(void **state)
{
    (void)state;
    fixture f;
    open_fixture(
        &f,
        "  - {name: cpu, nodes: {value: 50, assumed: true}, processor: AMD EPYC 7763, "
        "processors: 2, cores: 128, clock: 2.45GHz, memory: 256GB, network: " IB "}\n",
        "  - {name: quad, nodes: 1, device: MI300A, devices: 4, links: {value: 4, assumed: "
        "true}, link_bandwidth: 200Gb/s, network: " IB
        ", power: {value: 3kW, assumed: true}, price: 0.1MEUR}\n");
    f.request.budget = 1e6;
    make(&f);
    bool is_one_line = false;
    for (int i = 0; i < f.list.notes.count; i++)
        is_one_line = is_one_line || (strcmp(f.list.notes.note[i].subject, "quad") == 0 &&
                                      strstr(f.list.notes.note[i].figure, "links a node 4;") &&
                                      strstr(f.list.notes.note[i].figure, "power of a node 3kW"));
    assert_true(is_one_line);
    assert_true(has_note(&f.list, "cpu: nodes 50"));
    for (int i = 0; i < f.list.notes.count; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(&f.list.notes.note[i], &f.list.notes.note[k],
                                    sizeof f.list.notes.note[k]);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upgrades_reach_their_goal),
        cmocka_unit_test(a_gateway_joins_two_networks),
        cmocka_unit_test(the_gateway_of_the_file_counts),
        cmocka_unit_test(a_kind_may_have_the_name_of_a_partition),
        cmocka_unit_test(what_has_no_price_comes_last),
        cmocka_unit_test(without_nodes_the_machine_stays_as_it_is),
        cmocka_unit_test(kinds_without_a_peak_are_named),
        cmocka_unit_test(failures_name_the_file),
        cmocka_unit_test(assumptions_are_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
