// SPDX-License-Identifier: BSD-3-Clause
#include "job/examine.h"

#include "base/clock.h"
#include "comm/group.h"
#include "comm/launcher.h"
#include "job/peers.h"
#include "measure/diagnose.h"
#include "probe/core_clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG = 0 };

static const double seconds = 0.2;

// Variables that take the choice of a way from the MPI.
static void list_message_variables(char *text, size_t bytes)
{
    static const char *const names[] = {
        "OMPI_MCA_pml",    "OMPI_MCA_btl", "OMPI_MCA_mtl",         "UCX_TLS",
        "UCX_NET_DEVICES", "FI_PROVIDER",  "MPICH_OFI_NIC_POLICY", "MPIR_CVAR_CH4_NETMOD"};
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names && used < bytes; i++)
        if (getenv(names[i]))
            used += (size_t)snprintf(text + used, bytes - used, "%s%s=%.30s", used ? " " : "",
                                     names[i], getenv(names[i]));
}

// Those of a host that its ranks may use, by their sets.
static int count_host_cores(const pn_job *job, int *ranks)
{
    const pn_rank_info *mine = &job->info[job->comm->rank];
    int cores = 0;
    *ranks = 0;
    for (int rank = 0; rank < job->comm->size; rank++) {
        const pn_rank_info *info = &job->info[rank];
        bool is_new = info->host_id == mine->host_id;
        *ranks += is_new;
        for (int before = 0; before < rank; before++)
            is_new = is_new && (job->info[before].host_id != info->host_id ||
                                job->info[before].cpu_set != info->cpu_set);
        cores += is_new ? info->cores : 0;
    }
    return (int)pn_min(cores, mine->host_cores);
}

static int count_hosts(const pn_job *job)
{
    int hosts = 0; // numbered as they appear
    for (int rank = 0; rank < job->comm->size; rank++)
        hosts = (int)pn_max(hosts, job->info[rank].host_id + 1);
    return hosts;
}

// 0 where the system's clock does not suit: it may be another in a container.
static double first_message_of(const pn_job *job, const pn_system_facts *system)
{
    const double longest = 86400;
    struct timespec now;
    if (system->started <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return 0;
    double age = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec - system->started;
    double taken = age - (pn_clock() - job->first_message);
    return taken > 0 && taken < longest ? taken : 0;
}

static void note_threads(const pn_job *job, pn_patient *p)
{
    const pn_rank_choice *mine = &job->ranks[job->comm->rank];
    int share = (int)pn_max(1, job->host.usable / (int)pn_max(1, mine->slots));
    bool is_held = !job->options.threads && job->bound.threads > 0 &&
                   mine->threads == job->bound.threads && mine->threads < share;
    p->threads = mine->threads;
    p->could_have = is_held ? share : mine->threads;
    p->bound_by = is_held ? job->bound.variable : "";
    p->no_bind = job->options.no_bind;
    p->crowd = mine->oversubscribed ? mine->threads * mine->slots : 0;
    p->cpu_share = mine->cpu_share;
}

void pn_job_examine(pn_job *job, pn_diagnosis *diagnosis)
{
    pn_system_facts system;
    pn_core_clock clock;
    pn_launch launch;
    char messages[256], held_back[256] = "", blas[128], build[PN_BUILD_TEXT];
    const char *kernels = pn_blas_kernels(job->blas), *preload = getenv("LD_PRELOAD");
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_barrier(&world);
    pn_core_clock_measure(&clock, job->team, seconds);
    pn_system_facts_read(&system, &(pn_system_source){.cpu = job->host.cpus[0]});
    list_message_variables(messages, sizeof messages);
    snprintf(blas, sizeof blas, "%.80s%s%.40s", pn_blas_name(job->blas), *kernels ? " " : "",
             kernels);
    pn_peers_build(build);
    if (job->blas_table)
        pn_blas_table_held_back(job->blas_table, held_back, sizeof held_back);
    bool is_launched = pn_launch_detect(&launch) == PN_OK && launch.family != PN_FAMILY_NONE;
    pn_patient patient = {.host = &job->host,
                          .system = &system,
                          .held_back = held_back,
                          .blas_rate = job->core_rates[job->comm->rank].trial,
                          .peak = job->core_rates[job->comm->rank].peak,
                          .blas = blas,
                          .build = build,
                          .mpi = job->comm->library,
                          .launcher = is_launched ? launch.launcher : NULL,
                          .messages = messages,
                          .preload = preload ? preload : "",
                          .ranks = job->comm->size,
                          .hosts = count_hosts(job),
                          .had = clock.had,
                          .hertz = clock.hertz,
                          .first_message = first_message_of(job, &system)};
    patient.host_cores = count_host_cores(job, &patient.host_ranks);
    note_threads(job, &patient);
    pn_diagnose(diagnosis, &patient);
}
