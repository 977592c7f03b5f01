// SPDX-License-Identifier: BSD-3-Clause
// Manifests travel to the ranks as text, and each rank reads them for itself.
#include "job/restart.h"

#include "comm/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0 };

// Both generations of a run tell of the same problem.
static bool is_like(const pn_manifest *a, const pn_manifest *b)
{
    return a->n == b->n && a->nb == b->nb && a->seed == b->seed && a->threshold == b->threshold &&
           a->width == b->width && a->element_bytes == b->element_bytes && a->matrix == b->matrix;
}

static void take(pn_restart *restart, int number, pn_manifest *manifest)
{
    if (restart->count > 0 && !is_like(manifest, &restart->manifests[0])) {
        pn_manifest_release(manifest);
        return;
    }
    restart->numbers[restart->count] = number;
    restart->manifests[restart->count++] = *manifest;
}

// Rank 0: what is there and whole.
static pn_status read_all(pn_job *job, const char *folder)
{
    int numbers[PN_GENERATIONS_KEPT];
    int found = pn_generation_list(folder, numbers, PN_GENERATIONS_KEPT);
    for (int i = 0; i < found; i++) {
        pn_manifest manifest;
        pn_status status = pn_generation_read(&manifest, folder, numbers[i]);
        if (status == PN_OK) {
            take(job->restart, numbers[i], &manifest);
            continue;
        }
        pn_manifest_release(&manifest);
        pn_log_all(&job->log, "generation %d is refused: %s", numbers[i], pn_fail_message());
    }
    if (job->restart->count > 0)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   found ? "\"%s\": no generation there is whole"
                         : "\"%s\" holds no checkpoint; allowed: a folder that panache run "
                           "--checkpoint wrote to",
                   folder);
}

static pn_status pass(pn_job *job, int index)
{
    pn_group world = pn_group_world(job->comm, TAG);
    pn_manifest *manifest = &job->restart->manifests[index];
    char *text = NULL;
    int64_t bytes = 0;
    pn_status status = job->comm->rank == 0 ? pn_manifest_write(manifest, &text) : PN_OK;
    PN_TRY(pn_job_agree(job, status));
    bytes = text ? (int64_t)strlen(text) : 0;
    pn_group_broadcast(&world, &bytes, sizeof bytes, 0);
    if (job->comm->rank > 0)
        text = malloc((size_t)bytes + 1);
    PN_TRY(pn_job_agree(job, text ? PN_OK : pn_fail_memory("for a manifest")));
    pn_group_broadcast(&world, text, (size_t)bytes, 0);
    if (job->comm->rank > 0)
        status = pn_manifest_read(manifest, text, (size_t)bytes);
    PN_TRY(pn_job_agree(job, status));
fail:
    free(text);
    return status;
}

static pn_status take_over(pn_job *job, const char *folder)
{
    pn_options *options = &job->options;
    const pn_manifest *manifest = &job->restart->manifests[0];
    options->n = manifest->n;
    options->nb = manifest->nb;
    options->seed = (int64_t)manifest->seed;
    options->threshold = manifest->threshold;
    options->matrix =
        manifest->matrix == PN_MATRIX_DOMINANT ? PN_MATRIX_WORD_DOMINANT : PN_MATRIX_WORD_MILD;
    if (strlen(folder) >= sizeof options->checkpoint)
        return pn_fail(PN_ERROR_USAGE, "the path \"%s\" is longer than %zu bytes", folder,
                       sizeof options->checkpoint - 1);
    snprintf(options->checkpoint, sizeof options->checkpoint, "%s", folder);
    return PN_OK;
}

pn_status pn_restart_open(pn_job *job, const char *folder)
{
    pn_group world = pn_group_world(job->comm, TAG);
    pn_status status;
    job->restart = calloc(1, sizeof *job->restart);
    PN_TRY(pn_job_agree(job, job->restart ? PN_OK : pn_fail_memory("for a restart")));
    PN_TRY(pn_job_agree(job, job->comm->rank == 0 ? read_all(job, folder) : PN_OK));
    pn_group_broadcast(&world, &job->restart->count, sizeof job->restart->count, 0);
    pn_group_broadcast(&world, job->restart->numbers, sizeof job->restart->numbers, 0);
    for (int i = 0; i < job->restart->count; i++)
        PN_TRY(pass(job, i));
    PN_TRY(pn_job_agree(job, take_over(job, folder)));
fail:
    return status;
}

bool pn_restart_is_mixed(const pn_job *job)
{
    return job->restart && job->restart->count > 0 &&
           job->restart->manifests[0].matrix != PN_MATRIX_HPL;
}

void pn_restart_release(pn_job *job)
{
    for (int i = 0; job->restart && i < PN_GENERATIONS_KEPT; i++)
        pn_manifest_release(&job->restart->manifests[i]);
    free(job->restart);
    job->restart = NULL;
}
