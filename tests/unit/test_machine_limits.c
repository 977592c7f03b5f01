// SPDX-License-Identifier: BSD-3-Clause
// Machine files: what no machine has, what some may have, and another number of nodes.
#include "config/machine.h"
#include "config/machine_check.h"
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/machine_select.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machines.h"

#define HEAD "machine: M\npartitions:\n  - name: a\n"

static void says_what_no_machine_has(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {HEAD "    nodes: 3\n    links: 8\n    link_bandwidth: 400GB/s\n",
         {"line 6", "\"link_bandwidth\"", "8 links of 400GB/s are 3.2TB/s"}},
        {HEAD "    nodes: 3\n    links: 8\n    link_bandwidth: {value: 100GB/s, range: [100GB/s, "
              "300GB/s]}\n",
         {"line 6", "2.4TB/s", "2TB/s"}},
        {HEAD "    nodes: 3\n    memory_bandwidth: 150GB/s\n    links: 4\n    link_bandwidth: "
              "50GB/s\n",
         {"line 7", "200GB/s", "up to 150GB/s together, as fast as its memory"}},
        {HEAD "    nodes: 3\n    device: D\n    devices: 2\n    links: 4\n    link_bandwidth: "
              "50GB/s\ndevices:\n  - {name: D, memory_bandwidth: 90GB/s}\n",
         {"line 8", "200GB/s", "up to 180GB/s together"}},
        {HEAD "    nodes: 3\n    listed: June 2024\n",
         {"line 5", "\"listed\"", "\"June 2024\" is no edition"}},
        {HEAD "    nodes: 3\n    listed: 202407\n", {"line 5", "202407", "such as 202606"}},
        {HEAD "    nodes: 3\n    listed: 20240\n", {"line 5", "\"20240\""}},
        {HEAD "    nodes: 3\n    listed: 2024061\n", {"line 5", "\"2024061\""}},
        {HEAD "    nodes: 3\ndevices:\n  - {name: D, price: 1MEUR}\n",
         {"line 6", "unknown key \"price\""}},
    };
    expect_refusals(cases, sizeof cases / sizeof *cases);
}

// Sixteen adapters of the fastest kind, and what was measured of a process beside its copies.
static void takes_links_that_can_be(void **state)
{
    (void)state;
    static const char *const texts[] = {
        HEAD "    nodes: 3\n    links: 16\n    link_bandwidth: 100GB/s\n",
        HEAD
        "    nodes: 3\n    memory_bandwidth: 10GB/s\n    link_bandwidth: 20GB/s\n    measured:\n"
        "    - {operation: copy, threads: 1, bandwidth: 10GB/s}\n",
        HEAD "    nodes: 3\n    device: A100\n    devices: 2\n    memory_bandwidth: 30GB/s\n"
             "    link_bandwidth: 50GB/s\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pn_machine *machine = NULL;
        if (pn_machine_read_text(&machine, "file.yaml", texts[i]) != PN_OK)
            fail_msg("%s", pn_fail_message());
        pn_machine_destroy(machine);
    }
}

static void resizes(void **state)
{
    (void)state;
    pn_machine *machine = NULL;
    const char *text =
        "machine: A\npartitions:\n"
        "  - {name: a, nodes: 100, cores: 40, processors: 2, total_cores: 4000, "
        "peak: 10PF, listed: 202406, listed_rmax: 6PF, listed_n: 1000000, "
        "listed_rpeak: 9PF, listed_power: {value: 2MW, range: [1MW, 3MW], source: b}}\n"
        "  - {name: b, nodes: {value: 50, range: [40, 60], assumed: true, source: c}, "
        "peak: 1PF, listed_rmax: 1PF}\n";
    if (pn_machine_read_text(&machine, "text", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    const pn_machine_partition *a = &machine->partitions[0], *b = &machine->partitions[1];
    assert_int_equal(pn_machine_resize(machine, 100), PN_OK); // as many as a has
    assert_true(a->nodes.line > 0 && a->listed_rmax.set && a->listed_power.value == 2e6);
    assert_string_equal(a->listed_power.source, "b");
    assert_true(b->nodes.value == 100 && b->nodes.low == 100 && b->nodes.high == 100);
    assert_true(!b->nodes.assumed && b->nodes.line == 0);
    assert_string_equal(b->nodes.source, "--nodes");
    assert_true(fabs(b->peak.value - 2e15) < 1);
    assert_string_equal(b->peak.source, "scaled from that of 50 nodes");
    assert_int_equal(pn_machine_resize(machine, 25), PN_OK);
    assert_true(a->total_cores.value == 1000 && fabs(a->peak.value - 2.5e15) < 1);
    assert_true(fabs(a->listed_rpeak.value - 2.25e15) < 1 && a->listed_power.value == 0.5e6);
    assert_true(a->listed_power.low == 0.25e6 && a->listed_power.high == 0.75e6);
    assert_false(a->listed_rmax.set || a->listed_n.set);
    assert_string_equal(a->listed, "202406"); // how far codes had come stays
    assert_int_equal(pn_machine_check(machine, "text"), PN_OK);
    pn_machine_destroy(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_no_machine_has),
        cmocka_unit_test(takes_links_that_can_be),
        cmocka_unit_test(resizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
