// SPDX-License-Identifier: BSD-3-Clause
// Opening in an order in which each step needs only what stands already: the ranks, the facts of
// each rank told to all, threads from those info, then the rate that these threads reach.
#include "job/session.h"

#include "base/exit_code.h"
#include "comm/launcher.h"
#include "comm/open_comm.h"
#include "comm/stall.h"
#include "job/calibrate.h"
#include "job/host_expect.h"
#include "job/host_links.h"
#include "job/rank_part.h"
#include "job/shares_file.h"
#include "job/stop.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0, RATE_N = 8000 };

typedef struct failure_note { // as it travels
    char host[64];
    char message[1024];
} failure_note;

typedef struct verdict { // of one rank
    int32_t status;
    int32_t speaks; // it has a message; a rank that only stops with another has none
} verdict;

// The first rank that failed and has something to say; else the first that failed; else `size`.
static int first_failed(const verdict *all, int size)
{
    int silent = size;
    for (int rank = size - 1; rank >= 0; rank--)
        if (all[rank].status != PN_OK)
            silent = rank;
    for (int rank = silent; rank < size; rank++)
        if (all[rank].status != PN_OK && all[rank].speaks)
            return rank;
    return silent;
}

pn_status pn_session_agree(pn_session *session, pn_status status)
{
    pn_comm *comm = session->comm;
    pn_group world = pn_group_world(comm, TAG);
    verdict *all = calloc((size_t)comm->size, sizeof *all);
    if (!all)
        pn_comm_abort(comm, PN_EXIT_FAILURE);
    all[comm->rank] = (verdict){(int32_t)status, status != PN_OK && *pn_fail_message()};
    pn_group_gather_all(&world, all, sizeof *all);
    int first = first_failed(all, comm->size);
    status = first < comm->size ? (pn_status)all[first].status : PN_OK;
    free(all);
    if (status == PN_OK)
        return PN_OK;
    failure_note note = {0};
    snprintf(note.host, sizeof note.host, "%s", session->log.host);
    snprintf(note.message, sizeof note.message, "%s", pn_fail_message());
    pn_group_broadcast(&world, &note, sizeof note, first);
    pn_log_for(&session->log, first, note.host, note.message);
    return status;
}

pn_choice_request pn_session_request(const pn_options *options)
{
    return (pn_choice_request){.settings = pn_options_settings(options),
                               .threads = (int)options->threads,
                               .seconds = options->time,
                               .memory_share = options->memory.share,
                               .memory_bytes = options->memory.bytes};
}

// Ranks may be started with options of their own. What concerns the whole run is as rank 0 has it;
// what a rank may use is its own.
static void take_options_of_first(pn_session *session)
{
    pn_group world = pn_group_world(session->comm, TAG);
    pn_options own = session->options;
    pn_options *options = &session->options;
    pn_group_broadcast(&world, options, sizeof *options, 0);
    options->threads = own.threads;
    options->memory = own.memory;
    options->no_bind = own.no_bind;
    options->expect = own.expect;
    memcpy(options->blas, own.blas, sizeof own.blas);
    memcpy(options->device, own.device, sizeof own.device);
    options->device_mpi = own.device_mpi;
}

// Without a communicator each host's first process speaks: the reason may hold on one host only.
static pn_status open_comm(pn_session *session, const pn_invocation *invocation)
{
    int argc = invocation->argc;
    char **argv = invocation->argv;
    pn_status status = pn_stop_begin(&session->stop, &session->log);
    if (status != PN_OK)
        goto failed;
    signal(SIGPIPE, SIG_IGN); // a reader who is gone must not take the result along
    pn_comm_request request = {.library = session->options.mpi,
                               .start_timeout = session->options.start_timeout,
                               .log = &session->log,
                               .argc = &argc,
                               .argv = &argv};
    status = pn_comm_open(&session->comm, &request);
    if (status != PN_OK)
        goto failed;
    session->opened = true;
    session->log.rank = session->comm->rank;
    session->log.ranks = session->comm->size;
    pn_stop_of(session->stop, session->comm);
    take_options_of_first(session);
    return PN_OK;
failed:
    if (pn_launch_local_rank() == 0)
        pn_log_failure();
    return status;
}

double pn_session_stall_limit(const pn_options *options, double longest)
{
    const double least = 120, times = 10;
    if (options->stall_timeout >= 0)
        return options->stall_timeout;
    return fmax(least, times * longest);
}

static pn_status observe(pn_session *session)
{
    int size = session->comm->size;
    session->info = calloc((size_t)size, sizeof *session->info);
    session->ranks = calloc((size_t)size, sizeof *session->ranks);
    if (!session->info || !session->ranks)
        return pn_fail(PN_ERROR_MEMORY, "facts of %d ranks: no memory for them", size);
    pn_status status = pn_host_observe(&session->host, NULL);
    if (status != PN_OK)
        return status;
    return pn_blas_open(&session->blas, session->options.blas);
}

// "AMD EPYC 9B14 96-Core Processor, OpenBLAS Cooperlake"; the processor is cut short if need be.
static void name_kind(const pn_session *session, char *kind, size_t bytes)
{
    char library[48];
    const char *path = pn_blas_name(session->blas), *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path, *kernels = pn_blas_kernels(session->blas);
    snprintf(library, sizeof library, "%.*s%s%s", (int)pn_min(20, (int64_t)strcspn(name, " ")),
             name, *kernels ? " " : "", kernels);
    int room = (int)(bytes - strlen(library) - sizeof ", ");
    snprintf(kind, bytes, "%.*s, %s", room, session->host.processor, library);
}

// What this rank has is told to all, and what all have comes back.
static void tell_info(pn_session *session)
{
    const pn_host *host = &session->host;
    const pn_options *options = &session->options;
    pn_rank_info *mine = &session->info[session->comm->rank];
    *mine = (pn_rank_info){.cpu_set = host->cpu_set,
                           .cores = host->usable,
                           .host_cores = host->cores,
                           .memory_available = host->memory_available,
                           .threads = (int32_t)options->threads,
                           .memory_share = options->memory.share,
                           .memory_bytes = options->memory.bytes};
    snprintf(mine->host, sizeof mine->host, "%s", host->name);
    name_kind(session, mine->kind, sizeof mine->kind);
    pn_group world = pn_group_world(session->comm, TAG);
    pn_group_gather_all(&world, session->info, sizeof *session->info);
    pn_rank_info_number(session->info, session->comm->size);
}

typedef struct late_info { // as it travels: what only shows once a rank has opened or measured
    char kind[64];
    int64_t device_memory;
    pn_rank_rates rates;
} late_info;

static void tell_late_info(pn_session *session, const pn_rank_rates *rates)
{
    int size = session->comm->size;
    late_info *all = calloc((size_t)size, sizeof *all);
    if (!all)
        pn_comm_abort(session->comm, PN_EXIT_FAILURE);
    late_info *mine = &all[session->comm->rank];
    *mine = (late_info){.device_memory = session->compute->memory_bytes, .rates = *rates};
    snprintf(mine->kind, sizeof mine->kind, "%s", session->compute->kind);
    pn_group world = pn_group_world(session->comm, TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    for (int rank = 0; rank < size; rank++) {
        pn_rank_info *info = &session->info[rank];
        memcpy(info->kind, all[rank].kind, sizeof info->kind);
        info->is_device = all[rank].device_memory > 0;
        info->device_memory = all[rank].device_memory;
        info->rate = all[rank].rates.multiply;
        info->panel_rate = all[rank].rates.panel;
        info->rows_rate = all[rank].rates.rows;
    }
    free(all);
    pn_rank_info_number(session->info, size);
}

// Rank 0 reads the file; the others may not even see it.
static pn_status take_shares(pn_session *session)
{
    const char *file = session->options.shares.file;
    int size = session->comm->size;
    pn_status status = PN_OK;
    if (!file[0])
        return PN_OK;
    session->shares = calloc((size_t)size, sizeof *session->shares);
    if (!session->shares)
        status = pn_fail(PN_ERROR_MEMORY, "shares of %d ranks: no memory for them", size);
    else if (session->comm->rank == 0)
        status = pn_shares_read(session->shares, session->info, size, file);
    status = pn_session_agree(session, status);
    if (status != PN_OK)
        return status;
    pn_group world = pn_group_world(session->comm, TAG);
    pn_group_broadcast(&world, session->shares, (size_t)size * sizeof *session->shares, 0);
    for (int rank = 0; rank < size; rank++)
        session->info[rank].share = session->shares[rank];
    return PN_OK;
}

static pn_status open_team(pn_session *session)
{
    const pn_rank_choice *mine = &session->ranks[session->comm->rank];
    bool is_bound = !session->options.no_bind && !mine->oversubscribed;
    int *cpus = is_bound ? malloc((size_t)mine->threads * sizeof *cpus) : NULL;
    if (is_bound && !cpus)
        return pn_fail(PN_ERROR_MEMORY, "%d threads: no memory to bind them", mine->threads);
    if (is_bound)
        pn_host_cpus(&session->host, mine->core, mine->cores, mine->threads, cpus);
    pn_status status = pn_team_create(&session->team, mine->threads, cpus);
    free(cpus);
    return status;
}

static bool has_kinds(const pn_session *session)
{
    for (int rank = 1; rank < session->comm->size; rank++)
        if (session->info[rank].kind_id != session->info[0].kind_id)
            return true;
    return false;
}

// Rates are needed to choose N and the shares of unlike ranks; otherwise only to tell the time,
// which a small run does not need, and which would take more memory than the run. What HPL.dat asks
// for is measured only if the ranks cannot be alike.
static bool wants_rate(const pn_session *session, pn_command command)
{
    const pn_options *options = &session->options;
    bool by_rate = !options->shares.equal && !options->shares.count && has_kinds(session);
    bool is_large = options->n == 0 || options->n >= RATE_N;
    if (command == PN_COMMAND_PROBE) // it measures everything itself
        return false;
    return by_rate || ((command == PN_COMMAND_RUN || command == PN_COMMAND_TUNE) && is_large);
}

// A passing disturbance makes no rank faster, so of two measurements the better one counts.
static pn_status measure_again(pn_session *session, pn_rank_rates *rates)
{
    pn_rank_rates again = {0};
    pn_log_all(&session->log, "measuring once more: ranks of one kind are not alike");
    pn_status status = pn_measure_rates(session, &again, 0.3);
    rates->multiply = fmax(rates->multiply, again.multiply);
    rates->panel = fmax(rates->panel, again.panel);
    rates->rows = fmax(rates->rows, again.rows);
    return status;
}

static pn_status measure_rates(pn_session *session)
{
    pn_rank_rates rates = {0};
    if (session->comm->size > 1) // it may take seconds; one rank is done at once
        pn_log_all(&session->log, "measuring the rates of %d ranks", session->comm->size);
    pn_status status = pn_measure_rates(session, &rates, 1);
    status = pn_session_agree(session, status);
    if (status != PN_OK)
        return status;
    tell_late_info(session, &rates);
    if (!pn_choose_disagree(session->ranks, session->info, session->comm->size))
        return PN_OK;
    status = pn_session_agree(session, measure_again(session, &rates));
    if (status == PN_OK)
        tell_late_info(session, &rates);
    return status;
}

pn_status pn_session_open(pn_session *session, const pn_invocation *invocation)
{
    *session = (pn_session){.options = invocation->options};
    pn_log_level level = session->options.quiet     ? PN_LOG_QUIET
                         : session->options.verbose ? PN_LOG_VERBOSE
                                                    : PN_LOG_NORMAL;
    session->log = pn_log_create(level);
    pn_status status = PN_OK;
    PN_TRY(open_comm(session, invocation));
    double limit = pn_session_stall_limit(&session->options, 0);
    PN_TRY(pn_session_agree(session, pn_stall_start(session->comm, limit)));
    PN_TRY(pn_session_agree(session, observe(session)));
    PN_TRY(pn_session_agree(session, pn_session_expect(session)));
    tell_info(session);
    PN_TRY(take_shares(session));
    pn_choice_request request = pn_session_request(&session->options);
    status = pn_choose_threads(session->ranks, &request, session->info, session->comm->size);
    PN_TRY(pn_session_agree(session, status));
    session->comm->crowded = session->ranks[session->comm->rank].oversubscribed;
    PN_TRY(pn_session_agree(session, open_team(session)));
    status = pn_blas_suits(session->blas, pn_team_size(session->team));
    PN_TRY(pn_session_agree(session, status));
    status = pn_part_open(session, session->options.device, &session->compute);
    PN_TRY(pn_session_agree(session, status));
    if (strcmp(session->compute->kind, "CPU") == 0)
        name_kind(session, session->compute->kind, sizeof session->compute->kind);
    tell_late_info(session, &(pn_rank_rates){0});
    pn_command command = invocation->command;
    if (wants_rate(session, command))
        PN_TRY(measure_rates(session));
    if (command == PN_COMMAND_RUN || command == PN_COMMAND_TUNE)
        PN_TRY(pn_measure_hosts(session)); // a slow link costs small runs the most
fail:
    return status;
}

void pn_session_close(pn_session *session)
{
    // All is said: a launcher that ends the ranks after the first one gone stops nothing.
    pn_stop_end(session->stop);
    if (session->compute)
        session->compute->ops->close(session->compute);
    if (session->team)
        pn_team_destroy(session->team);
    if (session->blas)
        pn_blas_close(session->blas);
    pn_host_release(&session->host);
    pn_release_hosts(session);
    free(session->info);
    free(session->ranks);
    free(session->shares);
    if (session->opened)
        pn_comm_close(session->comm);
}
