// SPDX-License-Identifier: BSD-3-Clause
// Machine files: what is read, that it comes back when written, narrowing, and every message.
#include "config/machine.h"
#include "config/machine_check.h"
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/machine_select.h"
#include "config/machine_write.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "machines.h"

static const char *const example =
    "machine: Two halves\n"
    "site: 'a hall: cold'\n"
    "as_of: 2023-06\n"
    "partitions:\n"
    "  - name: old\n"
    "    source: list of 2019\n"
    "    since: 2019\n"
    "    until: 2024-01-31\n"
    "    nodes: 100\n"
    "    processor: Xeon\n"
    "    processors: 2\n"
    "    cores: 40\n"
    "    total_cores: 4000\n"
    "    memory: 192GB\n"
    "    link_bandwidth: 100Gb/s\n"
    "    latency: 1.2us\n"
    "    listed: 201906\n"
    "  - name: new\n"
    "    since: 2022-01\n"
    "    nodes: {value: 52, range: [50, 60], assumed: true, source: \"a talk, slide 3\"}\n"
    "    device: A100\n"
    "    devices: 8\n"
    "    power: 5kW\n"
    "    price: 0.2MEUR\n"
    "    measured:\n"
    "      - {operation: multiply, threads: 8, m: 6000, nb: 256, rate: 19.5TF, spread: 0.5%}\n"
    "gateways:\n"
    "  - {from: old, to: new, bandwidth: 80GB/s, latency: 5us}\n"
    "devices:\n"
    "  - {name: Future, memory: 432GB, rate: 100TF}\n";

static pn_machine *read_example(void)
{
    pn_machine *machine = NULL;
    if (pn_machine_read_text(&machine, "example", example) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return machine;
}

static void assert_example(const pn_machine *machine)
{
    assert_string_equal(machine->machine, "Two halves");
    assert_string_equal(machine->site, "a hall: cold");
    assert_int_equal(machine->partitions_count, 2);
    const pn_machine_partition *old = &machine->partitions[0], *new = &machine->partitions[1];
    assert_true(old->nodes.value == 100 && !old->nodes.assumed && old->nodes.low == 100);
    assert_true(fabs(old->link_bandwidth.value - 12.5e9) < 1);
    assert_true(fabs(old->latency.value - 1.2e-6) < 1e-15);
    assert_false(old->power.set);
    assert_string_equal(old->listed, "201906");
    assert_true(new->nodes.assumed &&new->nodes.low == 50 && new->nodes.high == 60);
    assert_string_equal(new->nodes.source, "a talk, slide 3");
    assert_true(new->price.value == 200000);
    assert_int_equal(new->measured_count, 1);
    assert_true(fabs(new->measured[0].rate.value - 19.5e12) < 1e3);
    assert_true(fabs(new->measured[0].spread.value - 0.005) < 1e-12);
    assert_int_equal(machine->gateways_count, 1);
    assert_true(fabs(machine->devices[0].memory.value - 432e9) < 1);
}

static void reads_a_machine(void **state)
{
    (void)state;
    pn_machine *machine = read_example();
    assert_example(machine);
    assert_int_equal(machine->partitions[0].line, 5);
    assert_int_equal(machine->partitions[0].nodes.line, 9);
    pn_machine_destroy(machine);
}

static void writes_what_reads_back(void **state)
{
    (void)state;
    pn_machine *machine = read_example(), *again = NULL;
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    assert_int_equal(pn_machine_write(machine, stream), PN_OK);
    fclose(stream);
    if (pn_machine_read_text(&again, "written", text) != PN_OK)
        fail_msg("%s\n%s", pn_fail_message(), text);
    assert_example(again);
    free(text);
    pn_machine_destroy(machine);
    pn_machine_destroy(again);
}

static void narrows_to_names_and_dates(void **state)
{
    (void)state;
    pn_machine *machine = read_example();
    assert_int_equal(pn_machine_select(machine, "new, old"), PN_OK);
    assert_string_equal(machine->partitions[0].name, "new");
    assert_int_equal(machine->gateways_count, 1);
    assert_int_equal(pn_machine_at(machine, "2023-06"), PN_OK);
    assert_int_equal(machine->partitions_count, 2);
    assert_int_equal(pn_machine_at(machine, "2024-01-31"), PN_OK);
    assert_int_equal(machine->partitions_count, 1);
    assert_string_equal(machine->partitions[0].name, "new");
    assert_int_equal(machine->gateways_count, 0);
    assert_int_equal(pn_machine_at(machine, "2021"), PN_ERROR_USAGE);
    assert_int_equal(pn_machine_at(machine, "June"), PN_ERROR_USAGE);
    assert_int_equal(pn_machine_select(machine, "news"), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "did you mean \"new\""));
    assert_int_equal(pn_machine_select(machine, "new,new"), PN_ERROR_USAGE);
    assert_int_equal(pn_machine_select(machine, ""), PN_ERROR_USAGE);
    assert_int_equal(machine->partitions_count, 1);
    pn_machine_destroy(machine);
}

static void at_present_and_with_blanks_in_names(void **state)
{
    (void)state;
    pn_machine *machine = NULL;
    const char *text = "machine: A\npartitions:\n"
                       "  - {name: old part, nodes: 1, until: 2020}\n"
                       "  - {name: new part, nodes: 2}\n";
    if (pn_machine_read_text(&machine, "text", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    assert_int_equal(pn_machine_select(machine, " old part , new part"), PN_OK);
    assert_int_equal(machine->partitions_count, 2);
    assert_int_equal(pn_machine_at_present(machine), PN_OK);
    assert_int_equal(machine->partitions_count, 1);
    assert_string_equal(machine->partitions[0].name, "new part");
    pn_machine_destroy(machine);
}

static void at_the_first_day(void **state)
{
    (void)state;
    pn_machine *machine = read_example();
    assert_int_equal(pn_machine_at(machine, "2019-01-01"), PN_OK);
    assert_int_equal(machine->partitions_count, 1);
    assert_string_equal(machine->partitions[0].name, "old");
    pn_machine_destroy(machine);
}

#define HEAD "machine: M\npartitions:\n  - name: a\n"

static void says_what_is_wrong_and_where(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"", {"file", "empty"}},
        {"machine: M\n", {"file", "partitions"}},
        {"machine: M\npartitions: []\n", {"partitions", "empty"}},
        {"machine: M\npartitions: a\n", {"line 2", "\"partitions\"", "a list"}},
        {"machine: [M\n", {"line", "not YAML"}},
        {"- a\n", {"line 1", "a machine"}},
        {HEAD "    node: 3\n", {"line 4", "unknown key \"node\"", "did you mean \"nodes\""}},
        {HEAD "    xyzzy: 3\n", {"line 4", "unknown key \"xyzzy\"", "allowed here: name, note"}},
        {HEAD "    nodes: many\n", {"line 4", "\"nodes\"", "a whole number"}},
        {HEAD "    nodes: 0\n", {"line 4", "\"0\" cannot be", "from 1 to 1000000"}},
        {HEAD "    nodes: 2.5\n", {"line 4", "\"2.5\"", "whole number"}},
        {HEAD "    nodes:\n", {"line 4", "\"nodes\"", "whole number"}},
        {HEAD "    nodes: [1]\n", {"line 4", "list", "whole number"}},
        {HEAD "    nodes: 3\n    nodes: 4\n", {"line 5", "\"nodes\"", "twice"}},
        {HEAD "    nodes: 3\n    link_bandwidth: 3TB/s\n",
         {"line 5", "\"link_bandwidth\"", "\"3TB/s\" cannot be"}},
        {HEAD "    nodes: 3\n    memory: 80\n", {"line 5", "\"memory\"", "80GB"}},
        {HEAD "    nodes: {valu: 3}\n", {"line 4", "\"valu\"", "did you mean \"value\""}},
        {HEAD "    nodes: {source: x}\n", {"line 4", "no value"}},
        {HEAD "    nodes: {value: 3, assumed: yes}\n", {"line 4", "true or false"}},
        {HEAD "    nodes: {value: 3, range: [4, 5]}\n", {"line 4", "outside its range"}},
        {HEAD "    nodes: {value: 3, range: 4}\n", {"line 4", "[low, high]"}},
        {HEAD "    site: b\n", {"line 4", "unknown key \"site\""}},
        {HEAD "    note: b\n", {"line 3", "partition \"a\"", "\"nodes\" is missing"}},
        {"machine: M\npartitions:\n  - nodes: 3\n", {"line 3", "no \"name\""}},
        {HEAD "    nodes: 3\n  - name: a\n    nodes: 2\n", {"line 5", "twice"}},
        {HEAD "    nodes: 3\n    since: 2023-13\n", {"line 5", "\"since\"", "2023-13"}},
        {HEAD "    nodes: 3\n    since: 2023\n    until: 2022\n", {"since 2023", "until 2022"}},
        {HEAD "    nodes: 3\n    memory: 1GB\n    memory_available: 2GB\n",
         {"line 6", "memory_available"}},
        {HEAD "    nodes: 3\ngateways:\n  - {from: a, to: b, bandwidth: 1GB/s, latency: 1us}\n",
         {"line 6", "\"b\"", "there are: a"}},
        {HEAD "    nodes: 3\ngateways:\n  - {from: a, to: a, bandwidth: 1GB/s, latency: 1us}\n",
         {"line 6", "two different"}},
        {HEAD "    nodes: 3\ngateways:\n  - {from: a}\n", {"line 6", "bandwidth and latency"}},
        {HEAD "    nodes: 3\ndevices:\n  - {memory: 1GB}\n", {"line 6", "no \"name\""}},
    };
    expect_refusals(cases, sizeof cases / sizeof *cases);
}

static void counts_must_agree(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {HEAD "    nodes: 3\n    cores: 41\n    processors: 2\n", {"line 5", "41", "divide"}},
        {HEAD "    nodes: 3\n    cores: 40\n    total_cores: 100\n", {"line 6", "100", "120"}},
        {HEAD "    nodes: 3\n    devices: 4\n    device: A100\n    total_devices: 13\n",
         {"line 7", "13", "12"}},
        {HEAD "    nodes: 3\n    cores: 64\n    devices: 4\n    device: MI250X\n"
              "    device_cores: 220\n    total_cores: 3776\n",
         {"line 9", "3776", "2832"}},
        {HEAD "    nodes: 3\n    device_cores: 220\n",
         {"line 5", "device_cores", "without device"}},
        {HEAD "    nodes: 3\n    devices: 4\n", {"partition \"a\"", "without device"}},
        {HEAD "    nodes: 3\n    device: A100\n", {"partition \"a\"", "without devices"}},
    };
    expect_refusals(cases, sizeof cases / sizeof *cases);
}

static void a_text_is_one_line(void **state)
{
    (void)state;
    static const refusal cases[] = {
        {"machine: \"A\\ntouch x\"\npartitions: []\n",
         {"line 1, key \"machine\"", "0x0A", "\"A\""}},
        {HEAD "    nodes: 3\n    note: \"b\\tc\"\n", {"line 5, key \"note\"", "0x09"}},
        {HEAD "    nodes: {value: 3, source: \"s\\e\"}\n", {"line 4, key \"nodes\"", "0x1B"}},
        {HEAD "    nodes: 3\n    note: |\n      b\n      c\n", {"line 5, key \"note\"", "0x0A"}},
    };
    expect_refusals(cases, sizeof cases / sizeof *cases);
}

static void the_newline_of_a_block_is_no_part_of_the_text(void **state)
{
    (void)state;
    pn_machine *machine = NULL;
    const char *text = HEAD "    nodes: 3\n    note: >\n      folded\n      into é one\n";
    if (pn_machine_read_text(&machine, "file.yaml", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    assert_string_equal(machine->partitions[0].note, "folded into é one");
    pn_machine_destroy(machine);
}

static void names_a_file_that_is_not_there(void **state)
{
    (void)state;
    pn_machine *machine = NULL;
    assert_int_equal(pn_machine_read(&machine, "no/such.yaml"), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "no/such.yaml"));
}

static void grows_by_hand(void **state)
{
    (void)state;
    pn_machine *machine = NULL;
    assert_int_equal(pn_machine_create(&machine, "here"), PN_OK);
    pn_machine_partition *partition = pn_machine_add_partition(machine);
    assert_non_null(partition);
    assert_int_equal(pn_machine_text(&partition->name, "node"), PN_OK);
    assert_int_equal(pn_machine_check(machine, "memory"), PN_ERROR_USAGE);
    partition->nodes = pn_figure_of(1);
    pn_machine_measurement *measurement = pn_machine_add_measurement(partition);
    assert_int_equal(pn_machine_text(&measurement->operation, "copy"), PN_OK);
    assert_int_equal(pn_machine_check(machine, "memory"), PN_OK);
    pn_machine_destroy(machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_machine),
        cmocka_unit_test(writes_what_reads_back),
        cmocka_unit_test(narrows_to_names_and_dates),
        cmocka_unit_test(at_the_first_day),
        cmocka_unit_test(at_present_and_with_blanks_in_names),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(counts_must_agree),
        cmocka_unit_test(a_text_is_one_line),
        cmocka_unit_test(the_newline_of_a_block_is_no_part_of_the_text),
        cmocka_unit_test(names_a_file_that_is_not_there),
        cmocka_unit_test(grows_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
