// SPDX-License-Identifier: BSD-3-Clause
#include "job/job.h"

#include "base/exit_code.h"
#include "comm/group.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int first_of_host(const pn_job *job, int host)
{
    int rank = 0;
    while (job->info[rank].host_id != host)
        rank++;
    return rank;
}

void pn_job_host_label(const pn_job *job, int rank, char label[64])
{
    enum { LABEL = 64 };
    int host = job->info[rank].host_id, namesakes = 1;
    const char *name = job->info[first_of_host(job, host)].host;
    for (int other = 0; other < host; other++)
        namesakes += strcmp(job->info[first_of_host(job, other)].host, name) == 0;
    if (namesakes == 1)
        snprintf(label, LABEL, "%s", name);
    else
        snprintf(label, LABEL, "%.50s#%d", name, namesakes);
}

double pn_job_stall_limit(const pn_options *options, double longest)
{
    const double least = 120, times = 10;
    if (options->stall_timeout >= 0)
        return options->stall_timeout;
    return fmax(least, times * longest);
}
