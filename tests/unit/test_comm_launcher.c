// SPDX-License-Identifier: BSD-3-Clause
// Who started us, from environments as the launchers make them; and what pn_comm_open refuses.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "comm/launcher.h"
#include "comm/open.h"

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
        TEST(slurm_without_an_mpi_interface),
        TEST(the_batch_script_itself_is_no_step),
        TEST(values_that_cannot_be),
        TEST(unknown_libraries_are_refused),
        TEST(single_runs_in_place_of_ranks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
