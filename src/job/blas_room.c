// SPDX-License-Identifier: BSD-3-Clause
#include "job/blas_room.h"

#include <stdlib.h>
#include <sys/mman.h>

// OpenBLAS for x86-64 takes that much for each thread; others less.
static const size_t buffer_bytes = (size_t)128 << 20;

pn_status pn_blas_room_try(const pn_job *job)
{
    int threads = pn_team_size(job->team), taken = 0;
    if (job->host.memory_own == 0)
        return PN_OK;
    void **buffers = calloc((size_t)threads, sizeof *buffers);
    if (!buffers)
        return pn_fail_memory("to try the buffers of %d threads", threads);
    for (; taken < threads; taken++) {
        buffers[taken] = mmap(NULL, buffer_bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (buffers[taken] == MAP_FAILED)
            break;
    }
    for (int i = 0; i < taken; i++)
        munmap(buffers[i], buffer_bytes);
    free(buffers);
    if (taken == threads)
        return PN_OK;
    return pn_fail(
        PN_ERROR_MEMORY,
        "host %s: %s leaves too little to a rank: a BLAS takes up to 128 MiB for each of "
        "its %d threads, and %d of these were to be had. Raise that limit, or take fewer "
        "--threads",
        job->host.name, job->host.own_bound, threads, taken);
}
