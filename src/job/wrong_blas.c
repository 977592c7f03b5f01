// SPDX-License-Identifier: BSD-3-Clause
#include "job/wrong_blas.h"

#include "comm/group.h"
#include "compute/blas_check.h"
#include "compute/blas_family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0, LINES = 8 };

typedef struct doubt { // of a rank, as it travels
    char host[64];
    char library[96];  // "OpenBLAS 0.3.21 Haswell"
    char variable[32]; // that selects its kernels
    bool is_auto;      // chosen by trials
    pn_blas_faults faults;
} doubt;

static bool is_wrong(const pn_blas_faults *faults)
{
    return faults->product || faults->solve || faults->together;
}

static void describe(const pn_job *job, doubt *mine)
{
    const pn_blas_identity *who = pn_blas_who(job->blas);
    const char *variable = pn_blas_family_at(who->family)->variable;
    snprintf(mine->host, sizeof mine->host, "%s", job->host.name);
    snprintf(mine->library, sizeof mine->library, "%.60s%s%.32s", who->name,
             who->kernels[0] ? " " : "", who->kernels);
    mine->is_auto = strcmp(job->options.blas, "auto") == 0;
    snprintf(mine->variable, sizeof mine->variable, "%s", variable ? variable : "");
}

static void tell_one(pn_job *job, int rank, const doubt *found)
{
    const pn_blas_faults *faults = &found->faults;
    const char *routines = faults->product && faults->solve ? "dgemm and dtrsm"
                           : faults->solve                  ? "dtrsm"
                                                            : "dgemm";
    char hint[80] = "panache blas tries it anew";
    if (!found->is_auto)
        snprintf(hint, sizeof hint, "try --blas auto%s%s",
                 found->variable[0] ? ", or another " : "", found->variable);
    pn_log_all(&job->log, "finding: rank %d on %s: %s of %s %s wrong (%s); %s", rank, found->host,
               faults->together ? "dgemm or dtrsm" : routines, found->library,
               faults->product && faults->solve ? "are" : "is", faults->first, hint);
}

static void tell(pn_job *job, const doubt *found, pn_wrong_blas_when when)
{
    int wrong = 0;
    for (int rank = 0; rank < job->comm->size; rank++) {
        if (!is_wrong(&found[rank].faults))
            continue;
        if (wrong++ < LINES)
            tell_one(job, rank, &found[rank]);
    }
    if (wrong > LINES)
        pn_log_all(&job->log, "finding: the same is so on %d more ranks", wrong - LINES);
    if (wrong == 0 && when == PN_WRONG_BLAS_AFTER)
        pn_log_all(&job->log, "note: dgemm and dtrsm give right results for small sizes on every "
                              "rank; the cause lies elsewhere: memory, links, other sizes");
}

pn_status pn_wrong_blas_tell(pn_job *job, pn_wrong_blas_when when)
{
    doubt *found = calloc((size_t)job->comm->size, sizeof *found);
    pn_status status = PN_OK;
    if (!found)
        status = pn_fail_memory("for the checks of %d ranks", job->comm->size);
    PN_TRY(pn_job_agree(job, status));
    doubt *mine = &found[job->comm->rank];
    describe(job, mine);
    PN_TRY(pn_job_agree(job, pn_blas_check(&mine->faults, job->blas, job->team)));
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_gather_all(&world, found, sizeof *found);
    if (job->comm->rank == 0)
        tell(job, found, when);
fail:
    free(found);
    return status;
}
