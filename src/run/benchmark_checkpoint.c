// SPDX-License-Identifier: BSD-3-Clause
// A run that is written away from time to time, and one that goes on from there. What a checkpoint
// needs is found before the clock starts; one that cannot be written costs the run nothing else.
#include "base/clock.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/generation.h"
#include "checkpoint/shard.h"
#include "comm/group.h"
#include "run/benchmark_private.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Since 1970: sessions may be on hosts that share nothing but that.
static double real_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// The first rank that failed; -1: none did. All ranks call it.
static int first_failed(pn_running *r, pn_status status)
{
    double backwards = status == PN_OK ? 0 : r->comm->size - r->comm->rank;
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_combine(&world, &backwards, sizeof backwards, pn_combine_max);
    return backwards > 0 ? r->comm->size - (int)backwards : -1;
}

static pn_checkpoint_task task_of(const pn_running *r, int number)
{
    return (pn_checkpoint_task){.comm = r->comm,
                                .compute = r->compute,
                                .place = &r->place,
                                .matrix = r->matrix.block,
                                .buffer = r->saver.buffer,
                                .folder = r->benchmark->checkpoints.folder,
                                .number = number,
                                .order = r->check.order};
}

static pn_status allocate(pn_running *r)
{
    pn_saver *saver = &r->saver;
    const pn_layout *layout = r->benchmark->layout;
    pn_manifest size = {.nb = layout->nb,
                        .element_bytes = (int)pn_element_bytes(r->matrix.block.element)};
    saver->requests = calloc((size_t)r->comm->size, sizeof *saver->requests);
    if (!saver->requests)
        return pn_fail_memory("for the messages of checkpoints");
    saver->bytes = pn_shard_piece_bytes(&size);
    return r->compute->ops->allocate_host(r->compute, saver->bytes, &saver->buffer);
}

pn_status pn_running_open_saver(pn_running *r)
{
    pn_saver *saver = &r->saver;
    const pn_layout *layout = r->benchmark->layout;
    if (!r->benchmark->checkpoints.folder)
        return PN_OK;
    if (layout->column_blocks > PN_MANIFEST_BLOCKS)
        return pn_fail(PN_ERROR_USAGE,
                       "checkpoints: %" PRId64 " block columns; %d at most: choose a larger NB",
                       layout->column_blocks, PN_MANIFEST_BLOCKS);
    saver->on = true;
    saver->comm = r->comm;
    saver->notice = r->benchmark->checkpoints.notice;
    return allocate(r);
}

void pn_running_close_saver(pn_running *r)
{
    if (r->saver.buffer)
        r->compute->ops->release_host(r->compute, r->saver.buffer, r->saver.bytes);
    free(r->saver.requests);
}

static void count_part(pn_session *session, const pn_session_kind *part)
{
    int i = 0;
    while (i < session->kind_count && strcmp(session->kinds[i].kind, part->kind) != 0)
        i++;
    if (i == PN_SESSION_KINDS)
        i--;
    if (i == session->kind_count)
        session->kinds[session->kind_count++] = *part;
    else
        session->kinds[i].ranks++;
}

// Who takes part, by kinds.
static void list_parts(pn_running *r)
{
    pn_session_kind *all = calloc((size_t)r->comm->size, sizeof *all);
    if (!all)
        return; // a list that is short of names is no reason to end a run
    pn_session_kind *mine = &all[r->comm->rank];
    snprintf(mine->kind, sizeof mine->kind, "%s", r->compute->kind);
    snprintf(mine->host, sizeof mine->host, "%s", r->log->host);
    mine->ranks = 1;
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    for (int rank = 0; rank < r->comm->size; rank++)
        count_part(&r->saver.session, &all[rank]);
    free(all);
}

void pn_running_open_session(pn_running *r)
{
    const pn_layout *layout = r->benchmark->layout;
    if (!r->saver.on)
        return;
    r->saver.session = (pn_session){
        .first = r->first, .ranks = layout->ranks, .p = layout->height, .q = layout->columns};
    snprintf(r->saver.session.mpi, sizeof r->saver.session.mpi, "%.63s", r->comm->library);
    list_parts(r);
}

void pn_running_begin_session(pn_running *r)
{
    pn_saver *saver = &r->saver;
    if (!saver->on)
        return;
    saver->session.began = real_time();
    saver->next = pn_clock() + r->benchmark->checkpoints.every;
    pn_saver_open_notice(saver);
}

// What counts is the time since the first start, whatever happened in between.
void pn_running_end_session(pn_running *r)
{
    pn_saver *saver = &r->saver;
    pn_result *result = r->result;
    result->computing_seconds = r->solve_seconds;
    if (!saver->on)
        return;
    saver->session.seconds = r->solve_seconds;
    saver->session.next = r->benchmark->layout->row_blocks;
    if (!saver->from)
        return;
    double began = saver->from->sessions[0].began;
    result->began = (time_t)began;
    result->computing_seconds += saver->from->computing_seconds;
    result->lu_seconds += saver->from->computing_seconds;
    result->seconds = fmax(real_time() - began, result->computing_seconds);
}

pn_status pn_running_tell_sessions(pn_running *r)
{
    const pn_saver *saver = &r->saver;
    pn_result *result = r->result;
    if (!saver->on)
        return PN_OK;
    int before = saver->from ? saver->from->session_count : 0;
    result->sessions = calloc((size_t)before + 1, sizeof *result->sessions);
    if (!result->sessions)
        return pn_fail_memory("for the sessions of the run");
    if (before > 0)
        memcpy(result->sessions, saver->from->sessions, (size_t)before * sizeof *result->sessions);
    result->sessions[before] = saver->session;
    result->session_count = before + 1;
    result->checkpoint_count = saver->count;
    result->checkpoint_seconds = saver->seconds;
    return PN_OK;
}

static pn_status describe(const pn_running *r, pn_manifest *m, pn_gidx step)
{
    const pn_saver *saver = &r->saver;
    pn_session now = saver->session;
    pn_status status = pn_manifest_create(m, r->place.layout);
    if (status != PN_OK)
        return status;
    m->seed = r->benchmark->seed;
    m->threshold = r->benchmark->threshold;
    m->element_bytes = (int)pn_element_bytes(r->matrix.block.element);
    m->matrix = r->benchmark->settings.matrix;
    m->step = step;
    now.next = step;
    now.seconds = pn_clock() - r->watch.origin;
    m->computing_seconds = now.seconds + (saver->from ? saver->from->computing_seconds : 0);
    for (int i = 0; saver->from && i < saver->from->session_count; i++)
        pn_manifest_add_session(m, &saver->from->sessions[i]);
    pn_manifest_add_session(m, &now);
    return PN_OK;
}

// Each interval is ten times as long as what it took, at least.
static void plan_next(pn_running *r, double seconds)
{
    enum { TIMES = 10 };
    pn_saver *saver = &r->saver;
    double every = r->benchmark->checkpoints.every, least = every > 0 ? TIMES * seconds : 0;
    saver->next = pn_clock() + fmax(every, least);
    if (least <= every || saver->is_slow)
        return;
    saver->is_slow = true;
    pn_log_all(r->log,
               "note: a checkpoint took %.1f s; the next one comes after %.0f s and not after "
               "%.0f s, so that they take no more than a tenth of the time",
               seconds, least, every);
}

static void tell_saved(pn_running *r, pn_gidx step, double seconds, int failed)
{
    pn_saver *saver = &r->saver;
    if (failed < 0) {
        saver->count++;
        saver->seconds += seconds;
        saver->is_failing = false;
        pn_log_all(r->log, "checkpoint before step %" PRId64 " of %" PRId64 ": %.2f s", step,
                   r->benchmark->layout->row_blocks, seconds);
    } else if (!saver->is_failing) {
        saver->is_failing = true; // on all ranks alike
        if (r->comm->rank == failed)
            pn_log_rank(r->log,
                        "a checkpoint cannot be written: %s; the run goes on, and the last one "
                        "that is whole stays",
                        pn_fail_message());
    }
}

static pn_status write_generation(pn_running *r, pn_gidx step, int *failed)
{
    pn_manifest m = {0};
    int number = r->comm->rank == 0 ? pn_generation_next(r->benchmark->checkpoints.folder) : 0;
    pn_group world = pn_group_world(r->comm, PN_RUNNING_TAG);
    pn_group_broadcast(&world, &number, sizeof number, 0);
    *failed = first_failed(r, describe(r, &m, step));
    pn_status status = *failed < 0 ? PN_OK : PN_ERROR_MEMORY;
    pn_checkpoint_task task = task_of(r, number);
    if (status == PN_OK)
        status = pn_checkpoint_save(&task, &m, failed);
    pn_manifest_release(&m);
    return status;
}

static pn_status end_by_signal(pn_running *r, pn_gidx step, bool is_saved)
{
    const char *folder = r->benchmark->checkpoints.folder;
    int number = r->saver.due;
    if (is_saved)
        return pn_fail(PN_ERROR_SYSTEM,
                       "ended by signal %d (%s) before step %" PRId64 " of %" PRId64
                       ", with a checkpoint; \"panache resume %s\" goes on from there",
                       number, strsignal(number), step, r->benchmark->layout->row_blocks, folder);
    return pn_fail(
        PN_ERROR_SYSTEM,
        "ended by signal %d (%s); \"panache resume %s\" goes on from the last checkpoint "
        "that is whole, if there is one",
        number, strsignal(number), folder);
}

pn_status pn_running_save(pn_running *r, pn_gidx step)
{
    pn_saver *saver = &r->saver;
    double begin = pn_clock();
    int failed;
    bool is_saved = write_generation(r, step, &failed) == PN_OK;
    double seconds = pn_clock() - begin;
    tell_saved(r, step, seconds, is_saved ? -1 : failed);
    plan_next(r, seconds);
    if (saver->due > 0)
        return end_by_signal(r, step, is_saved);
    saver->due = 0;
    return PN_OK;
}

// false: this generation is refused, and that is said.
static bool load(pn_running *r, int index)
{
    const pn_checkpoints *is = &r->benchmark->checkpoints;
    pn_checkpoint_task task = task_of(r, is->numbers[index]);
    pn_log_all(r->log, "reading generation %d, before step %" PRId64 " of %" PRId64,
               is->numbers[index], is->manifests[index].step, r->benchmark->layout->row_blocks);
    int failed = first_failed(r, pn_checkpoint_load(&task, &is->manifests[index]));
    if (failed == r->comm->rank)
        pn_log_rank(r->log, "generation %d is refused: %s", is->numbers[index], pn_fail_message());
    return failed < 0;
}

pn_status pn_running_restore(pn_running *r)
{
    const pn_checkpoints *is = &r->benchmark->checkpoints;
    int taken = 0;
    while (taken < is->count && !load(r, taken))
        taken++;
    if (taken == is->count)
        return pn_fail(PN_ERROR_SYSTEM, "\"%s\": no generation there is whole", is->folder);
    r->saver.from = &is->manifests[taken];
    r->first = r->watch.first = is->manifests[taken].step;
    pn_running_resume_check(r);
    pn_lu_request request = pn_running_request(r, r->first);
    return pn_running_agree(r, pn_lu_resume(r->lu, &request));
}
