// SPDX-License-Identifier: BSD-3-Clause
// Opening in an order in which each step needs only what stands already: the ranks, the facts of
// each rank told to all, threads from these, then the rate that these threads reach.
#include "job/open_job.h"

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/plural.h"
#include "comm/group.h"
#include "comm/launcher.h"
#include "comm/open_comm.h"
#include "comm/stall.h"
#include "job/blas_room.h"
#include "job/calibrate.h"
#include "job/host_expect.h"
#include "job/host_links.h"
#include "job/job_blas.h"
#include "job/mixed.h"
#include "job/native.h"
#include "job/peers.h"
#include "job/rank_compute.h"
#include "job/restart.h"
#include "job/shares_file.h"
#include "job/stop.h"
#include "job/wrong_blas.h"
#include "run/onlookers.h"
#include "tune/choose_ranks.h"
#include "tune/product_rates.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0, RATE_N = 8000 };

// Ranks may be started with options of their own. What concerns the whole run is as rank 0 has it;
// what a rank may use is its own.
static pn_status take_options_of_first(pn_job *job)
{
    pn_group world = pn_group_world(job->comm, TAG);
    pn_options own = job->options;
    pn_options *options = &job->options;
    pn_group_broadcast(&world, options, sizeof *options, 0);
    pn_status status = pn_peers_options(job, &own, options);
    options->threads = own.threads;
    options->memory = own.memory;
    options->device_memory = own.device_memory;
    options->no_bind = own.no_bind;
    options->expect = own.expect;
    memcpy(options->blas, own.blas, sizeof own.blas);
    memcpy(options->device, own.device, sizeof own.device);
    options->device_mpi = own.device_mpi;
    options->product = own.product;
    return status;
}

// Without a communicator each host's first process speaks: the reason may hold on one host only.
static pn_status open_comm(pn_job *job, const pn_invocation *invocation)
{
    int argc = invocation->argc;
    char **argv = invocation->argv;
    pn_status status = pn_stop_begin(&job->stop, &job->log);
    if (status != PN_OK)
        goto failed;
    signal(SIGPIPE, SIG_IGN); // a reader who is gone must not take the result along
    pn_comm_request request = {.library = job->options.mpi,
                               .start_timeout = job->options.start_timeout,
                               .log = &job->log,
                               .argc = &argc,
                               .argv = &argv};
    status = pn_comm_open(&job->comm, &request);
    if (status != PN_OK)
        goto failed;
    job->opened = true;
    job->log.rank = job->comm->rank;
    job->log.ranks = job->comm->size;
    pn_stop_of(job->stop, job->comm);
    status = pn_peers_check(job, invocation->command);
    job->first_message = pn_clock();
    return status == PN_OK ? take_options_of_first(job) : status;
failed:
    if (pn_launch_local_rank() == 0)
        pn_log_failure();
    return status;
}

// On a terminal a picture, unless the run is over before it could be read.
static pn_status open_onlookers(pn_job *job, pn_command command)
{
    const double patience = 2; // seconds
    const pn_options *options = &job->options;
    bool is_asked = options->progress == PN_PROGRESS_LIVE;
    pn_onlookers_request request = {.lines = options->progress_file,
                                    .metrics = options->metrics_file,
                                    .speaks = options->progress == PN_PROGRESS_JSON,
                                    .draws_after = is_asked ? 0 : patience,
                                    .is_mixed = command == PN_COMMAND_MXP,
                                    .log = &job->log};
    if (!is_asked && options->progress != PN_PROGRESS_AUTO)
        job->log.live = false;
    request.draws = job->log.live && job->log.level != PN_LOG_QUIET;
    return job->comm->rank > 0 ? PN_OK : pn_onlookers_open(&job->onlookers, &request);
}

static pn_status observe(pn_job *job)
{
    int size = job->comm->size;
    job->info = calloc((size_t)size, sizeof *job->info);
    job->ranks = calloc((size_t)size, sizeof *job->ranks);
    if (!job->info || !job->ranks)
        return pn_fail_memory("for the facts of %d ranks", size);
    job->bound = pn_thread_bound_read();
    pn_status status = pn_host_observe(&job->host, NULL);
    return status == PN_OK ? pn_thread_bound_check(job->options.threads, job->host.cores) : status;
}

// "AMD EPYC 9B14 96-Core Processor, OpenBLAS Cooperlake"; the processor is cut short if need be.
static void name_kind(const pn_job *job, char *kind, size_t bytes)
{
    char library[48];
    const char *path = pn_blas_name(job->blas), *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path, *kernels = pn_blas_kernels(job->blas);
    snprintf(library, sizeof library, "%.*s%s%s", (int)pn_min(20, (int64_t)strcspn(name, " ")),
             name, *kernels ? " " : "", kernels);
    int room = (int)(bytes - strlen(library) - sizeof ", ");
    snprintf(kind, bytes, "%.*s, %s", room, job->host.processor, library);
}

// What this rank has is told to all, and what all have comes back.
static void tell_info(pn_job *job)
{
    const pn_host *host = &job->host;
    const pn_options *options = &job->options;
    pn_rank_info *mine = &job->info[job->comm->rank];
    *mine = (pn_rank_info){.cpu_set = host->cpu_set,
                           .cores = host->usable,
                           .host_cores = host->cores,
                           .machine = host->machine,
                           .memory_group = host->memory_group,
                           .memory_available = host->memory_shared,
                           .memory_own = host->memory_own,
                           .threads_bound = job->bound.threads,
                           .threads = (int32_t)options->threads,
                           .memory_share = options->memory.share,
                           .memory_bytes = options->memory.bytes};
    snprintf(mine->host, sizeof mine->host, "%s", host->name);
    memcpy(mine->own_bound, host->own_bound, sizeof mine->own_bound);
    memcpy(mine->bound_by, job->bound.variable, sizeof mine->bound_by);
    name_kind(job, mine->kind, sizeof mine->kind);
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_gather_all(&world, job->info, sizeof *job->info);
    pn_rank_info_number(job->info, job->comm->size);
}

typedef struct late_info { // as it travels: what only shows once a rank has opened or measured
    int32_t is_device;
    char kind[64];
    int64_t device_memory, overflow_bytes, overflow_takes;
    int32_t overflow_is_open;
    int32_t rate_nb, product_count;
    pn_product_rate products[PN_PRODUCT_RATES];
    pn_rank_rates rates;
} late_info;

static void tell_late_info(pn_job *job, const pn_rank_rates *rates)
{
    int size = job->comm->size;
    late_info *all = calloc((size_t)size, sizeof *all);
    if (!all)
        pn_comm_abort(job->comm, PN_EXIT_FAILURE);
    late_info *mine = &all[job->comm->rank];
    *mine = (late_info){.is_device = job->compute->is_device,
                        .device_memory = job->compute->memory_bytes,
                        .overflow_bytes = job->compute->overflow_bytes,
                        .overflow_takes = job->compute->overflow_takes,
                        .overflow_is_open = pn_rank_compute_is_open(job),
                        .rate_nb = job->rate_nb,
                        .product_count = job->info[job->comm->rank].product_count,
                        .rates = *rates};
    memcpy(mine->products, job->info[job->comm->rank].products, sizeof mine->products);
    snprintf(mine->kind, sizeof mine->kind, "%s", job->compute->kind);
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    for (int rank = 0; rank < size; rank++) {
        pn_rank_info *info = &job->info[rank];
        memcpy(info->kind, all[rank].kind, sizeof info->kind);
        info->is_device = all[rank].is_device;
        info->device_memory = all[rank].device_memory;
        info->overflow_bytes = all[rank].overflow_bytes;
        info->overflow_takes = all[rank].overflow_takes;
        info->overflow_is_open = all[rank].overflow_is_open;
        info->bus_rate = all[rank].rates.bus;
        info->rate = all[rank].rates.multiply;
        info->panel_rate = all[rank].rates.panel;
        info->device_panel_rate = all[rank].rates.device_panel;
        info->rows_rate = all[rank].rates.rows;
        info->rate_nb = all[rank].rate_nb;
        info->product_count = all[rank].product_count;
        memcpy(info->products, all[rank].products, sizeof info->products);
        if (info->product_count > 0 && info->rate > 0)
            pn_product_scale(info, info->rate_nb, info->rate);
    }
    free(all);
    pn_rank_info_number(job->info, size);
}

// Rank 0 reads the file; the others may not even see it.
static pn_status take_shares(pn_job *job)
{
    const char *file = job->options.shares.file;
    int size = job->comm->size;
    pn_status status = PN_OK;
    if (!file[0])
        return PN_OK;
    job->shares = calloc((size_t)size, sizeof *job->shares);
    if (!job->shares)
        status = pn_fail_memory("for the shares of %d ranks", size);
    else if (job->comm->rank == 0)
        status = pn_shares_read(job->shares, job->info, size, file);
    status = pn_job_agree(job, status);
    if (status != PN_OK)
        return status;
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_broadcast(&world, job->shares, (size_t)size * sizeof *job->shares, 0);
    for (int rank = 0; rank < size; rank++)
        job->info[rank].share = job->shares[rank];
    return PN_OK;
}

static pn_status open_team(pn_job *job)
{
    const pn_rank_choice *mine = &job->ranks[job->comm->rank];
    bool is_bound = !job->options.no_bind && !mine->oversubscribed;
    int *cpus = is_bound ? malloc((size_t)mine->threads * sizeof *cpus) : NULL;
    if (is_bound && !cpus)
        return pn_fail_memory("to bind %d threads", mine->threads);
    if (is_bound)
        pn_host_cpus(&job->host, mine->core, mine->cores, mine->threads, cpus);
    pn_status status = pn_team_create(&job->team, mine->threads, cpus);
    free(cpus);
    return status;
}

static bool has_kinds(const pn_job *job)
{
    for (int rank = 1; rank < job->comm->size; rank++)
        if (job->info[rank].kind_id != job->info[0].kind_id)
            return true;
    return false;
}

static bool chooses(pn_command command)
{
    return command == PN_COMMAND_RUN || command == PN_COMMAND_MXP || command == PN_COMMAND_RESUME ||
           command == PN_COMMAND_TUNE;
}

// In FP64.
static bool solves(pn_command command)
{
    return command == PN_COMMAND_RUN || command == PN_COMMAND_RESUME || command == PN_COMMAND_HPL;
}

// Rates are needed to choose N and the shares of unlike ranks; otherwise only to tell the time,
// which a small run does not need, and which would take more memory than the run. What HPL.dat asks
// for is measured only if the ranks cannot be alike, or if --shares auto says so.
static bool wants_rate(const pn_job *job, pn_command command)
{
    const pn_options *options = &job->options;
    bool by_rate = options->shares.is_measured ||
                   (!options->shares.equal && !options->shares.count && has_kinds(job));
    bool is_large = options->n == 0 || options->n >= RATE_N;
    // A team that is alone has measured its products already (job/mixed.h).
    const pn_rank_info *mine = &job->info[job->comm->rank];
    bool is_known = job->comm->size == 1 && pn_product_flops(mine, pn_product_best(mine)) > 0;
    if (command == PN_COMMAND_PROBE) // it measures everything itself
        return false;
    return by_rate || is_known || (chooses(command) && is_large);
}

// A passing disturbance makes no rank faster, so of two measurements the better one counts.
static pn_status measure_again(pn_job *job, pn_rank_rates *rates)
{
    pn_rank_rates again = {0};
    pn_log_all(&job->log, "measuring once more: ranks of one kind are not alike");
    pn_status status = pn_calibrate(job, &again, 0.3);
    rates->multiply = fmax(rates->multiply, again.multiply);
    rates->panel = fmax(rates->panel, again.panel);
    rates->device_panel = fmax(rates->device_panel, again.device_panel);
    rates->rows = fmax(rates->rows, again.rows);
    rates->bus = fmax(rates->bus, again.bus);
    return status;
}

static pn_status measure_rates(pn_job *job)
{
    pn_rank_rates rates = {0};
    if (job->comm->size > 1) // it may take seconds; one rank is done at once
        pn_log_all(&job->log, "measuring the rates of %d ranks", job->comm->size);
    pn_status status = pn_calibrate(job, &rates, 1);
    status = pn_job_agree(job, status);
    if (status != PN_OK)
        return status;
    tell_late_info(job, &rates);
    if (!pn_choose_disagree(job->ranks, job->info, job->comm->size))
        return PN_OK;
    status = pn_job_agree(job, measure_again(job, &rates));
    if (status == PN_OK)
        tell_late_info(job, &rates);
    return status;
}

static pn_status open_rates(pn_job *job, pn_command command)
{
    tell_late_info(job, &(pn_rank_rates){0});
    return wants_rate(job, command) ? measure_rates(job) : PN_OK;
}

pn_status pn_job_open_mixed(pn_job *job)
{
    pn_status status;
    PN_TRY(pn_job_agree(job, pn_mixed_check(job)));
    PN_TRY(pn_job_agree(job, pn_mixed_open(job)));
    PN_TRY(open_rates(job, PN_COMMAND_MXP));
fail:
    return status;
}

// What concerns the whole job and shows in no line of its own: more threads than cores, and (of
// hpl, which prints no table) what the environment takes of them.
static void tell_bounds(pn_job *job, pn_command command)
{
    int crowded = 0, threads = 0, rank = 0;
    for (int i = 0; i < job->comm->size; i++) {
        crowded += job->ranks[i].oversubscribed;
        threads =
            job->ranks[i].oversubscribed ? job->ranks[i].threads * job->ranks[i].slots : threads;
        rank = job->ranks[i].oversubscribed ? i : rank;
    }
    if (crowded)
        pn_log_all(&job->log,
                   "note: %d rank%s too many threads for the cores they share (%d on %d, of %s): "
                   "they take turns",
                   crowded, crowded == 1 ? " has" : "s have", threads, job->info[rank].cores,
                   job->info[rank].host);
    const pn_thread_bound *bound = &job->bound;
    bool is_bound = !job->options.threads && bound->threads &&
                    job->ranks[job->comm->rank].threads == bound->threads;
    if (command == PN_COMMAND_HPL && is_bound)
        pn_log_all(&job->log, "note: %d thread%s a rank by %s; --threads takes another number",
                   bound->threads, pn_plural(bound->threads), bound->variable);
}

pn_status pn_job_open(pn_job *job, const pn_invocation *invocation)
{
    *job = (pn_job){.options = invocation->options};
    pn_log_level level = job->options.quiet     ? PN_LOG_QUIET
                         : job->options.verbose ? PN_LOG_VERBOSE
                                                : PN_LOG_NORMAL;
    job->log = pn_log_create(level);
    pn_command command = invocation->command;
    pn_status status = PN_OK;
    PN_TRY(open_comm(job, invocation));
    double limit = pn_job_stall_limit(&job->options, 0);
    PN_TRY(pn_job_agree(job, pn_stall_start(job->comm, limit)));
    PN_TRY(pn_job_agree(job, open_onlookers(job, command)));
    PN_TRY(pn_job_agree(job, observe(job)));
    PN_TRY(pn_job_agree(job, pn_job_open_blas(job)));
    tell_info(job);
    PN_TRY(pn_job_agree(job, pn_host_expect_check(job)));
    PN_TRY(take_shares(job));
    pn_choice_request request = pn_job_request(&job->options);
    status = pn_choose_threads(job->ranks, &request, job->info, job->comm->size);
    PN_TRY(pn_job_agree(job, status));
    job->comm->crowded = job->ranks[job->comm->rank].oversubscribed;
    PN_TRY(pn_job_agree(job, open_team(job)));
    status = pn_blas_suits(job->blas, pn_team_size(job->team));
    PN_TRY(pn_job_agree(job, status));
    PN_TRY(pn_job_agree(job, pn_blas_room_try(job)));
    pn_peers_tell_blas(job);
    tell_bounds(job, command);
    if ((chooses(command) && command != PN_COMMAND_TUNE) || command == PN_COMMAND_HPL)
        PN_TRY(pn_wrong_blas_tell(job, PN_WRONG_BLAS_BEFORE));
    status = pn_rank_compute_open(job, job->options.device, &job->compute);
    PN_TRY(pn_job_agree(job, status));
    if (strcmp(job->compute->kind, "CPU") == 0)
        name_kind(job, job->compute->kind, sizeof job->compute->kind);
    if (solves(command))
        PN_TRY(pn_native_check(job));
    PN_TRY(command == PN_COMMAND_MXP ? pn_job_open_mixed(job) : open_rates(job, command));
    if (chooses(command))
        PN_TRY(pn_host_links_measure(job)); // a slow link costs small runs the most
fail:
    return status;
}

void pn_job_close(pn_job *job)
{
    // All is said: a launcher that ends the ranks after the first one gone stops nothing.
    pn_stop_end(job->stop);
    if (job->compute)
        job->compute->ops->close(job->compute);
    if (job->team)
        pn_team_destroy(job->team);
    if (job->blas)
        pn_blas_close(job->blas);
    pn_host_release(&job->host);
    pn_host_links_release(job);
    pn_onlookers_close(job->onlookers);
    free(job->blas_table);
    free(job->core_rates);
    free(job->kept_bits);
    free(job->info);
    free(job->ranks);
    free(job->shares);
    pn_restart_release(job);
    if (job->opened)
        pn_comm_close(job->comm);
}
