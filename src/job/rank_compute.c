// SPDX-License-Identifier: BSD-3-Clause
#include "job/rank_compute.h"

#include "base/exit_code.h"
#include "comm/group.h"
#include "compute/open_compute.h"
#include "job/native.h"

#include <math.h>
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

// Less than what the device has, or more, of which the rest lies in the host's memory.
static pn_status take_memory(const pn_memory *wanted, pn_compute *compute)
{
    double wish = wanted->bytes ? (double)wanted->bytes
                                : floor(wanted->share * (double)compute->memory_bytes);
    if (wanted->bytes == 0 && wanted->share <= 0)
        return PN_OK;
    if (!compute->is_device)
        return pn_fail(PN_ERROR_USAGE,
                       "option --device-memory: this rank computes on processors; it is for those "
                       "that compute on a device (--device)");
    if (wish <= (double)compute->memory_bytes) {
        compute->memory_bytes = (int64_t)wish;
        return PN_OK;
    }
    if (compute->overflow_takes == 0)
        return pn_fail(PN_ERROR_USAGE,
                       "option --device-memory: %.3f GB are asked for of the device (%s), which "
                       "has %.3f GB: %s",
                       1e-9 * wish, compute->kind, 1e-9 * (double)compute->memory_bytes,
                       compute->why_not ? compute->why_not : "it takes no host memory beside");
    pn_rank_compute_overflow(compute, (int64_t)wish - compute->memory_bytes);
    return PN_OK;
}

bool pn_rank_compute_is_open(const pn_job *job)
{
    const pn_memory *wanted = &job->options.device_memory;
    return job->compute->is_device && job->compute->overflow_takes > 0 && wanted->bytes == 0 &&
           wanted->share <= 0 && job->compute->element == PN_FLOAT64;
}

void pn_rank_compute_overflow(pn_compute *compute, int64_t bytes)
{
    int64_t before = compute->overflow_bytes > 0 ? compute->overflow_takes : 0;
    int64_t after = bytes > 0 ? compute->overflow_takes : 0;
    compute->memory_bytes = pn_max(1, compute->memory_bytes + before - after);
    compute->overflow_bytes = bytes;
}

pn_status pn_rank_compute_open(pn_job *job, const char *device, pn_compute **compute)
{
    char reason[PN_COMPUTE_REASON];
    pn_compute_request request = {.device = device, .team = job->team, .blas = job->blas};
    count_neighbours(job, &request);
    pn_status status = pn_native_asked(&job->options, &request.fp64_bits);
    if (status == PN_OK)
        status = pn_compute_open(compute, &request, reason);
    if (status == PN_OK && job->log.level == PN_LOG_VERBOSE)
        pn_log_rank(&job->log, "computes on %s", reason);
    return status == PN_OK ? take_memory(&job->options.device_memory, *compute) : status;
}
