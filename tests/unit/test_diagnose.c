// SPDX-License-Identifier: BSD-3-Clause
// What the doctor says: of a made-up system under a folder of the test's own, of each thing that is
// wrong with a rank, and of many ranks in few lines.
#include "measure/diagnose.h"
#include "report/diagnosis_text.h"

#include <limits.h>
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

static char root[64]; // the test's own folder

// Writes root/path, making its folders.
static void put(const char *path, const char *text)
{
    char whole[2 * PATH_MAX];
    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *at = whole + strlen(root) + 1; (at = strchr(at, '/')); *at++ = '/') {
        *at = '\0';
        mkdir(whole, 0700);
    }
    FILE *out = fopen(whole, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static int begin(void **state)
{
    (void)state;
    strcpy(root, "/tmp/panache-doctor-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -r '%s'", root);
    return system(command);
}

static pn_system_facts read_facts(int cpu)
{
    char proc[128], sys[128];
    pn_system_facts facts;
    snprintf(proc, sizeof proc, "%s/proc", root);
    snprintf(sys, sizeof sys, "%s/sys", root);
    pn_system_facts_read(&facts, &(pn_system_source){proc, sys, cpu});
    return facts;
}

static void a_system_that_says_nothing_is_not_known(void **state)
{
    (void)state;
    pn_system_facts facts = read_facts(0);
    assert_string_equal(facts.governor, "");
    assert_string_equal(facts.huge_pages, "");
    assert_true(facts.base_hertz == 0 && facts.most_hertz == 0 && facts.limit_hertz == 0);
    assert_int_equal(facts.turbo, -1);
    assert_int_equal(facts.numa_balancing, -1);
    assert_true(facts.locked_bytes == 0 && facts.started == 0);
}

static void a_system_is_read_as_it_is(void **state)
{
    (void)state;
    put("sys/devices/system/cpu/cpu3/cpufreq/scaling_governor", "powersave\n");
    put("sys/devices/system/cpu/cpu3/cpufreq/scaling_driver", "acpi-cpufreq\n");
    put("sys/devices/system/cpu/cpu3/cpufreq/cpuinfo_max_freq", "3500000\n");
    put("sys/devices/system/cpu/cpu3/cpufreq/scaling_max_freq", "1800000\n");
    put("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
    put("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
    put("proc/sys/kernel/numa_balancing", "1\n");
    put("proc/cpuinfo", "processor : 0\nmodel name\t: Intel(R) Xeon(R) CPU @ home @ 2.60GHz\n");
    put("proc/self/limits", "Limit Soft Hard Units\nMax locked memory  65536  65536  bytes\n");
    put("proc/self/stat", "7 (a ) b) S 1 1 1 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 500 0 0\n");
    pn_system_facts facts = read_facts(3);
    assert_string_equal(facts.governor, "powersave");
    assert_string_equal(facts.driver, "acpi-cpufreq");
    assert_string_equal(facts.huge_pages, "never");
    assert_true(fabs(facts.base_hertz - 2.6e9) < 1);
    assert_true(fabs(facts.most_hertz - 3.5e9) < 1 && fabs(facts.limit_hertz - 1.8e9) < 1);
    assert_int_equal(facts.turbo, 0);
    assert_int_equal(facts.numa_balancing, 1);
    assert_int_equal(facts.locked_bytes, 65536);
    assert_true(fabs(facts.started * (double)sysconf(_SC_CLK_TCK) - 500) < 1e-9);
    put("sys/devices/system/cpu/cpu3/cpufreq/base_frequency", "2400000\n");
    facts = read_facts(3);
    assert_true(fabs(facts.base_hertz - 2.4e9) < 1); // what the driver says counts before a name
    assert_string_equal(read_facts(0).governor, "");
}

static pn_host a_host = {.name = "h1",
                         .cores = 8,
                         .usable = 8,
                         .numa_domains = 1,
                         .memory_total = (int64_t)64 << 30,
                         .memory_available = (int64_t)60 << 30,
                         .memory_bound = "MemAvailable"};
static pn_system_facts a_system = {.huge_pages = "madvise", .turbo = 1, .numa_balancing = 0};

// A rank with nothing wrong, of 8 cores.
static pn_patient healthy(void)
{
    return (pn_patient){.host = &a_host,
                        .system = &a_system,
                        .held_back = "",
                        .blas = "OpenBLAS 9",
                        .blas_rate = 90e9,
                        .peak = 100e9,
                        .build = "abc",
                        .mpi = "Open MPI 4",
                        .messages = "",
                        .preload = "",
                        .ranks = 1,
                        .hosts = 1,
                        .threads = 8,
                        .could_have = 8,
                        .bound_by = "",
                        .host_ranks = 1,
                        .host_cores = 8,
                        .cpu_share = 1,
                        .had = 0.99,
                        .hertz = 2.6e9,
                        .first_message = 0.5};
}

static const pn_symptom *find(const pn_diagnosis *d, const char *name)
{
    for (int i = 0; i < d->count; i++)
        if (strcmp(d->symptom[i].name, name) == 0)
            return &d->symptom[i];
    fail_msg("no symptom %s", name);
    return NULL;
}

static int count_costs(const pn_diagnosis *d)
{
    int count = 0;
    for (int i = 0; i < d->count; i++)
        count += isnan(d->symptom[i].cost) || d->symptom[i].cost > 0.05;
    return count;
}

// The symptom, and no other, costs so much; there is something to do about it.
static void expect_only(const pn_patient *patient, const char *name, double cost)
{
    pn_diagnosis d;
    pn_diagnose(&d, patient);
    const pn_symptom *symptom = find(&d, name);
    assert_int_equal(count_costs(&d), 1);
    assert_true(isnan(cost) ? isnan(symptom->cost) : fabs(symptom->cost - cost) < 1e-9);
    assert_true(symptom->advice[0] != '\0');
}

static void nothing_is_found_where_nothing_is_wrong(void **state)
{
    (void)state;
    pn_patient patient = healthy();
    pn_diagnosis d;
    pn_diagnose(&d, &patient);
    assert_int_equal(count_costs(&d), 0);
}

static void what_holds_threads_down_is_named_with_its_cost(void **state)
{
    (void)state;
    pn_patient patient = healthy();
    patient.threads = 2;
    patient.bound_by = "OMP_NUM_THREADS";
    expect_only(&patient, "environment", 0.75);
    patient = healthy();
    patient.host_cores = 6;
    expect_only(&patient, "binding", 0.25);
    patient = healthy();
    patient.no_bind = true;
    expect_only(&patient, "binding", NAN);
    patient = healthy();
    patient.crowd = 16;
    patient.cpu_share = 0.5;
    patient.had = 0.4; // that is their own doing
    expect_only(&patient, "cores", 0.5);
    patient = healthy();
    patient.had = 0.7;
    expect_only(&patient, "other work", 0.3);
    pn_host host = a_host;
    host.quota = 6;
    patient = healthy();
    patient.host = &host;
    expect_only(&patient, "limits", 0.25);
}

static void clocks_and_governors_are_judged_by_what_was_measured(void **state)
{
    (void)state;
    pn_system_facts system = a_system;
    pn_patient patient = healthy();
    patient.system = &system;
    system.base_hertz = 5.2e9;
    expect_only(&patient, "clock", 0.5);
    system.base_hertz = 2.6e9;
    strcpy(system.governor, "powersave");
    strcpy(system.driver, "intel_pstate"); // whose powersave is not one
    pn_diagnosis d;
    pn_diagnose(&d, &patient);
    assert_int_equal(count_costs(&d), 0);
    strcpy(system.driver, "acpi-cpufreq");
    expect_only(&patient, "clock", NAN);
    strcpy(system.governor, "performance");
    system.most_hertz = 3.5e9;
    system.limit_hertz = 2.6e9;
    expect_only(&patient, "clock", NAN);
    system.limit_hertz = 3.5e9;
    system.turbo = 0;
    expect_only(&patient, "clock", NAN);
}

static void pages_memory_messages_and_libraries_are_told(void **state)
{
    (void)state;
    pn_system_facts system = a_system;
    pn_host host = a_host;
    pn_patient patient = healthy();
    patient.system = &system;
    patient.host = &host;
    strcpy(system.huge_pages, "never");
    expect_only(&patient, "huge pages", NAN);
    strcpy(system.huge_pages, "always");
    system.numa_balancing = 1;   // of one domain
    system.locked_bytes = 65536; // on one host
    pn_diagnosis d;
    pn_diagnose(&d, &patient);
    assert_int_equal(count_costs(&d), 0);
    host.numa_domains = 2;
    expect_only(&patient, "NUMA", NAN);
    system.numa_balancing = 0;
    patient.hosts = 2;
    expect_only(&patient, "limits", NAN);
    system.locked_bytes = 0;
    host.memory_available = (int64_t)8 << 30;
    expect_only(&patient, "memory", NAN);
    host.memory_available = (int64_t)60 << 30;
    patient.messages = "UCX_TLS=tcp";
    expect_only(&patient, "MPI", NAN);
    patient.messages = "";
    patient.blas_rate = 50e9;
    expect_only(&patient, "BLAS", NAN);
    patient.blas_rate = 0; // asked for
    expect_only(&patient, "BLAS", NAN);
}

// Each line has at most 80 columns; then the ends of the lines are blanks, and blanks are single.
static void unwrap(char *text)
{
    char *to = text;
    for (char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80);
    for (const char *from = text; *from; from++) {
        bool is_blank = *from == ' ' || *from == '\n';
        if (!is_blank || to == text || to[-1] != ' ')
            *to++ = *from == '\n' ? ' ' : *from;
    }
    *to = '\0';
}

static void many_ranks_are_few_lines(void **state)
{
    (void)state;
    enum { RANKS = 4, LINES = 64 };
    pn_diagnosis all[RANKS];
    pn_symptom_line lines[LINES];
    for (int rank = 0; rank < RANKS; rank++) {
        pn_patient patient = healthy();
        patient.ranks = RANKS;
        patient.hertz = 2.6e9 + rank;
        patient.had = rank == 2 ? 0.5 : 0.99;
        patient.build = rank == 3 ? "def" : "abc";
        pn_diagnose(&all[rank], &patient);
    }
    int count = pn_diagnosis_join(all, RANKS, lines, LINES);
    assert_int_equal(count, all[0].count + 1); // another build
    assert_string_equal(lines[1].symptom->name, "version");
    assert_int_equal(lines[0].ranks, RANKS - 1);
    assert_int_equal(lines[1].rank, 3);
    pn_diagnosis_page page = {all, RANKS, lines, count};
    assert_int_equal(pn_diagnosis_matters(&page), 1);
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    pn_diagnosis_text(stream, &page);
    fclose(stream);
    unwrap(text);
    assert_non_null(strstr(text, "(rank 2 on h1, the worst of 4)"));
    assert_non_null(strstr(text, " finding: more than 5 % is lost to other work (50 %) "));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_system_that_says_nothing_is_not_known, begin, end),
        cmocka_unit_test_setup_teardown(a_system_is_read_as_it_is, begin, end),
        cmocka_unit_test(nothing_is_found_where_nothing_is_wrong),
        cmocka_unit_test(what_holds_threads_down_is_named_with_its_cost),
        cmocka_unit_test(clocks_and_governors_are_judged_by_what_was_measured),
        cmocka_unit_test(pages_memory_messages_and_libraries_are_told),
        cmocka_unit_test(many_ranks_are_few_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
