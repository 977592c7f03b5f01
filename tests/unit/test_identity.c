// SPDX-License-Identifier: BSD-3-Clause
// Which ranks share a host, its cores and its memory: by what the system says of itself, whatever
// the names; and what a rank alone is held to, by a limit of its process or by its environment.
#include "job/thread_bound.h"
#include "tune/choose_ranks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RANKS = 4 };
#define GIB ((int64_t)1 << 30)

typedef struct job {
    pn_rank_info info[RANKS];
    pn_rank_choice out[RANKS];
    pn_choice_request request;
} job;

// Ranks of one name on one machine, that share 8 cores and 16 GiB.
static job begin(void)
{
    job j = {.request = {.memory_share = 0.5}};
    for (int rank = 0; rank < RANKS; rank++) {
        snprintf(j.info[rank].host, sizeof j.info[rank].host, "node");
        j.info[rank].machine = 77;
        j.info[rank].cpu_set = 7;
        j.info[rank].cores = j.info[rank].host_cores = 8;
        j.info[rank].memory_available = 16 * GIB;
    }
    return j;
}

static pn_status choose(job *j)
{
    return pn_choose_threads(j->out, &j->request, j->info, RANKS);
}

static void names_of_one_machine_are_one_host(void **state)
{
    (void)state;
    job j = begin();
    for (int rank = 0; rank < RANKS; rank++)
        snprintf(j.info[rank].host, sizeof j.info[rank].host, "pod-%d", rank);
    assert_int_equal(choose(&j), PN_OK);
    for (int rank = 0; rank < RANKS; rank++) {
        assert_int_equal(j.info[rank].host_id, 0);
        assert_int_equal(j.out[rank].bytes_allowed, 2 * GIB); // half of 16 GiB for four
        assert_int_equal(j.out[rank].threads, 2);
    }
}

static void one_name_on_two_machines_is_two_hosts(void **state)
{
    (void)state;
    job j = begin();
    j.info[2].machine = j.info[3].machine = 78;
    assert_int_equal(choose(&j), PN_OK);
    assert_int_equal(j.info[1].host_id, 0);
    assert_int_equal(j.info[2].host_id, 1);
    assert_int_equal(j.out[0].bytes_allowed, 4 * GIB);
    assert_int_equal(j.out[3].threads, 4);
}

static void without_a_number_of_the_machine_names_tell(void **state)
{
    (void)state;
    job j = begin();
    for (int rank = 0; rank < RANKS; rank++)
        j.info[rank].machine = 0;
    snprintf(j.info[3].host, sizeof j.info[3].host, "other");
    assert_int_equal(choose(&j), PN_OK);
    assert_int_equal(j.info[2].host_id, 0);
    assert_int_equal(j.info[3].host_id, 1);
}

// Containers with limits of their own share the cores of the machine, and not its memory.
static void groups_with_limits_have_memory_of_their_own(void **state)
{
    (void)state;
    job j = begin();
    for (int rank = 0; rank < RANKS; rank++) {
        j.info[rank].memory_group = rank < 3 ? 5 : 6;
        j.info[rank].memory_available = rank < 3 ? 12 * GIB : 2 * GIB;
    }
    assert_int_equal(choose(&j), PN_OK);
    assert_int_equal(j.out[0].bytes_allowed, 2 * GIB); // half of 12 GiB for three
    assert_int_equal(j.out[3].bytes_allowed, GIB);
    assert_int_equal(j.out[3].threads, 2);
}

static void a_limit_of_the_process_holds_its_rank(void **state)
{
    (void)state;
    job j = begin();
    j.info[1].memory_own = 2 * GIB;
    snprintf(j.info[1].own_bound, sizeof j.info[1].own_bound, "ulimit -v");
    assert_int_equal(choose(&j), PN_OK);
    assert_int_equal(j.out[0].bytes_allowed, 2 * GIB);
    assert_false(j.out[0].is_held);
    assert_true(j.out[1].is_held);
    assert_true(j.out[1].bytes_allowed > 0 && j.out[1].bytes_allowed < GIB); // beside its threads
    j.request.memory_bytes = 15 * GIB;
    assert_int_equal(choose(&j), PN_ERROR_MEMORY);
    assert_non_null(strstr(pn_fail_message(), "where ulimit -v leaves 2"));
    j.request.memory_bytes = 0;
    j.info[1].memory_own = GIB / 8;
    assert_int_equal(choose(&j), PN_ERROR_MEMORY);
    assert_non_null(strstr(pn_fail_message(), "raise that limit, or take fewer --threads"));
}

static void the_environment_bounds_threads_that_were_not_asked_for(void **state)
{
    (void)state;
    job j = begin();
    j.info[0].threads_bound = 1;
    j.info[1].threads_bound = 99; // no more than its part of the cores
    assert_int_equal(choose(&j), PN_OK);
    assert_int_equal(j.out[0].threads, 1);
    assert_int_equal(j.out[1].threads, 2);
    j.request.threads = 3;
    assert_int_equal(choose(&j), PN_OK);
    assert_int_equal(j.out[0].threads, 3);
}

static void more_threads_than_serve_anybody_are_refused(void **state)
{
    (void)state;
    assert_int_equal(pn_thread_bound_check(0, 2), PN_OK);
    assert_int_equal(pn_thread_bound_check(64, 2), PN_OK);
    assert_int_equal(pn_thread_bound_check(65, 2), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "--threads 65: this host has 2 cores; at most 64"));
    assert_int_equal(pn_thread_bound_check(768, 192), PN_OK);
    assert_int_equal(pn_thread_bound_check(769, 192), PN_ERROR_USAGE);
}

static pn_thread_bound bound(const char *omp, const char *openblas, const char *slurm)
{
    setenv("OMP_NUM_THREADS", omp, 1);
    setenv("OPENBLAS_NUM_THREADS", openblas, 1);
    setenv("SLURM_CPUS_PER_TASK", slurm, 1);
    return pn_thread_bound_read();
}

static void the_least_variable_counts(void **state)
{
    (void)state;
    pn_thread_bound b = bound("4", "8", "6");
    assert_int_equal(b.threads, 4);
    assert_string_equal(b.variable, "OMP_NUM_THREADS");
    assert_int_equal(bound("4,2", "", "many").threads, 4); // one a level
    b = bound("", "0", "3");
    assert_int_equal(b.threads, 3);
    assert_string_equal(b.variable, "SLURM_CPUS_PER_TASK");
    assert_int_equal(bound("-1", "two", "99999999999").threads, 0);
}

int main(void)
{
    static const char *const others[] = {"GOTO_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
                                         "PALS_DEPTH", "OMP_THREAD_LIMIT"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        unsetenv(others[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_one_machine_are_one_host),
        cmocka_unit_test(one_name_on_two_machines_is_two_hosts),
        cmocka_unit_test(without_a_number_of_the_machine_names_tell),
        cmocka_unit_test(groups_with_limits_have_memory_of_their_own),
        cmocka_unit_test(a_limit_of_the_process_holds_its_rank),
        cmocka_unit_test(the_environment_bounds_threads_that_were_not_asked_for),
        cmocka_unit_test(more_threads_than_serve_anybody_are_refused),
        cmocka_unit_test(the_least_variable_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
