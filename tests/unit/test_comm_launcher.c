// SPDX-License-Identifier: BSD-3-Clause
// Who started us, from environments as the launchers make them; and what pn_comm_open refuses.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/plugin.h"
#include "comm/init_exit.h"
#include "comm/launcher.h"
#include "comm/open_comm.h"
#include "comm/slurm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
                                        "SLURM_LOCALID",
                                        "MPI_LOCALRANKID",
                                        "PALS_RANKID",
                                        "PALS_LOCAL_RANKID",
                                        "PALS_APID",
                                        "FLUX_TASK_RANK",
                                        "FLUX_TASK_LOCAL_ID",
                                        "FLUX_JOB_SIZE",
                                        "FLUX_JOB_ID",
                                        "MV2_COMM_WORLD_RANK",
                                        "MV2_COMM_WORLD_SIZE",
                                        "MV2_COMM_WORLD_LOCAL_RANK",
                                        "MV2_COMM_WORLD_LOCAL_SIZE",
                                        "JSM_NAMESPACE_RANK",
                                        "JSM_NAMESPACE_SIZE",
                                        "JSM_NAMESPACE_LOCAL_RANK",
                                        "JSM_NAMESPACE_LOCAL_SIZE",
                                        "ALPS_APP_PE",
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

static void launchers_that_say_how_many_there_are(void **state)
{
    (void)state;
    pn_launch launch = detect("MV2_COMM_WORLD_RANK=3 MV2_COMM_WORLD_SIZE=4 "
                              "MV2_COMM_WORLD_LOCAL_SIZE=4 MV2_COMM_WORLD_LOCAL_RANK=3");
    expect(launch, PN_FAMILY_MPICH, 3, 4);
    assert_int_equal(launch.first_here, 0);
    assert_int_equal(pn_launch_local_rank(), 3);
    clear_environment(NULL);
    expect(detect("JSM_NAMESPACE_RANK=1 JSM_NAMESPACE_SIZE=6 PMIX_RANK=1"), PN_FAMILY_OPENMPI, 1,
           6);
    clear_environment(NULL);
    launch = detect("FLUX_TASK_RANK=2 FLUX_JOB_SIZE=5 FLUX_JOB_ID=f77 FLUX_TASK_LOCAL_ID=1");
    expect(launch, PN_FAMILY_MPICH, 2, 5);
    assert_string_equal(launch.job, "flux-f77");
    assert_int_equal(pn_launch_local_rank(), 1);
    expect(detect("PMIX_RANK=2"), PN_FAMILY_OPENMPI, 2, 5);
    clear_environment(NULL);
    expect(detect("PALS_RANKID=1 PMI_RANK=1 PMI_SIZE=3"), PN_FAMILY_MPICH, 1, 3);
}

// A run of its own is what no rank of several may be: the size is then MPI's to tell.
static void any_sign_of_several_is_a_launcher(void **state)
{
    (void)state;
    static const struct {
        const char *variable;
        pn_family family;
    } signs[] = {{"PMIX_RANK", PN_FAMILY_OPENMPI},
                 {"PALS_RANKID", PN_FAMILY_MPICH},
                 {"FLUX_TASK_RANK", PN_FAMILY_MPICH},
                 {"ALPS_APP_PE", PN_FAMILY_MPICH},
                 {"PMI_RANK", PN_FAMILY_MPICH},
                 {"MV2_COMM_WORLD_RANK", PN_FAMILY_MPICH},
                 {"JSM_NAMESPACE_RANK", PN_FAMILY_OPENMPI},
                 {"OMPI_COMM_WORLD_RANK", PN_FAMILY_OPENMPI}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        char assignment[64];
        snprintf(assignment, sizeof assignment, "%s=7", signs[i].variable);
        clear_environment(NULL);
        pn_launch launch = detect(assignment);
        expect(launch, signs[i].family, 7, 0);
        assert_true(launch.is_guessed);
        assert_string_equal(launch.variable, signs[i].variable);
        assert_int_equal(pn_launch_local_rank(), 0); // not known: somebody has to speak
    }
}

static void jobs_of_long_names_are_told_apart(void **state)
{
    (void)state;
    pn_launch one = detect("PMIX_RANK=0 PMIX_NAMESPACE="
                           "prterun-a-host-with-a-rather-long-name-in-a-rather-long-domain-1234@1");
    pn_launch other =
        detect("PMIX_NAMESPACE="
               "prterun-a-host-with-a-rather-long-name-in-a-rather-long-domain-1235@1");
    assert_string_not_equal(one.job, other.job);
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

// Somebody speaks, whatever number it was given.
static void a_rank_that_cannot_be_speaks(void **state)
{
    (void)state;
    expect_refusal("PMI_RANK=5 PMI_SIZE=2", "PMI_RANK=5 of PMI_SIZE=2");
    assert_int_equal(pn_launch_local_rank(), 0);
    assert_int_equal(pn_launch_rank(), 0);
    assert_non_null(strstr(pn_fail_message(), "PMI_RANK=5")); // asking did not disturb it
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

static void one_of_several_is_no_run_without_mpi(void **state)
{
    (void)state;
    set("PALS_RANKID=1");
    expect_open_refusal("none", PN_ERROR_USAGE, "rank 1 of several, but --mpi none");
    set("PALS_RANKID=0");
    expect_open_refusal("none", PN_ERROR_USAGE, "unset PALS_RANKID to run alone");
}

static void mpi_by_hand_overrides_a_guess(void **state)
{
    (void)state;
    setenv("PANACHE_PLUGINS", "/nowhere", 1);
    set("SLURM_STEP_ID=0 SLURM_NTASKS=4 SLURM_PROCID=3");
    expect_open_refusal("auto", PN_ERROR_COMMUNICATION, "--mpi=pmix");
    expect_open_refusal("none", PN_ERROR_COMMUNICATION, "--mpi=pmix");
    // It gets as far as looking for that MPI.
    expect_open_refusal("/nowhere/mpi.so", PN_ERROR_SYSTEM, "/nowhere/mpi.so cannot be opened");
}

static void set_mode(const char *folder, int mode)
{
    assert_int_equal(chmod(folder, (mode_t)mode), 0);
}

// What a folder lets others do decides, wherever it stands on the way to the file.
static void plug_ins_that_others_may_change_are_refused(void **state)
{
    (void)state;
    char root[] = "/tmp/panache-trust-XXXXXX", folder[64], file[96];
    assert_non_null(mkdtemp(root));
    snprintf(folder, sizeof folder, "%s/lib", root);
    snprintf(file, sizeof file, "%s/plugin.so", folder);
    assert_int_equal(mkdir(folder, 0755), 0);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fclose(out);
    set_mode(file, 0644);
    assert_int_equal(pn_plugin_trust(file), PN_OK);
    set_mode(file, 0666);
    expect_open_refusal(file, PN_ERROR_SYSTEM, "others may write to");
    set_mode(file, 0644);
    set_mode(root, 0777);
    expect_open_refusal(file, PN_ERROR_SYSTEM, root);
    set_mode(root, 01777); // as /tmp: what others own stays theirs
    assert_int_equal(pn_plugin_trust(file), PN_OK);
    // Who is root only in a namespace of users may have nobody to give it to.
    bool is_given = chown(folder, 12345, 0) == 0;
    assert_true(is_given || geteuid() != 0 || errno == EINVAL);
    if (is_given) {
        expect_open_refusal(file, PN_ERROR_SYSTEM, "belongs to user 12345");
        assert_int_equal(chown(folder, 0, 12345), 0);
        set_mode(folder, 0775);
        expect_open_refusal(file, PN_ERROR_SYSTEM, "mode 775");
    }
    unlink(file);
    rmdir(folder);
    rmdir(root);
}

static void places_where_mpi_cannot_start_are_named(void **state)
{
    (void)state;
    char text[512];
    pn_init_folders good = {"/tmp", "/tmp"};
    pn_init_folders missing = {"/nowhere/at/all", "/proc/self/status"};
    assert_int_equal(pn_init_exit_prevent(PN_FAMILY_NONE, &missing), PN_OK);
    assert_int_equal(pn_init_exit_prevent(PN_FAMILY_OPENMPI, &good), PN_OK);
    assert_int_equal(pn_init_exit_prevent(PN_FAMILY_OPENMPI, &missing), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "TMPDIR /nowhere/at/all: No such file"));
    assert_int_equal(pn_init_exit_prevent(PN_FAMILY_MPICH, &missing), PN_ERROR_SYSTEM);
    assert_non_null(strstr(pn_fail_message(), "/proc/self/status is no folder"));
    assert_true(pn_init_exit_cause(&missing, text, sizeof text));
    assert_non_null(strstr(text, "; the shared memory"));
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
        TEST(launchers_that_say_how_many_there_are),
        TEST(any_sign_of_several_is_a_launcher),
        TEST(jobs_of_long_names_are_told_apart),
        TEST(values_that_cannot_be),
        TEST(a_rank_that_cannot_be_speaks),
        TEST(unknown_libraries_are_refused),
        TEST(single_runs_in_place_of_ranks_are_refused),
        TEST(one_of_several_is_no_run_without_mpi),
        TEST(mpi_by_hand_overrides_a_guess),
        TEST(plug_ins_that_others_may_change_are_refused),
        TEST(places_where_mpi_cannot_start_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
