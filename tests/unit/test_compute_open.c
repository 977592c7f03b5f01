// SPDX-License-Identifier: BSD-3-Clause
// What "auto" brings into memory: where there is no driver, nothing of the libraries for devices,
// which are larger than the allowance of a run for everything beside its matrix. And what memory
// costs: all of it is there when it is given, but not much more than was asked for.
#include "base/team.h"
#include "compute/blas.h"
#include "compute/cpu.h"
#include "compute/open_compute.h"

#include <dlfcn.h>
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

// Of this process, in bytes.
static long resident(void)
{
    long all, pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%ld %ld", &all, &pages), 2);
    fclose(statm);
    return pages * sysconf(_SC_PAGESIZE);
}

static void memory_is_there_and_not_much_more(void **state)
{
    (void)state;
    enum { BLOCKS = 40 };
    static const size_t sizes[] = {1, 100000, 3000001}; // more than a page, more than a huge one
    pn_team *team;
    pn_compute *compute;
    assert_int_equal(pn_team_create(&team, 2, NULL), PN_OK);
    assert_int_equal(pn_compute_cpu_open(&compute, team, NULL), PN_OK);
    for (int i = 0; i < 3; i++) {
        void *blocks[BLOCKS];
        const long asked = (long)(BLOCKS * sizes[i]), slack = BLOCKS * 8192L + (2L << 20);
        long before = resident();
        for (int k = 0; k < BLOCKS; k++)
            assert_int_equal(compute->ops->allocate(compute, sizes[i], &blocks[k]), PN_OK);
        long grown = resident() - before;
        assert_in_range(grown, pn_max(0, asked - (2L << 20)), asked + slack);
        for (int k = 0; k < BLOCKS; k++)
            compute->ops->release(compute, blocks[k], sizes[i]);
        assert_true(resident() - before < slack);
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
