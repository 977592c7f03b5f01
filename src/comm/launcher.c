// SPDX-License-Identifier: BSD-3-Clause
// One row a launcher; the first whose variables are set has started us. An MPI's own launcher comes
// before Slurm, whose variables also stand in the environment of an mpirun inside an allocation;
// then those that say how many there are, and last whatever only says that there are several.
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
    const char *sign[2]; // variables that must be set; NULL: one is enough
    const char *rank;
    const char *size[2]; // the first that is set counts; NULL: only MPI itself knows
    const char *local_size;
    bool is_guessed;
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
    {.family = PN_FAMILY_MPICH,
     .name = "mpirun_rsh of MVAPICH",
     .sign = {"MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"},
     .rank = "MV2_COMM_WORLD_RANK",
     .size = {"MV2_COMM_WORLD_SIZE"},
     .local_size = "MV2_COMM_WORLD_LOCAL_SIZE"},
    {.family = PN_FAMILY_OPENMPI,
     .name = "jsrun",
     .sign = {"JSM_NAMESPACE_RANK", "JSM_NAMESPACE_SIZE"},
     .rank = "JSM_NAMESPACE_RANK",
     .size = {"JSM_NAMESPACE_SIZE"},
     .local_size = "JSM_NAMESPACE_LOCAL_SIZE"},
    {.family = PN_FAMILY_OPENMPI,
     .name = "srun --mpi=pmix",
     .sign = {"SLURM_STEP_ID", "PMIX_RANK"},
     .rank = "PMIX_RANK",
     .size = {"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"},
     .is_guessed = true},
    {.family = PN_FAMILY_MPICH,
     .name = "srun --mpi=pmi2",
     .sign = {"SLURM_STEP_ID", "PMI_RANK"},
     .rank = "PMI_RANK",
     .size = {"PMI_SIZE", "SLURM_STEP_NUM_TASKS"},
     .is_guessed = true},
    {.family = PN_FAMILY_OPENMPI,
     .name = "flux run with PMIx",
     .sign = {"FLUX_JOB_SIZE", "PMIX_RANK"},
     .rank = "PMIX_RANK",
     .size = {"FLUX_JOB_SIZE"},
     .is_guessed = true},
    {.family = PN_FAMILY_MPICH,
     .name = "flux run",
     .sign = {"FLUX_TASK_RANK", "FLUX_JOB_SIZE"},
     .rank = "FLUX_TASK_RANK",
     .size = {"FLUX_JOB_SIZE"},
     .is_guessed = true},
    {.family = PN_FAMILY_MPICH,
     .name = "a launcher that speaks PMI",
     .sign = {"PMI_RANK", "PMI_SIZE"},
     .rank = "PMI_RANK",
     .size = {"PMI_SIZE"},
     .is_guessed = true},
#define PN_UNSIZED(mpi, variable, launcher_name)                                                   \
    {                                                                                              \
        .family = (mpi), .name = (launcher_name), .sign = {(variable)}, .rank = (variable),        \
        .is_guessed = true                                                                         \
    }
    PN_UNSIZED(PN_FAMILY_OPENMPI, "PMIX_RANK", "a launcher that speaks PMIx"),
    PN_UNSIZED(PN_FAMILY_OPENMPI, "OMPI_COMM_WORLD_RANK", "a launcher of Open MPI"),
    PN_UNSIZED(PN_FAMILY_OPENMPI, "JSM_NAMESPACE_RANK", "jsrun"),
    PN_UNSIZED(PN_FAMILY_MPICH, "PALS_RANKID", "mpiexec of PALS"),
    PN_UNSIZED(PN_FAMILY_MPICH, "ALPS_APP_PE", "aprun"),
    PN_UNSIZED(PN_FAMILY_MPICH, "FLUX_TASK_RANK", "flux run"),
    PN_UNSIZED(PN_FAMILY_MPICH, "MV2_COMM_WORLD_RANK", "a launcher of MVAPICH"),
    PN_UNSIZED(PN_FAMILY_MPICH, "PMI_RANK", "a launcher that speaks PMI"),
#undef PN_UNSIZED
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
    const char *pals = getenv("PALS_APID"), *flux = getenv("FLUX_JOB_ID");
    size_t room = sizeof launch->job - sizeof "pmix-", length = names ? strlen(names) : 0;
    if (names && launch->family == PN_FAMILY_OPENMPI) // what tells jobs apart stands at its end
        snprintf(launch->job, sizeof launch->job, "pmix-%s",
                 names + (length > room ? length - room : 0));
    else if (getenv("MPI_LOCALNRANKS"))
        snprintf(launch->job, sizeof launch->job, "hydra-%ld", session_parent());
    else if (job && step)
        snprintf(launch->job, sizeof launch->job, "slurm-%s.%s", job, step);
    else if (pals || flux)
        snprintf(launch->job, sizeof launch->job, "%s-%s", pals ? "pals" : "flux",
                 pals ? pals : flux);
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
    const char *size = !found->size[1] || (found->size[0] && getenv(found->size[0]))
                           ? found->size[0]
                           : found->size[1];
    launch->family = found->family;
    launch->launcher = found->name;
    launch->variable = found->rank;
    launch->is_guessed = found->is_guessed;
    launch->size = 0;
    launch->local_size = 0;
    launch->first_here = -1;
    PN_TRY(read_count(found->rank, 0, &launch->rank));
    if (size)
        PN_TRY(read_count(size, 1, &launch->size));
    if (found->local_size && getenv(found->local_size))
        PN_TRY(read_count(found->local_size, 1, &launch->local_size));
    else if (strcmp(found->sign[0], "SLURM_STEP_ID") == 0)
        read_slurm(launch);
    if (size && launch->local_size == launch->size)
        launch->first_here = 0;
    if (size && launch->rank >= launch->size)
        return pn_fail(PN_ERROR_COMMUNICATION,
                       "the launcher's environment says %s=%d of %s=%d: a rank is less than the "
                       "number of ranks. Unset them to run alone",
                       found->rank, launch->rank, size, launch->size);
    name_job(launch);
fail:
    return status;
}

// srun without an MPI interface would start every task as a run of its own.
static pn_status refuse_mute_slurm(pn_launch *launch)
{
    enum { RESERVED_STEPS = 100 }; // batch and interactive steps, at the top of 32 bits
    pn_status status;
    const char *step = getenv("SLURM_STEP_ID");
    if (!step || strtoul(step, NULL, 10) >= UINT_MAX - RESERVED_STEPS)
        return PN_OK;
    int tasks = 1, rank = 0;
    const char *variable = getenv("SLURM_STEP_NUM_TASKS") ? "SLURM_STEP_NUM_TASKS" : "SLURM_NTASKS";
    if (getenv(variable))
        PN_TRY(read_count(variable, 1, &tasks));
    if (tasks == 1)
        return PN_OK;
    if (getenv("SLURM_PROCID"))
        PN_TRY(read_count("SLURM_PROCID", 0, &rank));
    *launch = (pn_launch){.launcher = "srun without an MPI interface",
                          .variable = "SLURM_PROCID",
                          .rank = rank,
                          .size = tasks,
                          .first_here = -1,
                          .is_guessed = true,
                          .is_mute = true};
    name_job(launch);
    return pn_fail(PN_ERROR_COMMUNICATION,
                   "srun started %d tasks but offers them no MPI interface (neither PMIX_RANK nor "
                   "PMI_RANK is set): use srun --mpi=pmix for Open MPI or srun --mpi=pmi2 for "
                   "MPICH; srun --mpi=list shows what this Slurm has. --mpi openmpi or --mpi mpich "
                   "asks that MPI all the same",
                   tasks);
fail:
    return status;
}

static const launcher *find_launcher(void)
{
    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++) {
        const launcher *row = &launchers[i];
        if (getenv(row->sign[0]) && (!row->sign[1] || getenv(row->sign[1])))
            return row;
    }
    return NULL;
}

pn_status pn_launch_detect(pn_launch *launch)
{
    *launch = (pn_launch){.launcher = "no MPI launcher", .size = 1, .local_size = 1};
    const launcher *found = find_launcher();
    return found ? read_launch(launch, found) : refuse_mute_slurm(launch);
}

static int read_or(const char *variable, int otherwise)
{
    const char *text = variable ? getenv(variable) : NULL;
    return text ? atoi(text) : otherwise;
}

// Of the environment as it is, right or wrong; it disturbs no message.
int pn_launch_rank(void)
{
    const launcher *found = find_launcher();
    if (!found)
        return 0;
    int rank = read_or(found->rank, 0);
    int size = read_or(found->size[0], read_or(found->size[1], INT_MAX));
    return rank > 0 && rank < size ? rank : 0;
}

int pn_launch_local_rank(void)
{
    static const char *const variables[] = {"OMPI_COMM_WORLD_LOCAL_RANK",
                                            "MPI_LOCALRANKID",
                                            "MV2_COMM_WORLD_LOCAL_RANK",
                                            "JSM_NAMESPACE_LOCAL_RANK",
                                            "PALS_LOCAL_RANKID",
                                            "FLUX_TASK_LOCAL_ID",
                                            "SLURM_LOCALID"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (getenv(variables[i]))
            return atoi(getenv(variables[i]));
    const launcher *found = find_launcher();
    return found && found->size[0] ? pn_launch_rank() : 0;
}
