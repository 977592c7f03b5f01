// SPDX-License-Identifier: BSD-3-Clause
#include "job/job_blas.h"

#include "base/exit_code.h"
#include "base/plural.h"
#include "comm/group.h"
#include "compute/blas.h"
#include "compute/blas_family.h"
#include "probe/blas_choose.h"
#include "probe/blas_named.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TAG = 0 };

typedef struct need { // of a rank, as it travels
    uint64_t place;   // equal for ranks that find the same libraries on the same processor
    uint64_t cpu_set;
    int32_t usable, threads; // 0 threads: as the cores and the bound allow
    int32_t bound;           // 0: none
    int32_t is_auto;
} need;

typedef struct finding { // as it travels
    char path[512];      // "": nothing was tried
    char variable[32], value[32];
    char failure[400];
    char note[256];
    char host[64];
    pn_core_rates rates;
} finding;

static uint64_t hash_text(uint64_t sum, const char *text)
{
    for (; text && *text; text++)
        sum = (sum ^ (unsigned char)*text) * 0x100000001b3u; // FNV-1a
    return (sum ^ '\n') * 0x100000001b3u;
}

// Names of hosts may be alike where hosts are not, and containers of a host have files of their
// own.
static uint64_t place_of(const pn_job *job)
{
    char root[96];
    struct stat about = {0};
    stat("/", &about);
    snprintf(root, sizeof root, "%ju %ju %ju", (uintmax_t)job->host.machine,
             (uintmax_t)about.st_dev, (uintmax_t)about.st_ino);
    uint64_t sum = hash_text(0xcbf29ce484222325u, job->host.machine ? "" : job->host.name);
    sum = hash_text(sum, root);
    sum = hash_text(sum, getenv("LD_LIBRARY_PATH"));
    sum = hash_text(sum, getenv("PANACHE_BLAS_PATH"));
    for (int i = 0; i < PN_BLAS_FAMILIES; i++)
        if (pn_blas_family_at(i)->variable)
            sum = hash_text(sum, getenv(pn_blas_family_at(i)->variable));
    return sum;
}

// Threads that each of the ranks on the same cores will have, as far as is known before the choice.
static int threads_of(const need *needs, int size, int rank)
{
    int sharers = 0;
    for (int i = 0; i < size; i++)
        sharers += needs[i].place == needs[rank].place && needs[i].cpu_set == needs[rank].cpu_set;
    if (needs[rank].threads > 0)
        return needs[rank].threads;
    int cores = (int)pn_max(1, needs[rank].usable / sharers);
    return needs[rank].bound ? (int)pn_min(cores, needs[rank].bound) : cores;
}

// The rank that tries for this one: the first of its place with as many threads.
static int trier_of(const need *needs, int size, int rank)
{
    int threads = threads_of(needs, size, rank);
    for (int i = 0; i < rank; i++)
        if (needs[i].is_auto && needs[i].place == needs[rank].place &&
            threads_of(needs, size, i) == threads)
            return i;
    return rank;
}

// Failed trials of all are one failure; that no process could be started is none: the first library
// found by name is taken then, as it is.
static void describe(const pn_job *job, finding *found)
{
    const pn_blas_table *t = job->blas_table;
    if (t->taken >= 0) {
        const pn_blas_row *row = &t->rows[t->taken];
        snprintf(found->path, sizeof found->path, "%s", row->path);
        snprintf(found->variable, sizeof found->variable, "%s", row->variable);
        snprintf(found->value, sizeof found->value, "%s", row->value);
        pn_blas_table_held_back(t, found->note, sizeof found->note);
        found->rates = (pn_core_rates){1e9 * row->gflops, 1e9 * t->peak_gflops};
        return;
    }
    for (int i = 0; i < t->count && !found->failure[0]; i++)
        snprintf(found->failure, sizeof found->failure,
                 "no BLAS on %s can be used by %d thread%s: %s is %s (%.160s); panache blas lists "
                 "all. Install another, or name one by --blas",
                 job->host.name, t->threads, pn_plural(t->threads), t->rows[i].name,
                 pn_blas_verdict_name(t->rows[i].verdict), t->rows[i].why);
}

static void try_all(pn_job *job, int threads, finding *found)
{
    pn_blas_choose_request wish = {.threads = threads};
    job->blas_table = calloc(1, sizeof *job->blas_table);
    if (!job->blas_table)
        return;
    if (job->log.live) // it is remembered, and mostly done before this can be read
        pn_log_progress(&job->log, "choosing a BLAS");
    snprintf(found->host, sizeof found->host, "%s", job->host.name);
    if (pn_blas_choose(job->blas_table, &wish) == PN_OK)
        describe(job, found);
}

static pn_status open_found(pn_job *job, const finding *found)
{
    if (found->failure[0])
        return pn_fail(PN_ERROR_SYSTEM, "%s", found->failure);
    if (!found->path[0])
        return pn_blas_open(&job->blas, "auto");
    return pn_blas_open_with(&job->blas, found->path, found->variable, found->value);
}

// Each note once.
static void tell_notes(pn_job *job, const finding *found, int size)
{
    for (int i = 0; i < size; i++) {
        int first = 0;
        while (strcmp(found[first].note, found[i].note) != 0)
            first++;
        if (first == i && found[i].note[0] && size == 1)
            pn_log_all(&job->log, "note: %s", found[i].note);
        else if (first == i && found[i].note[0])
            pn_log_for(&job->log, i, found[i].host, found[i].note);
    }
}

// Of each rank those of the rank that tried for it.
static void note_rates(pn_job *job, const need *needs, const finding *found)
{
    for (int rank = 0; rank < job->comm->size; rank++)
        if (needs[rank].is_auto)
            job->core_rates[rank] = found[trier_of(needs, job->comm->size, rank)].rates;
}

// As it is, but not if it would take the run along without a word.
static pn_status open_named(pn_job *job, int threads)
{
    const char *name = job->options.blas;
    pn_status status = strchr(name, '/') ? pn_blas_named_try(name, threads, 0) : PN_OK;
    return status == PN_OK ? pn_blas_open(&job->blas, name) : status;
}

pn_status pn_job_open_blas(pn_job *job)
{
    int size = job->comm->size, rank = job->comm->rank;
    pn_group world = pn_group_world(job->comm, TAG);
    need *needs = calloc((size_t)size, sizeof *needs);
    finding *found = calloc((size_t)size, sizeof *found);
    job->core_rates = calloc((size_t)size, sizeof *job->core_rates);
    if (!needs || !found || !job->core_rates)
        pn_comm_abort(job->comm, PN_EXIT_FAILURE); // the others would wait
    bool is_auto = strcmp(job->options.blas, "auto") == 0;
    needs[rank] = (need){.place = place_of(job),
                         .cpu_set = job->host.cpu_set,
                         .usable = job->host.usable,
                         .threads = (int32_t)job->options.threads,
                         .bound = job->bound.threads,
                         .is_auto = is_auto};
    pn_group_gather_all(&world, needs, sizeof *needs);
    int trier = trier_of(needs, size, rank);
    if (is_auto && trier == rank)
        try_all(job, threads_of(needs, size, rank), &found[rank]);
    pn_group_gather_all(&world, found, sizeof *found);
    note_rates(job, needs, found);
    if (rank == 0)
        tell_notes(job, found, size);
    pn_status status =
        is_auto ? open_found(job, &found[trier]) : open_named(job, threads_of(needs, size, rank));
    free(needs);
    free(found);
    return status;
}
