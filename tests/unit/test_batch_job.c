// SPDX-License-Identifier: BSD-3-Clause
// Ranks, threads and their reason for each way a partition can be described, and what is refused.
#include "config/batch_job.h"

#include "config/machine_make.h"
#include "config/machine_read.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static pn_machine *machine_of(const char *text)
{
    pn_machine *machine;
    if (pn_machine_read_text(&machine, "test", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return machine;
}

static void expect_part(const char *keys, int ranks, int threads, const char *each)
{
    char text[512];
    pn_batch_job job;
    snprintf(text, sizeof text, "machine: m\npartitions:\n  - {name: p, nodes: 7, %s}\n", keys);
    pn_machine *machine = machine_of(text);
    assert_int_equal(pn_batch_job_plan(&job, machine, 0), PN_OK);
    assert_int_equal(job.components[0].nodes, 7);
    assert_int_equal(job.components[0].ranks_a_node, ranks);
    assert_int_equal(job.components[0].threads, threads);
    assert_string_equal(job.components[0].each, each);
    assert_int_equal(job.ranks, 7 * ranks);
    pn_batch_job_release(&job);
    pn_machine_destroy(machine);
}

static void a_rank_has_what_is_near(void **state)
{
    (void)state;
    expect_part("cores: 48", 1, 48, "node");
    expect_part("cores: 48, processors: 2", 2, 24, "socket");
    expect_part("cores: 48, processors: 2, numa_domains: 8", 8, 6, "NUMA domain");
    expect_part("cores: 48, processors: 2, device: A100, devices: 4", 4, 12, "device");
    expect_part("cores: 47, device: A100, devices: 4", 4, 11, "device");
}

static void expect_bytes(const char *keys, double bytes)
{
    char text[512];
    pn_batch_job job;
    snprintf(text, sizeof text, "machine: m\npartitions:\n  - {name: p, nodes: 7, %s}\n", keys);
    pn_machine *machine = machine_of(text);
    assert_int_equal(pn_batch_job_plan(&job, machine, 0), PN_OK);
    assert_true(fabs((double)job.components[0].memory - bytes) <= 1);
    pn_batch_job_release(&job);
    pn_machine_destroy(machine);
}

static void the_system_keeps_a_part_of_the_memory(void **state)
{
    (void)state;
    expect_bytes("cores: 48", 0);
    expect_bytes("cores: 48, memory: 100GB", 80e9);
    expect_bytes("cores: 48, memory: 100GB, memory_available: 96GB", 86.4e9);
    expect_bytes("cores: 48, memory: 100GB, device: A100, devices: 4", 0);
}

static void parts_add_up(void **state)
{
    (void)state;
    pn_machine *machine =
        machine_of("machine: m\npartitions:\n"
                   "  - {name: a, nodes: 5, cores: 8, processors: 2}\n"
                   "  - {name: b, nodes: 3, cores: 8, device: A100, devices: 4}\n");
    pn_batch_job job;
    assert_int_equal(pn_batch_job_plan(&job, machine, 0), PN_OK);
    assert_int_equal(job.nodes, 8);
    assert_int_equal(job.ranks, 5 * 2 + 3 * 4);
    pn_batch_job_release(&job);
    assert_int_equal(pn_batch_job_plan(&job, machine, 2), PN_OK);
    assert_int_equal(job.ranks, 2 * 2 + 2 * 4);
    pn_batch_job_release(&job);
    assert_int_equal(pn_batch_job_plan(&job, machine, 4), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "partition \"b\""));
    assert_non_null(strstr(pn_fail_message(), "up to 3"));
    pn_machine_destroy(machine);
}

static void expect_refused(const char *keys, const char *said)
{
    char text[512];
    pn_batch_job job;
    snprintf(text, sizeof text, "machine: m\npartitions:\n  - {name: p, nodes: 7, %s}\n", keys);
    pn_machine *machine = machine_of(text);
    assert_int_equal(pn_batch_job_plan(&job, machine, 0), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), said));
    assert_null(job.components);
    pn_machine_destroy(machine);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    expect_refused("processors: 2", "\"cores\" is missing");
    expect_refused("cores: 3, device: A100, devices: 4", "3 cores do not suffice for 4 ranks");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rank_has_what_is_near),
        cmocka_unit_test(the_system_keeps_a_part_of_the_memory),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
