// SPDX-License-Identifier: BSD-3-Clause
#include "job/native.h"

#include "comm/group.h"
#include "compute/kept_bits.h"

#include <stdlib.h>
#include <string.h>

enum { TAG = 0, LINES = 8, USUAL_BITS = 55, LEAST_BITS = 8, MOST_BITS = 120 };

pn_status pn_native_asked(const pn_options *options, int *bits)
{
    static const char word[] = "emulated";
    const char *text = options->fp64, *rest = text + strlen(word);
    char *end;
    *bits = 0;
    if (strcmp(text, "native") == 0)
        return PN_OK;
    *bits = USUAL_BITS;
    if (strcmp(text, word) == 0)
        return PN_OK;
    if (strncmp(text, word, strlen(word)) == 0 && rest[0] == ':' && rest[1] >= '0' &&
        rest[1] <= '9') {
        long read = strtol(rest + 1, &end, 10);
        *bits = (int)pn_min(read, MOST_BITS + 1);
        if (*end == '\0' && *bits >= LEAST_BITS && *bits <= MOST_BITS)
            return PN_OK;
    }
    return pn_fail(PN_ERROR_USAGE,
                   "option --fp64: read \"%s\"; allowed: native, emulated, or emulated:BITS with "
                   "%d to %d of them",
                   text, LEAST_BITS, MOST_BITS);
}

static void tell_one(pn_job *job, int rank, int asked)
{
    char host[64];
    pn_job_host_label(job, rank, host);
    if (asked > 0)
        pn_log_all(
            &job->log,
            "note: rank %d on %s: products of FP64 lose nothing, although emulated ones were "
            "asked for; its library took native ones",
            rank, host);
    else
        pn_log_all(&job->log,
                   "finding: rank %d on %s: products of FP64 are emulated: 2^-%d beside 1 is lost, "
                   "which native arithmetic keeps; look for what its environment or a preloaded "
                   "library sets, or say --fp64 emulated if it is meant",
                   rank, host, job->kept_bits[rank]);
}

static void tell(pn_job *job, int asked)
{
    int told = 0;
    for (int rank = 0; rank < job->comm->size; rank++) {
        bool is_emulated = job->kept_bits[rank] > 0;
        if (is_emulated == (asked > 0))
            continue;
        if (told++ < LINES)
            tell_one(job, rank, asked);
    }
    if (told > LINES)
        pn_log_all(&job->log, "%s: the same is so on %d more ranks", asked > 0 ? "note" : "finding",
                   told - LINES);
}

pn_status pn_native_check(pn_job *job)
{
    int asked;
    pn_status status = pn_native_asked(&job->options, &asked);
    job->kept_bits = calloc((size_t)job->comm->size, sizeof *job->kept_bits);
    if (status == PN_OK && !job->kept_bits)
        status = pn_fail_memory("for the checks of %d ranks", job->comm->size);
    PN_TRY(pn_job_agree(job, status));
    PN_TRY(pn_job_agree(job, pn_kept_bits(job->compute, &job->kept_bits[job->comm->rank])));
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_gather_all(&world, job->kept_bits, sizeof *job->kept_bits);
    if (job->comm->rank == 0)
        tell(job, asked);
fail:
    return status;
}
