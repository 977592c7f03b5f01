// SPDX-License-Identifier: BSD-3-Clause
// Opening in an order in which each step needs only what stands already: the ranks, the facts of
// each rank told to all, threads from those facts, then the rate that these threads reach.
#include "cli/session.h"

#include "cli/part.h"
#include "comm/open.h"
#include "comm/stall.h"
#include "compute/rates.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0, RATE_NB = 256, RATE_N = 8000 };

static const double rate_seconds = 0.3;

typedef struct failure_note { // as it travels
    char host[64];
    char message[1024];
} failure_note;

typedef struct verdict { // of one rank
    int32_t status;
    int32_t speaks; // it has a message; a rank that only stops with another has none
} verdict;

static void tell(pn_session *session, int rank, const failure_note *note)
{
    if (session->comm->rank != 0)
        return;
    if (session->log.pending) // a progress line that will not be finished
        fputc('\n', stderr);
    session->log.pending = false;
    if (rank == 0)
        fprintf(stderr, "panache: %s\n", note->message);
    else
        fprintf(stderr, "panache: rank %d on %s: %s\n", rank, note->host, note->message);
}

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
    tell(session, first, &note);
    return status;
}

pn_wishes pn_session_wishes(const pn_options *options)
{
    static const char letters[] = {[PN_MAPPING_ROWS] = 'R', [PN_MAPPING_COLUMNS] = 'C'};
    return (pn_wishes){.n = options->n,
                       .nb = (int)options->nb,
                       .p = options->grid.p,
                       .q = options->grid.q,
                       .threads = (int)options->threads,
                       .seconds = options->time,
                       .memory_share = options->memory.share,
                       .memory_bytes = options->memory.bytes,
                       .shares = options->shares.count ? options->shares.value : NULL,
                       .share_count = options->shares.count,
                       .mapping = letters[options->mapping]};
}

pn_comm pn_session_part(const pn_session *session, int ranks)
{
    pn_comm part = *session->comm;
    part.size = ranks;
    return part;
}

// Without a communicator each host's first process speaks: the reason may hold on one host only.
static pn_status open_comm(pn_session *session, const pn_invocation *invocation)
{
    int argc = invocation->argc;
    char **argv = invocation->argv;
    pn_comm_request request = {.library = session->options.mpi,
                               .start_timeout = session->options.start_timeout,
                               .log = &session->log,
                               .argc = &argc,
                               .argv = &argv};
    pn_status status = pn_comm_open(&session->comm, &request);
    if (status != PN_OK) {
        if (pn_launcher_local_rank() == 0)
            pn_command_failed();
        return status;
    }
    session->opened = true;
    session->log.rank = session->comm->rank;
    session->log.ranks = session->comm->size;
    return PN_OK;
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
    session->facts = calloc((size_t)size, sizeof *session->facts);
    session->ranks = calloc((size_t)size, sizeof *session->ranks);
    if (!session->facts || !session->ranks)
        return pn_fail(PN_ERROR_MEMORY, "facts of %d ranks: no memory for them", size);
    pn_status status = pn_host_observe(&session->host, NULL);
    if (status != PN_OK)
        return status;
    return pn_blas_open(&session->blas, session->options.blas);
}

static void share_facts(pn_session *session, double rate)
{
    pn_host *host = &session->host;
    pn_facts *mine = &session->facts[session->comm->rank];
    *mine = (pn_facts){.cpu_set = host->cpu_set,
                       .cores = host->usable,
                       .host_cores = host->cores,
                       .memory_available = host->memory_available,
                       .device_memory = session->compute ? session->compute->memory_bytes : 0,
                       .rate_gflops = rate};
    snprintf(mine->host, sizeof mine->host, "%s", host->name);
    pn_group world = pn_group_world(session->comm, TAG);
    pn_group_gather_all(&world, session->facts, sizeof *session->facts);
}

static pn_status open_team(pn_session *session)
{
    const pn_rank_choice *mine = &session->ranks[session->comm->rank];
    bool is_bound = !session->options.no_bind && !mine->oversubscribed;
    int *cpus = is_bound ? malloc((size_t)mine->threads * sizeof *cpus) : NULL;
    if (is_bound && !cpus)
        return pn_fail(PN_ERROR_MEMORY, "%d threads: no memory to bind them", mine->threads);
    if (is_bound)
        pn_host_cpus(&session->host, mine->slot, mine->slots, mine->threads, cpus);
    pn_status status = pn_team_create(&session->team, mine->threads, cpus);
    free(cpus);
    return status;
}

// The rate is needed to choose N; otherwise only to tell the time, which a small run does not need,
// and which would take more memory than the run.
static bool wants_rate(const pn_session *session)
{
    return session->options.n == 0 || session->options.n >= RATE_N;
}

// All at the same time, as in the run: neighbours share memory, caches and heat.
static pn_status measure_rate(pn_session *session)
{
    int nb = session->options.nb ? (int)session->options.nb : RATE_NB;
    double rate = 0;
    pn_group world = pn_group_world(session->comm, TAG);
    pn_group_barrier(&world);
    pn_status status = pn_rate_quick(&rate, session->compute, nb, rate_seconds);
    status = pn_session_agree(session, status);
    if (status == PN_OK)
        share_facts(session, rate);
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
    share_facts(session, 0);
    pn_wishes wishes = pn_session_wishes(&session->options);
    status = pn_choose_threads(session->ranks, &wishes, session->facts, session->comm->size);
    PN_TRY(pn_session_agree(session, status));
    PN_TRY(pn_session_agree(session, open_team(session)));
    PN_TRY(pn_session_agree(session, pn_part_open(session)));
    share_facts(session, 0);
    if (invocation->command == PN_COMMAND_RUN && wants_rate(session))
        PN_TRY(measure_rate(session));
fail:
    return status;
}

void pn_session_close(pn_session *session)
{
    if (session->compute)
        session->compute->ops->close(session->compute);
    if (session->team)
        pn_team_destroy(session->team);
    if (session->blas)
        pn_blas_close(session->blas);
    pn_host_release(&session->host);
    free(session->facts);
    free(session->ranks);
    if (session->opened)
        pn_comm_close(session->comm);
}
