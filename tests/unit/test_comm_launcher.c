// SPDX-License-Identifier: BSD-3-Clause
// Who started us, from environments as the launchers make them; and what pn_comm_open refuses.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "comm/launcher.h"
#include "comm/open_comm.h"
#include "comm/slurm.h"

#include <stdlib.h>
#include <string.h>

// A case sets the variables it names and starts from none of them.
static int clear_environment(void **state)
{
    (void)state;
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE",
                                        "OMPI_COMM_WORLD_RANK",
                                        "OMPI_COMM_WORLD_LOCAL_SIZE",
                                        "PMIX_RANK",
                                        "PMIX_NAMESPACE",
                                        "PMI_RANK",
                                        "PMI_SIZE",
                                        "MPI_LOCALNRANKS",
                                        "SLURM_STEP_ID",
                                        "SLURM_JOB_ID",
                                        "SLURM_NTASKS",
                                        "SLURM_STEP_NUM_TASKS",
                                        "SLURM_STEP_TASKS_PER_NODE",
                                        "SLURM_NODEID",
                                        "SLURM_PROCID",
                                        "SLURM_DISTRIBUTION",
                                        "PANACHE_PLUGINS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
    return 0;
}

static void set(const char *assignments)
{
    char text[512], *rest = text;
    strcpy(text, assignments);
    for (char *word; (word = strsep(&rest, " "));) {
        char *value = strchr(word, '=');
        *value = '\0';
        setenv(word, value + 1, 1);
    }
}

static pn_launch detect(const char *assignments)
{
    pn_launch launch;
    set(assignments);
    assert_int_equal(pn_launch_detect(&launch), PN_OK);
    return launch;
}

static void expect_refusal(const char *assignments, const char *words)
{
    pn_launch launch;
    set(assignments);
    assert_int_equal(pn_launch_detect(&launch), PN_ERROR_COMMUNICATION);
    assert_non_null(strstr(pn_fail_message(), words));
}

static void expect(pn_launch launch, pn_family family, int rank, int size)
{
    assert_int_equal(launch.family, family);
    assert_int_equal(launch.rank, rank);
    assert_int_equal(launch.size, size);
}

static void nobody(void **state)
{
    (void)state;
    pn_launch launch;
    assert_int_equal(pn_launch_detect(&launch), PN_OK);
    expect(launch, PN_FAMILY_NONE, 0, 1);
}

static void open_mpi(void **state)
{
    (void)state;
    pn_launch launch = detect("OMPI_COMM_WORLD_SIZE=6 OMPI_COMM_WORLD_RANK=4 PMIX_RANK=4 "
                              "OMPI_COMM_WORLD_LOCAL_SIZE=3 PMIX_NAMESPACE=77");
    expect(launch, PN_FAMILY_OPENMPI, 4, 6);
    assert_int_equal(launch.local_size, 3);
    assert_int_equal(launch.first_here, -1);
    assert_string_equal(launch.job, "pmix-77");
}

static void open_mpi_inside_a_slurm_step(void **state)
{
    (void)state;
    expect(detect("OMPI_COMM_WORLD_SIZE=6 OMPI_COMM_WORLD_RANK=4 SLURM_STEP_ID=0 SLURM_NTASKS=2"),
           PN_FAMILY_OPENMPI, 4, 6);
}

static void mpich(void **state)
{
    (void)state;
    pn_launch launch = detect("PMI_RANK=1 PMI_SIZE=8 MPI_LOCALNRANKS=4");
    expect(launch, PN_FAMILY_MPICH, 1, 8);
    assert_int_equal(launch.local_size, 4);
}

static void slurm_with_pmix(void **state)
{
    (void)state;
    pn_launch launch = detect("SLURM_STEP_ID=3 SLURM_JOB_ID=12 SLURM_NTASKS=16 "
                              "SLURM_STEP_NUM_TASKS=5 PMIX_RANK=2");
    expect(launch, PN_FAMILY_OPENMPI, 2, 5); // the step's tasks, not the allocation's
    assert_string_equal(launch.job, "slurm-12.3");
}

static void slurm_with_pmi2(void **state)
{
    (void)state;
    expect(detect("SLURM_STEP_ID=3 SLURM_NTASKS=5 PMI_RANK=2 PMI_SIZE=5"), PN_FAMILY_MPICH, 2, 5);
}

static void expect_tasks(const char *text, int node, pn_slurm_tasks expected)
{
    pn_slurm_tasks tasks;
    assert_true(pn_slurm_tasks_read(&tasks, text, node));
    assert_int_equal(tasks.nodes, expected.nodes);
    assert_int_equal(tasks.tasks, expected.tasks);
    assert_int_equal(tasks.before, expected.before);
    assert_int_equal(tasks.here, expected.here);
}

static void tasks_of_slurm_nodes(void **state)
{
    (void)state;
    expect_tasks("3", 0, (pn_slurm_tasks){1, 3, 0, 3});
    expect_tasks("2(x3),1", 0, (pn_slurm_tasks){4, 7, 0, 2});
    expect_tasks("2(x3),1", 2, (pn_slurm_tasks){4, 7, 4, 2});
    expect_tasks("2(x3),1", 3, (pn_slurm_tasks){4, 7, 6, 1});
    expect_tasks("4,2(x2),8(x10)", 5, (pn_slurm_tasks){13, 88, 24, 8});
    expect_tasks("1,2", 2, (pn_slurm_tasks){2, 3, 3, 0}); // no such node
    static const char *const wrong[] = {"",
                                        "x",
                                        "2,",
                                        ",2",
                                        "0",
                                        "2(x0)",
                                        "2(3)",
                                        "2(x3",
                                        "2x3",
                                        "-1",
                                        "2 ",
                                        "2(x3)1",
                                        "9(x999999999999)",
                                        "99999999(x99999999)"};
    pn_slurm_tasks tasks;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (pn_slurm_tasks_read(&tasks, wrong[i], 0))
            fail_msg("taken: %s", wrong[i]);
}

#define STEP "SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=7 SLURM_STEP_TASKS_PER_NODE=2(x3),1 "

static void expect_here(const char *assignments, int first, int count)
{
    pn_launch launch = detect(assignments);
    assert_int_equal(launch.first_here, first);
    assert_int_equal(launch.local_size, count);
}

static void slurm_says_which_ranks_are_here(void **state)
{
    (void)state;
    expect_here(STEP "SLURM_NODEID=2 SLURM_PROCID=5 PMIX_RANK=5", 4, 2);
    expect_here("SLURM_DISTRIBUTION=block:cyclic", 4, 2);
    expect_here("SLURM_DISTRIBUTION=block,Pack", 4, 2);
    expect_here("SLURM_DISTRIBUTION=cyclic", -1, 2); // so many, but not known which
    expect_here("SLURM_DISTRIBUTION=plane", -1, 2);
    expect_here("SLURM_DISTRIBUTION=block PMI_RANK=5 PMI_SIZE=7", 4, 2);
    expect_here("SLURM_NODEID=1", -1, 2); // rank 5 is not among those of node 1
}

static void slurm_words_that_do_not_fit_count_for_nothing(void **state)
{
    (void)state;
    expect_here(STEP "SLURM_NODEID=2 SLURM_PROCID=3 PMIX_RANK=5", -1, 0); // another numbering
    expect_here("SLURM_PROCID=5 SLURM_STEP_NUM_TASKS=9", -1, 0);          // of a component only
    expect_here("SLURM_STEP_NUM_TASKS=7 SLURM_STEP_TASKS_PER_NODE=7x", -1, 0);
    expect_here("SLURM_STEP_TASKS_PER_NODE=7 SLURM_NODEID=0", 0, 7);
}

static void slurm_without_an_mpi_interface(void **state)
{
    (void)state;
    expect_refusal("SLURM_STEP_ID=0 SLURM_NTASKS=4", "--mpi=pmix");
    assert_non_null(strstr(pn_fail_message(), "started 4 tasks"));
    expect(detect("SLURM_STEP_NUM_TASKS=1"), PN_FAMILY_NONE, 0, 1);
}

static void the_batch_script_itself_is_no_step(void **state)
{
    (void)state;
    expect(detect("SLURM_STEP_ID=4294967291 SLURM_NTASKS=4"), PN_FAMILY_NONE, 0, 1);
    expect(detect("SLURM_STEP_ID=4294967290 SLURM_NTASKS=4"), PN_FAMILY_NONE, 0, 1);
}

static void values_that_cannot_be(void **state)
{
    (void)state;
    expect_refusal("PMI_RANK=x PMI_SIZE=4 MPI_LOCALNRANKS=4", "PMI_RANK is \"x\"");
    expect_refusal("PMI_RANK=-1", "PMI_RANK is \"-1\"");
    expect_refusal("PMI_RANK=1 PMI_SIZE=0", "PMI_SIZE is \"0\"");
    expect_refusal("PMI_RANK=4 PMI_SIZE=4", "PMI_RANK=4 of PMI_SIZE=4");
    expect_refusal("PMI_RANK=0 PMI_SIZE=99999999999", "PMI_SIZE is \"99999999999\"");
}

static void expect_open_refusal(const char *library, pn_status expected, const char *words)
{
    pn_log log = pn_log_create(PN_LOG_QUIET);
    pn_comm *comm = NULL;
    pn_comm_request request = {.library = library, .log = &log};
    assert_int_equal(pn_comm_open(&comm, &request), expected);
    assert_null(comm);
    assert_non_null(strstr(pn_fail_message(), words));
}

static void unknown_libraries_are_refused(void **state)
{
    (void)state;
    expect_open_refusal("lam", PN_ERROR_USAGE, "--mpi is \"lam\": auto, none, openmpi, mpich");
    expect_open_refusal("/nowhere/mpi.so", PN_ERROR_SYSTEM, "/nowhere/mpi.so cannot be opened");
    expect_open_refusal("/proc/self/exe", PN_ERROR_SYSTEM, "/proc/self/exe");
}

static void single_runs_in_place_of_ranks_are_refused(void **state)
{
    (void)state;
    set("PMI_RANK=1 PMI_SIZE=8 MPI_LOCALNRANKS=4");
    expect_open_refusal("none", PN_ERROR_USAGE, "8 runs of one rank each");
    expect_open_refusal("openmpi", PN_ERROR_USAGE, "mpiexec of MPICH started 8 ranks");
}

#define TEST(function) cmocka_unit_test_setup(function, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody),
        TEST(open_mpi),
        TEST(open_mpi_inside_a_slurm_step),
        TEST(mpich),
        TEST(slurm_with_pmix),
        TEST(slurm_with_pmi2),
        TEST(tasks_of_slurm_nodes),
        TEST(slurm_says_which_ranks_are_here),
        TEST(slurm_words_that_do_not_fit_count_for_nothing),
        TEST(slurm_without_an_mpi_interface),
        TEST(the_batch_script_itself_is_no_step),
        TEST(values_that_cannot_be),
        TEST(unknown_libraries_are_refused),
        TEST(single_runs_in_place_of_ranks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
