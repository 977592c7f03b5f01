// SPDX-License-Identifier: BSD-3-Clause
#include "job/rank_compute.h"

#include "base/exit_code.h"
#include "compute/open_compute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0 };

typedef struct asked { // as it travels
    int32_t host;
    pn_text device;
} asked;

static bool is_same(const asked *a, const asked *b)
{
    return a->host == b->host && strcmp(a->device, b->device) == 0;
}

// Where this rank stands among those of its host that ask for the same.
static void count_neighbours(const pn_job *job, pn_compute_request *request)
{
    pn_comm *comm = job->comm;
    asked *all = calloc((size_t)comm->size, sizeof *all);
    if (!all)
        pn_comm_abort(comm, PN_EXIT_FAILURE);
    asked *mine = &all[comm->rank];
    mine->host = job->info[comm->rank].host_id;
    snprintf(mine->device, sizeof mine->device, "%s", request->device);
    pn_group world = pn_group_world(comm, TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    mine = &all[comm->rank];
    for (int rank = 0; rank < comm->size; rank++)
        if (is_same(&all[rank], mine)) {
            request->local_rank += rank < comm->rank;
            request->local_ranks++;
        }
    free(all);
}

pn_status pn_rank_compute_open(pn_job *job, const char *device, pn_compute **compute)
{
    char reason[PN_COMPUTE_REASON];
    pn_compute_request request = {.device = device, .team = job->team, .blas = job->blas};
    count_neighbours(job, &request);
    pn_status status = pn_compute_open(compute, &request, reason);
    if (status == PN_OK && job->log.level == PN_LOG_VERBOSE)
        pn_log_rank(&job->log, "computes on %s", reason);
    return status;
}
