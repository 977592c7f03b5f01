// SPDX-License-Identifier: BSD-3-Clause
// What "auto" brings into memory: where there is no driver, nothing of the libraries for devices,
// which are larger than the allowance of a run for everything beside its matrix. And what memory
// costs: all of it is there when it is given, but not much more than was asked for.
#include "base/team.h"
#include "compute/blas.h"
#include "compute/cpu.h"
#include "compute/open_compute.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// Whether this process has mapped a file whose path holds `name`.
static bool is_mapped(const char *name)
{
    char line[4096];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        found = found || strstr(line, name);
    fclose(maps);
    return found;
}

static bool has_driver(void)
{
    void *driver = dlopen("libcuda.so.1", RTLD_LAZY);
    if (driver)
        dlclose(driver);
    return driver != NULL;
}

static void open_on(const char *device, char *reason, pn_status expected)
{
    pn_team *team;
    pn_blas *blas;
    pn_compute *compute;
    assert_int_equal(pn_blas_open(&blas, "auto"), PN_OK);
    assert_int_equal(pn_team_create(&team, 1, NULL), PN_OK);
    pn_compute_request request = {.device = device, .local_ranks = 1, .team = team, .blas = blas};
    assert_int_equal(pn_compute_open(&compute, &request, reason), expected);
    if (compute)
        compute->ops->close(compute);
    pn_team_destroy(team);
    pn_blas_close(blas);
}

static void processors_bring_no_libraries_for_devices(void **state)
{
    (void)state;
    char reason[PN_COMPUTE_REASON];
    open_on("cpu", reason, PN_OK);
    assert_true(is_mapped("libc.so"));
    assert_false(is_mapped("libcublas"));
}

static void without_a_driver_auto_means_the_processors(void **state)
{
    (void)state;
    char reason[PN_COMPUTE_REASON];
    open_on("auto", reason, PN_OK);
    if (has_driver())
        return; // what it finds there is the business of the tests on devices
    assert_true(strncmp(reason, "the processors: there is no ", 28) == 0);
    assert_false(is_mapped("libcublas"));
    open_on("cuda", reason, PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "there is no "));
    assert_false(is_mapped("libcublas"));
}

enum { BLOCKS = 40 };

static bool overlaps(uintptr_t begin, uintptr_t end, void *const *blocks, size_t bytes)
{
    for (int k = 0; k < BLOCKS; k++)
        if (begin < (uintptr_t)blocks[k] + bytes && (uintptr_t)blocks[k] < end)
            return true;
    return false;
}

// Bytes that the mappings in which the blocks lie have in memory. Such a mapping holds nothing
// else: it asks for huge pages, which nobody else here does. What a sanitizer or an allocator keeps
// beside them is not looked at, so the figures are the same in every build and on every machine.
static size_t in_memory(void *const *blocks, size_t bytes)
{
    char line[4096];
    size_t sum = 0;
    bool is_ours = false;
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        uintptr_t begin, end;
        size_t kilobytes;
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &begin, &end) == 2)
            is_ours = overlaps(begin, end, blocks, bytes);
        else if (is_ours && sscanf(line, "Rss: %zu kB", &kilobytes) == 1)
            sum += kilobytes << 10;
    }
    fclose(maps);
    return sum;
}

static void memory_is_there_and_not_much_more(void **state)
{
    (void)state;
    if (access("/sys/kernel/mm/transparent_hugepage/enabled", F_OK) != 0)
        skip(); // no huge pages to ask for: the mappings cannot be told from others
    static const size_t sizes[] = {1, 100000, 3000001}; // more than a page, more than a huge one
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    pn_team *team;
    pn_compute *compute;
    assert_int_equal(pn_team_create(&team, 2, NULL), PN_OK);
    assert_int_equal(pn_compute_cpu_open(&compute, team, NULL), PN_OK);
    for (int i = 0; i < 3; i++) {
        void *blocks[BLOCKS];
        size_t rounded = (sizes[i] + page - 1) / page * page;
        for (int k = 0; k < BLOCKS; k++)
            assert_int_equal(compute->ops->allocate(compute, sizes[i], &blocks[k]), PN_OK);
        assert_int_equal(in_memory(blocks, sizes[i]), BLOCKS * rounded);
        for (int k = 0; k < BLOCKS; k++)
            compute->ops->release(compute, blocks[k], sizes[i]);
        assert_int_equal(in_memory(blocks, sizes[i]), 0);
    }
    compute->ops->close(compute);
    pn_team_destroy(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processors_bring_no_libraries_for_devices),
        cmocka_unit_test(without_a_driver_auto_means_the_processors),
        cmocka_unit_test(memory_is_there_and_not_much_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
