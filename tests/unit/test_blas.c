// SPDX-License-Identifier: BSD-3-Clause
// Opening a BLAS, what it says of itself, and the check of its results, on libraries of plain loops
// that have a fault each (tests/stubs/blas.c, in the folder PANACHE_STUBS).
#include "compute/blas.h"
#include "compute/blas_check.h"
#include "compute/blas_family.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static pn_blas *open_stub(const char *fault)
{
    char path[1024];
    pn_blas *blas;
    snprintf(path, sizeof path, "%s/blas/%s/libopenblas.so.0", getenv("PANACHE_STUBS"), fault);
    if (pn_blas_open(&blas, path) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return blas;
}

static pn_blas_faults check(const pn_blas *blas, int threads)
{
    pn_team *team;
    pn_blas_faults faults;
    assert_int_equal(pn_team_create(&team, threads, NULL), PN_OK);
    assert_int_equal(pn_blas_check(&faults, blas, team), PN_OK);
    pn_team_destroy(team);
    return faults;
}

static int count_threads(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void finds_what_is_right_to_be_right(void **state)
{
    (void)state;
    pn_blas *blas;
    assert_int_equal(pn_blas_open(&blas, "openblas"), PN_OK);
    pn_blas_faults faults = check(blas, 3);
    assert_string_equal(faults.first, "");
    pn_blas_close(blas);
    blas = open_stub("none");
    faults = check(blas, 3);
    assert_string_equal(faults.first, "");
    assert_false(faults.product || faults.solve || faults.together);
    pn_blas_close(blas);
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *fault, *begins;
        bool product, solve;
    } cases[] = {{"product", "dgemm NN of 131 x 137 x 67 gives ", true, false},
                 {"nan", "dgemm NT of 45 x 23 x 13 gives ", true, false},
                 {"solve", "dtrsm LLNU of 37 x 29 gives ", false, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pn_blas *blas = open_stub(cases[i].fault);
        pn_blas_faults faults = check(blas, 2);
        assert_memory_equal(faults.first, cases[i].begins, strlen(cases[i].begins));
        assert_int_equal(faults.product, cases[i].product);
        assert_int_equal(faults.solve, cases[i].solve);
        assert_false(faults.together);
        pn_blas_close(blas);
    }
}

static void calls_from_all_threads_at_once(void **state)
{
    (void)state;
    pn_blas *blas = open_stub("unsafe");
    pn_blas_faults faults = check(blas, 1);
    assert_string_equal(faults.first, "");
    faults = check(blas, 4);
    assert_true(faults.together);
    assert_string_equal(faults.first, "right alone, but wrong when 4 threads call it at once");
    pn_blas_close(blas);
}

static void refuses_a_build_without_threads_for_several(void **state)
{
    (void)state;
    pn_blas *blas = open_stub("serial");
    assert_string_equal(pn_blas_who(blas)->threading, "serial");
    assert_int_equal(pn_blas_suits(blas, 1), PN_OK);
    assert_int_equal(pn_blas_suits(blas, 2), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "OpenBLAS 9.9-serial ("));
    assert_non_null(strstr(pn_fail_message(), "--threads 1"));
    pn_blas_close(blas);
    blas = open_stub("none");
    assert_int_equal(pn_blas_suits(blas, 2), PN_OK);
    pn_blas_close(blas);
}

// Whatever the user set: threads that are never called would still be created.
static void keeps_pools_of_threads_away(void **state)
{
    (void)state;
    setenv("OPENBLAS_NUM_THREADS", "8", 1);
    int before = count_threads();
    pn_blas *stub = open_stub("pool"), *blas;
    assert_int_equal(pn_blas_open(&blas, "openblas"), PN_OK);
    assert_int_equal(count_threads(), before);
    pn_blas_close(stub);
    pn_blas_close(blas);
}

static void asks_a_processor_for_every_word(void **state)
{
    (void)state;
    pn_blas_kernel kernel = {"Kernel", "avx2 fma"};
    assert_true(pn_blas_kernel_runs(&kernel, "sse fma avx avx2"));
    assert_false(pn_blas_kernel_runs(&kernel, "sse fma4 avx avx2"));
    assert_false(pn_blas_kernel_runs(&kernel, "fma avx512f avx"));
    assert_false(pn_blas_kernel_runs(&kernel, ""));
    kernel.needs = "";
    assert_true(pn_blas_kernel_runs(&kernel, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_pools_of_threads_away), // before anything else opens a library
        cmocka_unit_test(finds_what_is_right_to_be_right),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(calls_from_all_threads_at_once),
        cmocka_unit_test(refuses_a_build_without_threads_for_several),
        cmocka_unit_test(asks_a_processor_for_every_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
