// SPDX-License-Identifier: BSD-3-Clause
#include "job/peers.h"

#include "base/exit_code.h"
#include "comm/group.h"
#include "compute/blas.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0, LINES = 4 };

typedef struct program { // of a fixed size, whatever the version
    char version[32];
    char command[16];
    char build[PN_BUILD_TEXT];
} program;

static int note_build(struct dl_phdr_info *info, size_t bytes, void *context)
{
    char *text = context;
    (void)bytes;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        const char *at = (const char *)info->dlpi_addr + part->p_vaddr, *end = at + part->p_memsz;
        while (part->p_type == PT_NOTE && at + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *note = (const void *)at;
            const char *name = at + sizeof *note;
            const unsigned char *id = (const unsigned char *)name + ((note->n_namesz + 3u) & ~3u);
            bool is_id = note->n_type == NT_GNU_BUILD_ID && strcmp(name, "GNU") == 0;
            for (unsigned k = 0; is_id && k < note->n_descsz && 2 * k + 2 < PN_BUILD_TEXT; k++)
                snprintf(text + 2 * k, 3, "%02x", id[k]);
            at = (const char *)id + ((note->n_descsz + 3u) & ~3u);
        }
    }
    return 1; // the first object is the program
}

void pn_peers_build(char build[PN_BUILD_TEXT])
{
    build[0] = '\0';
    dl_iterate_phdr(note_build, build);
}

static program this_program(pn_command command)
{
    program mine = {.version = PANACHE_VERSION};
    snprintf(mine.command, sizeof mine.command, "%s", pn_command_rows()[command].name);
    pn_peers_build(mine.build);
    return mine;
}

static pn_status refuse(const char *what, const char *its, const char *first)
{
    return pn_fail(PN_ERROR_USAGE,
                   "this rank is another %s (%s) than rank 0 (%s): all ranks of a job are started "
                   "alike, but for what each may use",
                   what, its, first);
}

static pn_status compare_programs(pn_job *job, const program *all, int rank)
{
    if (strcmp(all[rank].version, all[0].version) != 0)
        return refuse("version of Panache", all[rank].version, all[0].version);
    if (strcmp(all[rank].command, all[0].command) != 0)
        return refuse("command", all[rank].command, all[0].command);
    if (strcmp(all[rank].build, all[0].build) != 0)
        pn_log_rank(&job->log, "this is another build of Panache than rank 0's (%.12s, %.12s)",
                    all[rank].build, all[0].build);
    return PN_OK;
}

pn_status pn_peers_check(pn_job *job, pn_command command)
{
    program *all = calloc((size_t)job->comm->size, sizeof *all);
    if (!all)
        pn_comm_abort(job->comm, PN_EXIT_FAILURE); // the others wait
    all[job->comm->rank] = this_program(command);
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    pn_status status = compare_programs(job, all, job->comm->rank);
    free(all);
    return pn_job_agree(job, status);
}

// Each rank's own, as job/open_job takes them.
static bool is_own(const char *field)
{
    static const char *const own[] = {
        "threads",    "memory", "device_memory", "no_bind", "expect", "blas", "device", "mpi",
        "device_mpi", "quiet",  "verbose",       "json",    "output", "help", "version"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(field, own[i]) == 0)
            return true;
    return false;
}

static void add_word(char *list, size_t bytes, const char *word)
{
    size_t length = strlen(list);
    snprintf(list + length, bytes - length, "%s%s%s", length ? ", " : "",
             strlen(word) == 1 ? "-" : "--", word);
}

pn_status pn_peers_options(pn_job *job, const pn_options *own, const pn_options *first)
{
    int count;
    char other[256] = "", mine[PN_TEXT_BYTES + 64], its[PN_TEXT_BYTES + 64], unasked[64];
    const pn_option *rows = pn_option_rows(&count);
    pn_options *initial = malloc(sizeof *initial);
    pn_status status = initial ? PN_OK : pn_fail_memory("to compare the options of the ranks");
    if (initial)
        pn_options_default(initial);
    for (int i = 0; i < count && status == PN_OK; i++) {
        if (is_own(rows[i].field))
            continue;
        pn_option_print(&rows[i], own, mine, sizeof mine);
        pn_option_print(&rows[i], first, its, sizeof its);
        pn_option_print(&rows[i], initial, unasked, sizeof unasked);
        if (strcmp(mine, its) == 0 || strcmp(mine, unasked) == 0)
            continue;
        const char *name = rows[i].letter == 'N' ? "N"
                           : rows[i].name        ? rows[i].name
                                                 : rows[i].field;
        if (strcmp(rows[i].field, "n") == 0 || strcmp(rows[i].field, "nb") == 0)
            status =
                pn_fail(PN_ERROR_USAGE,
                        "this rank was asked for %s%s %.40s, and rank 0 for %.40s: one matrix has "
                        "one of them",
                        strlen(name) == 1 ? "-" : "--", name, mine, its);
        add_word(other, sizeof other, name);
    }
    free(initial);
    if (status == PN_OK && other[0])
        pn_log_rank(&job->log, "other values than rank 0's, which count for all: %s", other);
    return pn_job_agree(job, status);
}

typedef struct multiplier { // of a rank, as it travels
    char host[64];
    char processor[128];
    char library[96];
} multiplier;

static int first_like(const multiplier *all, int rank)
{
    int first = 0;
    while (strcmp(all[first].processor, all[rank].processor) != 0)
        first++;
    return first;
}

void pn_peers_tell_blas(pn_job *job)
{
    pn_comm *comm = job->comm;
    multiplier *all = calloc((size_t)comm->size, sizeof *all);
    if (!all)
        pn_comm_abort(comm, PN_EXIT_FAILURE);
    multiplier *mine = &all[comm->rank];
    const char *kernels = pn_blas_kernels(job->blas);
    snprintf(mine->host, sizeof mine->host, "%s", job->host.name);
    snprintf(mine->processor, sizeof mine->processor, "%s", job->host.processor);
    snprintf(mine->library, sizeof mine->library, "%.50s%s%.40s", pn_blas_name(job->blas),
             *kernels ? " " : "", kernels);
    pn_group world = pn_group_world(comm, TAG);
    pn_group_gather_all(&world, all, sizeof *all);
    int told = 0;
    for (int rank = 1; rank < comm->size; rank++) {
        const multiplier *like = &all[first_like(all, rank)];
        if (strcmp(all[rank].library, like->library) == 0 || told++ >= LINES)
            continue;
        pn_log_all(&job->log,
                   "note: rank %d on %s multiplies by %s, rank %d on %s by %s, on the same "
                   "processor",
                   rank, all[rank].host, all[rank].library, (int)(like - all), like->host,
                   like->library);
    }
    if (told > LINES)
        pn_log_all(&job->log, "note: so do %d more ranks", told - LINES);
    free(all);
}
