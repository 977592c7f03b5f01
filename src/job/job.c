// SPDX-License-Identifier: BSD-3-Clause
#include "job/job.h"

#include "base/exit_code.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TAG = 0 };

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

pn_status pn_job_agree(pn_job *job, pn_status status)
{
    pn_comm *comm = job->comm;
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
    snprintf(note.host, sizeof note.host, "%s", job->log.host);
    snprintf(note.message, sizeof note.message, "%s", pn_fail_message());
    pn_group_broadcast(&world, &note, sizeof note, first);
    pn_log_for(&job->log, first, note.host, note.message);
    return status;
}

pn_choice_request pn_job_request(const pn_options *options)
{
    return (pn_choice_request){.settings = pn_options_settings(options),
                               .threads = (int)options->threads,
                               .seconds = options->time,
                               .memory_share = options->memory.share,
                               .memory_bytes = options->memory.bytes};
}

double pn_job_stall_limit(const pn_options *options, double longest)
{
    const double least = 120, times = 10;
    if (options->stall_timeout >= 0)
        return options->stall_timeout;
    return fmax(least, times * longest);
}
