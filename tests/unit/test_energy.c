// SPDX-License-Identifier: BSD-3-Clause
// Energy of a host from folders that are laid out as Linux lays out those of a Cray node, of two
// packages with memory and "psys", and of counters that nobody may read; and what a run of several
// hosts takes in all.
#include "measure/energy_total.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOBODY = 65534 };

typedef struct folder {
    char root[64];
} folder;

static int set_up(void **state)
{
    folder *f = malloc(sizeof *f);
    snprintf(f->root, sizeof f->root, "/tmp/panache-sysfs-XXXXXX");
    *state = f;
    return f && mkdtemp(f->root) ? 0 : 1;
}

static int tear_down(void **state)
{
    folder *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", f->root);
    int code = system(command);
    free(f);
    return code;
}

static void write_file(const folder *f, const char *path, const char *text)
{
    char all[512];
    snprintf(all, sizeof all, "%s/%s", f->root, path);
    for (char *slash = all + strlen(f->root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(all, 0755);
        *slash = '/';
    }
    FILE *stream = fopen(all, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void write_zone(const folder *f, const char *zone, const char *name, const char *energy)
{
    char path[128];
    snprintf(path, sizeof path, "class/powercap/%s/name", zone);
    write_file(f, path, name);
    snprintf(path, sizeof path, "class/powercap/%s/energy_uj", zone);
    write_file(f, path, energy);
    snprintf(path, sizeof path, "class/powercap/%s/max_energy_range_uj", zone);
    write_file(f, path, "262143328850\n");
}

static void write_packages(const folder *f, bool later)
{
    write_zone(f, "intel-rapl:0", "package-0\n", later ? "61000000\n" : "1000000\n");
    write_zone(f, "intel-rapl:0:0", "core\n", later ? "50000000\n" : "0\n");
    write_zone(f, "intel-rapl:0:1", "dram\n", later ? "8000000\n" : "3000000\n");
    // starts again: 262143.32885 - 262143 + 39.67115 = 40 J
    write_zone(f, "intel-rapl:1", "package-1\n", later ? "39671150\n" : "262143000000\n");
    write_zone(f, "intel-rapl:1:0", "dram\n", later ? "7000000\n" : "0\n");
    write_zone(f, "intel-rapl:2", "psys\n", later ? "900000000\n" : "0\n");
}

static bool is_near(double one, double other)
{
    return fabs(one - other) < 1e-6;
}

static void packages_and_memory_count_and_the_platform_does_not(void **state)
{
    const folder *f = *state;
    pn_energy_record record;
    write_packages(f, false);
    pn_energy *energy = pn_energy_open(f->root);
    pn_energy_begin(energy);
    write_packages(f, true);
    pn_energy_end(energy);
    pn_energy_close(energy, &record);
    assert_string_equal(record.meter, "RAPL");
    assert_string_equal(record.refused, "");
    assert_true(is_near(record.joules[PN_ENERGY_PROCESSORS], 100));
    assert_true(is_near(record.joules[PN_ENERGY_MEMORY], 12));
    assert_true(record.joules[PN_ENERGY_NODE] < 0 && record.joules[PN_ENERGY_DEVICES] < 0);
    assert_true(is_near(record.whole[PN_ENERGY_PROCESSORS], 100));
}

static void a_cray_node_tells_all_of_itself(void **state)
{
    const folder *f = *state;
    pn_energy_record record;
    write_packages(f, false); // is there as well, and counts no second time
    write_file(f, "cray/pm_counters/energy", "1000 J 1660000000 us\n");
    write_file(f, "cray/pm_counters/cpu_energy", "100 J 1660000000 us\n");
    write_file(f, "cray/pm_counters/memory_energy", "10 J 1660000000 us\n");
    write_file(f, "cray/pm_counters/accel0_energy", "300 J 1660000000 us\n");
    write_file(f, "cray/pm_counters/accel1_energy", "400 J 1660000000 us\n");
    pn_energy *energy = pn_energy_open(f->root);
    pn_energy_begin(energy);
    write_file(f, "cray/pm_counters/energy", "2500 J 1670000000 us\n");
    write_file(f, "cray/pm_counters/accel0_energy", "500 J 1670000000 us\n");
    write_file(f, "cray/pm_counters/accel1_energy", "700 J 1670000000 us\n");
    pn_energy_end(energy);
    write_file(f, "cray/pm_counters/energy", "2600 J 1680000000 us\n");
    pn_energy_close(energy, &record);
    assert_string_equal(record.meter, "pm_counters");
    assert_true(is_near(record.joules[PN_ENERGY_NODE], 1500));
    assert_true(is_near(record.whole[PN_ENERGY_NODE], 1600));
    assert_true(is_near(record.joules[PN_ENERGY_DEVICES], 500));
    assert_true(is_near(record.joules[PN_ENERGY_PROCESSORS], 0));
}

static void without_counters_there_is_no_record(void **state)
{
    const folder *f = *state;
    pn_energy_record record;
    pn_energy *energy = pn_energy_open(f->root);
    pn_energy_begin(energy);
    pn_energy_end(energy);
    pn_energy_close(energy, &record);
    assert_string_equal(record.meter, "");
    pn_energy_close(NULL, &record);
    assert_string_equal(record.meter, "");
}

static void what_may_not_be_read_is_named(void **state)
{
    const folder *f = *state;
    pn_energy_record record;
    char path[256];
    write_packages(f, false);
    chmod(f->root, 0755);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/class/powercap/intel-rapl:%d/energy_uj", f->root, i);
        chmod(path, 0);
    }
    bool is_root = geteuid() == 0; // who may read all
    assert_true(!is_root || seteuid(NOBODY) == 0);
    pn_energy_close(pn_energy_open(f->root), &record);
    assert_true(!is_root || seteuid(0) == 0);
    assert_string_equal(record.meter, "");
    assert_non_null(strstr(record.refused, "intel-rapl:0/energy_uj"));
}

// Two hosts of two ranks each: one metered as a whole, one by RAPL with a device beside.
static void nothing_counts_twice(void **state)
{
    pn_rank_record ranks[] = {
        {.host_id = 0,
         .device = "0000:01:00.0",
         .power = {.joules = 300, .seconds = 10},
         .energy = {.meter = "pm_counters",
                    .seconds = 10,
                    .joules = {1000, 100, 50, 300},
                    .whole = {1100, -1, -1, -1}}},
        {.host_id = 0, .device = "0000:02:00.0", .power = {.joules = 300, .seconds = 10}},
        {.host_id = 1,
         .energy = {.meter = "RAPL",
                    .seconds = 10,
                    .joules = {-1, 200, 40, -1},
                    .whole = {-1, 220, 44, -1}}},
        {.host_id = 1, .device = "0000:01:00.0", .power = {.joules = 500, .seconds = 10}},
        {.host_id = 2, .host = "third", .energy = {.refused = "energy_uj"}},
    };
    pn_result result = {.ranks = ranks, .rank_count = 5, .rate = 1.74e12};
    pn_energy_total t = pn_energy_total_of(&result);
    char text[160];
    (void)state;
    assert_true(is_near(t.joules, 1000 + 240 + 500));
    assert_true(is_near(t.whole, 1100 + 264));
    assert_true(is_near(t.watts, 174) && is_near(1e-9 * t.flops_per_watt, 10));
    assert_int_equal(t.hosts, 3);
    assert_int_equal(t.metered_hosts, 2);
    assert_int_equal(t.devices, 3);
    assert_int_equal(t.metered_devices, 3);
    assert_string_equal(t.refused_host, "third");
    result.ranks = ranks + 2;
    result.rank_count = 2;
    t = pn_energy_total_of(&result);
    pn_energy_coverage(&t, text, sizeof text);
    assert_string_equal(text,
                        "processors and memory of 1 host, 1 of 1 device; no fans, no network");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(packages_and_memory_count_and_the_platform_does_not, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_cray_node_tells_all_of_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_counters_there_is_no_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_may_not_be_read_is_named, set_up, tear_down),
        cmocka_unit_test(nothing_counts_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
