// SPDX-License-Identifier: BSD-3-Clause
// One row a launcher; the first whose variable is set has started us. An MPI's own launcher comes
// before Slurm, whose variables also stand in the environment of an mpirun inside an allocation.
#include "comm/launcher.h"

#include "comm/slurm.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct launcher {
    pn_family family;
    const char *name;
    const char *sign[2]; // variables that must be set
    const char *rank;
    const char *size[2]; // the first that is set counts
    const char *local_size;
} launcher;

static const launcher launchers[] = {
    {.family = PN_FAMILY_OPENMPI,
     .name = "mpirun of Open MPI",
     .sign = {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
     .rank = "OMPI_COMM_WORLD_RANK",
     .size = {"OMPI_COMM_WORLD_SIZE"},
     .local_size = "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {.family = PN_FAMILY_MPICH,
     .name = "mpiexec of MPICH",
     .sign = {"PMI_RANK", "MPI_LOCALNRANKS"},
     .rank = "PMI_RANK",
     .size = {"PMI_SIZE"},
     .local_size = "MPI_LOCALNRANKS"},
    {.family = PN_FAMILY_OPENMPI,
     .name = "srun --mpi=pmix",
     .sign = {"SLURM_STEP_ID", "PMIX_RANK"},
     .rank = "PMIX_RANK",
     .size = {"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}},
    {.family = PN_FAMILY_MPICH,
     .name = "srun --mpi=pmi2",
     .sign = {"SLURM_STEP_ID", "PMI_RANK"},
     .rank = "PMI_RANK",
     .size = {"PMI_SIZE", "SLURM_STEP_NUM_TASKS"}},
    {.family = PN_FAMILY_MPICH,
     .name = "a launcher that speaks PMI",
     .sign = {"PMI_RANK", "PMI_SIZE"},
     .rank = "PMI_RANK",
     .size = {"PMI_SIZE"}},
};

const char *pn_family_name(pn_family family)
{
    static const char *const names[] = {"none", "Open MPI", "MPICH"};
    return names[family];
}

const char *pn_family_word(pn_family family)
{
    static const char *const words[] = {"none", "openmpi", "mpich"};
    return words[family];
}

static pn_status read_count(const char *variable, int least, int *value)
{
    const char *text = getenv(variable);
    char *end = NULL;
    errno = 0;
    long number = text ? strtol(text, &end, 10) : 0;
    if (!text || end == text || *end || errno || number < least || number > INT_MAX)
        return pn_fail(PN_ERROR_COMMUNICATION,
                       "the launcher's environment variable %s is \"%s\": a whole number of at "
                       "least %d is expected",
                       variable, text ? text : "", least);
    *value = (int)number;
    return PN_OK;
}

// The parent of the session's leader. MPICH's launcher makes each rank a session, whose leader is
// its child even if a shell script stands between.
static long session_parent(void)
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)getsid(0));
    FILE *file = fopen(path, "r");
    if (!file)
        return getppid();
    size_t length = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[length] = '\0';
    long parent = 0;
    const char *name_end = strrchr(line, ')');
    if (name_end && sscanf(name_end, ") %*c %ld", &parent) == 1)
        return parent;
    return getppid();
}

static void name_job(pn_launch *launch)
{
    const char *names = getenv("PMIX_NAMESPACE");
    const char *job = getenv("SLURM_JOB_ID"), *step = getenv("SLURM_STEP_ID");
    if (names && launch->family == PN_FAMILY_OPENMPI)
        snprintf(launch->job, sizeof launch->job, "pmix-%s", names);
    else if (getenv("MPI_LOCALNRANKS"))
        snprintf(launch->job, sizeof launch->job, "hydra-%ld", session_parent());
    else if (job && step)
        snprintf(launch->job, sizeof launch->job, "slurm-%s.%s", job, step);
    else
        snprintf(launch->job, sizeof launch->job, "parent-%ld", (long)getppid());
}

// How Slurm deals tasks to nodes: unless asked otherwise, neighbours to one node.
static bool is_dealt_in_blocks(void)
{
    static const char block[] = "block";
    const char *way = getenv("SLURM_DISTRIBUTION");
    size_t length = strlen(block);
    return !way || (strncmp(way, block, length) == 0 && strchr(":,", way[length]));
}

// Slurm's own words for the ranks of this node, where they agree with what MPI has been told: a
// step of several components, or one inside another, may tell of a part.
static void read_slurm(pn_launch *launch)
{
    pn_slurm_tasks tasks;
    const char *text = getenv("SLURM_STEP_TASKS_PER_NODE"), *id = getenv("SLURM_NODEID");
    const char *task = getenv("SLURM_PROCID");
    if (!text || !id || !pn_slurm_tasks_read(&tasks, text, atoi(id)) ||
        tasks.tasks != launch->size || (task && atoi(task) != launch->rank))
        return;
    launch->local_size = tasks.here;
    bool is_dealt = launch->rank >= tasks.before && launch->rank < tasks.before + tasks.here;
    if (is_dealt && is_dealt_in_blocks())
        launch->first_here = tasks.before;
}

static pn_status read_launch(pn_launch *launch, const launcher *found)
{
    pn_status status;
    const char *size = getenv(found->size[0]) || !found->size[1] ? found->size[0] : found->size[1];
    launch->family = found->family;
    launch->launcher = found->name;
    launch->local_size = 0;
    launch->first_here = -1;
    PN_TRY(read_count(found->rank, 0, &launch->rank));
    PN_TRY(read_count(size, 1, &launch->size));
    if (found->local_size && getenv(found->local_size))
        PN_TRY(read_count(found->local_size, 1, &launch->local_size));
    else if (strcmp(found->sign[0], "SLURM_STEP_ID") == 0)
        read_slurm(launch);
    if (launch->local_size == launch->size)
        launch->first_here = 0;
    if (launch->rank >= launch->size)
        return pn_fail(PN_ERROR_COMMUNICATION, "the launcher's environment says %s=%d of %s=%d",
                       found->rank, launch->rank, size, launch->size);
    name_job(launch);
fail:
    return status;
}

// srun without an MPI interface would start every task as a run of its own.
static pn_status refuse_mute_slurm(void)
{
    enum { RESERVED_STEPS = 100 }; // batch and interactive steps, at the top of 32 bits
    const char *step = getenv("SLURM_STEP_ID");
    if (!step || strtoul(step, NULL, 10) >= UINT_MAX - RESERVED_STEPS)
        return PN_OK;
    int tasks = 1;
    const char *variable = getenv("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
    if (getenv(variable)) {
        pn_status status = read_count(variable, 1, &tasks);
        if (status != PN_OK)
            return status;
    }
    if (tasks == 1)
        return PN_OK;
    return pn_fail(PN_ERROR_COMMUNICATION,
                   "srun started %d tasks but offers them no MPI interface (neither PMIX_RANK nor "
                   "PMI_RANK is set): use srun --mpi=pmix for Open MPI or srun --mpi=pmi2 for "
                   "MPICH; srun --mpi=list shows what this Slurm has",
                   tasks);
}

pn_status pn_launch_detect(pn_launch *launch)
{
    *launch = (pn_launch){.launcher = "no MPI launcher", .size = 1, .local_size = 1};
    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++)
        if (getenv(launchers[i].sign[0]) && getenv(launchers[i].sign[1]))
            return read_launch(launch, &launchers[i]);
    return refuse_mute_slurm();
}

int pn_launch_rank(void)
{
    pn_launch launch;
    return pn_launch_detect(&launch) == PN_OK ? launch.rank : 0;
}

int pn_launch_local_rank(void)
{
    static const char *const variables[] = {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID",
                                            "SLURM_LOCALID", "PMI_RANK"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (getenv(variables[i]))
            return atoi(getenv(variables[i]));
    return 0;
}
