// SPDX-License-Identifier: BSD-3-Clause
// Seeing a host: synthetic topologies with bindings, the processors of each slot, and memory and
// processor limits of control groups in folders made like /proc and /sys/fs/cgroup.
#include "measure/host.h"
#include "measure/limits.h"
#include "measure/midr.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
    strcpy(root, "/tmp/panache-host-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -r '%s'", root);
    return system(command);
}

// proc/self for a process in group `path`; the hierarchy's part `seen` is mounted at root/sys.
static void put_version_2(const char *path, const char *seen)
{
    char text[2 * PATH_MAX];
    put("proc/meminfo", "MemTotal:       1000000 kB\nMemFree: 5 kB\nMemAvailable: 800000 kB\n");
    snprintf(text, sizeof text, "0::%s\n", path);
    put("proc/self/cgroup", text);
    snprintf(text, sizeof text,
             "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
             "31 23 0:28 %s %s/sys rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
             seen, root);
    put("proc/self/mountinfo", text);
    put("sys/cgroup.procs", "");
}

// Linux's text on Arm: nothing but numbers, a paragraph for each processor.
static void put_cores(char *text, int count, const char *maker, const char *part)
{
    for (int i = 0; i < count; i++)
        sprintf(text + strlen(text),
                "processor\t: %d\nBogoMIPS\t: 100.00\nCPU implementer\t: %s\n"
                "CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: %s\nCPU revision\t: 1\n\n",
                i, maker, part);
    put("proc/cpuinfo", text);
}

static const char *name_of_arm(void)
{
    static char name[128];
    char proc[PATH_MAX + 8];
    snprintf(proc, sizeof proc, "%s/proc", root);
    return pn_midr_name(proc, name, sizeof name) ? name : NULL;
}

static void processors_of_arm_have_names(void **state)
{
    (void)state;
    char text[4096] = "";
    assert_null(name_of_arm());
    put_cores(text, 2, "0x41", "0xd4f");
    assert_string_equal(name_of_arm(), "Neoverse V2");
    strcpy(text, "");
    put_cores(text, 1, "0x46", "0x001");
    assert_string_equal(name_of_arm(), "A64FX");
    strcpy(text, "");
    put_cores(text, 1, "0x99", "0xabc");
    assert_string_equal(name_of_arm(), "Arm processor 0x99 0xabc");
    strcpy(text, "");
    put_cores(text, 2, "0x41", "0xd0b");
    put_cores(text, 4, "0x41", "0xd05");
    assert_string_equal(name_of_arm(), "4 Cortex-A55 + 2 Cortex-A76");
    put("proc/cpuinfo", "vendor_id\t: GenuineIntel\nmodel name\t: Xeon\n");
    assert_null(name_of_arm());
}

static pn_limits observe(void)
{
    char proc[PATH_MAX + 8];
    pn_limits limits;
    snprintf(proc, sizeof proc, "%s/proc", root);
    pn_limits_observe(&limits, proc);
    return limits;
}

static void without_groups_memory_is_what_the_kernel_says(void **state)
{
    (void)state;
    put("proc/meminfo", "MemTotal:       1000000 kB\nMemAvailable:    800000 kB\n");
    pn_limits limits = observe();
    assert_int_equal(limits.memory_total, 1024000000);
    assert_int_equal(limits.memory_available, 819200000);
    assert_string_equal(limits.memory_bound, "MemAvailable");
    assert_true(limits.quota == 0.0);
}

#define LIMITS "Limit                     Soft Limit           Hard Limit           Units\n"

// The process's own limits count beside those of its groups, less what it has mapped already.
static void limits_of_the_process_are_its_own(void **state)
{
    (void)state;
    put("proc/meminfo", "MemTotal:       1000000 kB\nMemAvailable:    800000 kB\n");
    put("proc/self/status", "Name:\tx\nVmSize:\t  100000 kB\nVmData:\t 20000 kB\n");
    put("proc/self/limits",
        LIMITS "Max data size             unlimited            unlimited  bytes\n"
               "Max address space         unlimited            unlimited  bytes\n");
    assert_int_equal(observe().own_available, 0);
    put("proc/self/limits",
        LIMITS "Max data size             unlimited            unlimited  bytes\n"
               "Max address space         300000000            unlimited  bytes\n");
    pn_limits limits = observe();
    assert_int_equal(limits.memory_available, 819200000);
    assert_int_equal(limits.own_available, 300000000 - 102400000);
    assert_string_equal(limits.own_bound, "ulimit -v");
    put("proc/self/limits",
        LIMITS "Max data size             50000000             unlimited  bytes\n"
               "Max address space         300000000            unlimited  bytes\n");
    assert_int_equal(observe().own_available, 50000000 - 20480000);
    assert_string_equal(observe().own_bound, "ulimit -d");
    put("proc/self/limits",
        LIMITS "Max data size             1                    unlimited  bytes\n");
    assert_int_equal(observe().own_available, 1); // nothing is left, and that is a limit
}

static void a_host_says_which_limit_holds(void **state)
{
    (void)state;
    char proc[PATH_MAX + 8];
    put("proc/meminfo", "MemTotal:       1000000 kB\nMemAvailable:    800000 kB\n");
    put("proc/self/status", "VmSize:\t  100000 kB\n");
    put("proc/self/limits",
        LIMITS "Max address space         300000000            unlimited  bytes\n");
    put("proc/sys/kernel/random/boot_id", "0b5f2f6e-1111-2222-3333-444444444444\n");
    snprintf(proc, sizeof proc, "%s/proc", root);
    pn_host host, other;
    pn_host_source source = {.proc = proc, .topology = "core:2 pu:1"};
    assert_int_equal(pn_host_observe(&host, &source), PN_OK);
    assert_string_equal(host.memory_bound, "ulimit -v");
    assert_int_equal(host.memory_available, host.memory_own);
    assert_int_equal(host.memory_shared, 819200000);
    put("proc/sys/kernel/random/boot_id", "0b5f2f6e-1111-2222-3333-444444444445\n");
    assert_int_equal(pn_host_observe(&other, &source), PN_OK);
    assert_true(host.machine != 0 && other.machine != 0 && host.machine != other.machine);
    pn_host_release(&host);
    pn_host_release(&other);
}

// Whatever the group is called from where one looks.
static void groups_with_a_limit_are_told_apart(void **state)
{
    (void)state;
    put_version_2("/job/step", "/");
    put("sys/job/memory.max", "max\n");
    put("sys/job/step/memory.max", "max\n");
    assert_true(observe().memory_group == 0);
    put("sys/job/memory.max", "400000000\n");
    uint64_t outer = observe().memory_group;
    assert_true(outer != 0);
    put("sys/job/step/memory.max", "300000000\n");
    uint64_t inner = observe().memory_group;
    assert_true(inner != 0 && inner != outer);
    put("sys/job/step/memory.current", "1000\n"); // what is used makes no other group of it
    assert_true(observe().memory_group == inner);
}

static void version_2_minds_every_level(void **state)
{
    (void)state;
    put_version_2("/job/step", "/");
    put("sys/job/step/memory.max", "max\n");
    put("sys/job/step/memory.current", "50000000\n");
    put("sys/job/memory.max", "400000000\n");
    put("sys/job/memory.current", "150000000\n");
    put("sys/job/memory.stat", "anon 1\ninactive_file 30000000\nactive_file 20000000\nslab 7\n");
    put("sys/job/cpu.max", "150000 100000\n");
    put("sys/job/step/cpu.max", "max 100000\n");
    pn_limits limits = observe();
    assert_int_equal(limits.memory_available, 300000000);
    assert_non_null(strstr(limits.memory_bound, "/sys/job/memory.max"));
    assert_true(limits.quota == 1.5);
    put("sys/job/step/memory.high", "60000000\n");
    assert_int_equal(observe().memory_available, 10000000);
    put("sys/job/step/memory.max", "40000000\n");
    assert_int_equal(observe().memory_available, 0);
}

static void a_container_sees_its_own_part(void **state)
{
    (void)state;
    put_version_2("/docker/abc", "/docker/abc");
    put("sys/memory.max", "400000000\n");
    put("sys/memory.current", "100000000\n");
    assert_int_equal(observe().memory_available, 300000000);
    put_version_2("/../../elsewhere", "/");
    assert_int_equal(observe().memory_available, 300000000);
    put_version_2("/gone", "/");
    assert_int_equal(observe().memory_available, 300000000);
}

static void version_1_minds_every_level(void **state)
{
    (void)state;
    char text[2 * PATH_MAX];
    put("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 800000 kB\n");
    put("proc/self/cgroup", "5:cpuacct,cpu:/a\n4:memory:/a/b\n3:cpuset:/\n0::/\n");
    snprintf(text, sizeof text,
             "35 31 0:32 / %s/memory rw - cgroup cgroup rw,memory\n"
             "36 31 0:33 / %s/cpu rw - cgroup cgroup rw,cpu,cpuacct\n",
             root, root);
    put("proc/self/mountinfo", text);
    put("memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("memory/a/memory.limit_in_bytes", "500000000\n");
    put("memory/a/memory.usage_in_bytes", "300000000\n");
    put("memory/a/memory.stat", "total_inactive_file 50000000\ninactive_file 1\n");
    put("memory/a/b/memory.limit_in_bytes", "600000000\n");
    put("memory/a/b/memory.usage_in_bytes", "10000000\n");
    put("cpu/a/cpu.cfs_quota_us", "200000\n");
    put("cpu/a/cpu.cfs_period_us", "50000\n");
    put("cpu/cpu.cfs_quota_us", "-1\n");
    pn_limits limits = observe();
    assert_int_equal(limits.memory_available, 250000000);
    assert_non_null(strstr(limits.memory_bound, "/memory/a/memory.limit_in_bytes"));
    assert_true(limits.quota == 4.0);
}

static pn_host see(const char *topology, const char *binding)
{
    char proc[PATH_MAX + 8];
    snprintf(proc, sizeof proc, "%s/proc", root);
    pn_host_source source = {.proc = proc, .topology = topology, .binding = binding};
    pn_host host;
    if (pn_host_observe(&host, &source) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return host;
}

static const char *const two_domains =
    "pack:2 [numa] l3:1(size=33554432) core:4 l2:1(size=1048576) l1d:1(size=32768) pu:2";

static void sees_a_machine(void **state)
{
    (void)state;
    pn_host host = see(two_domains, NULL);
    assert_int_equal(host.sockets, 2);
    assert_int_equal(host.numa_domains, 2);
    assert_int_equal(host.cores, 8);
    assert_int_equal(host.logical, 16);
    assert_int_equal(host.usable, 8);
    assert_false(host.bound);
    assert_int_equal(host.l1d_bytes, 32768);
    assert_int_equal(host.l2_bytes, 1048576);
    assert_int_equal(host.l3_bytes, 33554432);
    assert_int_equal(host.l3_cores, 4);
    for (int i = 0; i < 8; i++) { // one processor of each core, never its second
        assert_int_equal(host.cpus[i], 2 * i);
        assert_int_equal(host.domains[i], i / 4);
    }
    pn_host_release(&host);
}

static void respects_a_binding(void **state)
{
    (void)state;
    pn_host all = see(two_domains, NULL), host = see(two_domains, "3,4-5,12");
    int cpus[4];
    assert_int_equal(host.usable, 3);
    assert_true(host.bound);
    assert_true(host.cpu_set != all.cpu_set);
    pn_host_cpus(&host, 0, 1, 3, cpus);
    assert_int_equal(cpus[0], 3);
    assert_int_equal(cpus[1], 4);
    assert_int_equal(cpus[2], 12);
    pn_host_cpus(&host, 0, 1, 4, cpus); // more threads than cores: again from the first
    assert_int_equal(cpus[3], 3);
    pn_host_release(&all);
    pn_host_release(&host);
}

static void a_quota_leaves_fewer_cores(void **state)
{
    (void)state;
    put_version_2("/", "/");
    put("sys/cpu.max", "250000 100000\n");
    pn_host host = see(two_domains, NULL);
    assert_int_equal(host.usable, 3);
    assert_true(host.bound && host.quota == 2.5);
    pn_host_release(&host);
}

static void a_part_may_begin_at_any_core(void **state)
{
    (void)state;
    int all[8] = {0, 1, 2, 3, 4, 5, 6, 7}, domains[8] = {0}, cpus[6];
    pn_host host = {.usable = 8, .cpus = all, .domains = domains};
    pn_host_cpus(&host, 2, 8, 5, cpus);
    for (int i = 0; i < 5; i++)
        assert_int_equal(cpus[i], 2 + i);
    pn_host_cpus(&host, 4, 8, 6, cpus); // two more than are left
    assert_int_equal(cpus[3], 7);
    assert_int_equal(cpus[4], 4);
}

// Whatever the numbers, slots that fit get different cores, and stay in one domain where they can.
static void slots_share_without_meeting(void **state)
{
    (void)state;
    pn_host host = see(two_domains, NULL);
    for (int slots = 1; slots <= 8; slots++) {
        int used[16] = {0};
        for (int slot = 0; slot < slots; slot++) {
            int threads = 8 / slots, cpus[8];
            pn_host_cpus(&host, slot, slots, threads, cpus);
            for (int i = 0; i < threads; i++) {
                assert_int_equal(used[cpus[i]]++, 0);
                if (threads <= 2 || threads == 4)
                    assert_int_equal(cpus[i] / 8, cpus[0] / 8);
            }
        }
    }
    int cpus[1], seen[16] = {0};
    for (int slot = 0; slot < 16; slot++) { // twice as many as cores
        pn_host_cpus(&host, slot, 16, 1, cpus);
        seen[cpus[0]]++;
    }
    for (int i = 0; i < 8; i++)
        assert_int_equal(seen[2 * i], 2);
    pn_host_release(&host);
}

static void sees_this_very_host(void **state)
{
    (void)state;
    pn_host host;
    if (pn_host_observe(&host, NULL) != PN_OK)
        fail_msg("%s", pn_fail_message());
    assert_in_range(host.usable, 1, host.cores);
    assert_true(host.cores <= host.logical);
    assert_true(host.memory_available > 0 && host.memory_available <= host.memory_total);
    assert_true(strlen(host.name) > 0);
    pn_host_release(&host);
}

static void refuses_a_topology_that_is_none(void **state)
{
    (void)state;
    pn_host_source source = {.topology = "no such thing:"};
    pn_host host;
    assert_int_equal(pn_host_observe(&host, &source), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "no such thing:"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(processors_of_arm_have_names),
        TEST(without_groups_memory_is_what_the_kernel_says),
        TEST(limits_of_the_process_are_its_own),
        TEST(a_host_says_which_limit_holds),
        TEST(groups_with_a_limit_are_told_apart),
        TEST(version_2_minds_every_level),
        TEST(a_container_sees_its_own_part),
        TEST(version_1_minds_every_level),
        TEST(sees_a_machine),
        TEST(respects_a_binding),
        TEST(a_quota_leaves_fewer_cores),
        TEST(slots_share_without_meeting),
        TEST(a_part_may_begin_at_any_core),
        TEST(sees_this_very_host),
        TEST(refuses_a_topology_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
