// SPDX-License-Identifier: BSD-3-Clause
// What makes a second enough: a trial is some hundredths of one, what is far behind is given up
// after a small product, and only the fastest are measured twice.
#include "probe/blas_choose.h"

#include "base/clock.h"
#include "base/types.h"
#include "compute/blas_find.h"
#include "probe/blas_memory.h"
#include "probe/blas_trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { USUAL_NB = 256, FINALISTS = 3, FINAL_ROUNDS = 2 };

static const double trial_seconds = 0.025;
static const double usual_limit = 8;   // seconds of a trial; a hang is killed then
static const double all_limit = 20;    // after which no further trial begins
static const double near_best = 0.88;  // of its rate: may yet be faster
static const double still_open = 0.95; // the same after a round of the final

typedef struct choosing {
    pn_blas_table *table;
    const pn_blas_files *files;
    const pn_blas_processor *processor;
    int threads, nb;
    double trial_limit, begin;
    int own_count;            // of the table's first rows: libraries with their own choice
    int family[PN_BLAS_ROWS]; // of each row; -1: it was not opened
    bool hung[PN_BLAS_ROWS];
    char place[PN_BLAS_ROWS][PN_BLAS_FILE]; // file that does the work
    char numbered[PN_BLAS_ROWS][256];       // pn_blas_identity's
} choosing;

typedef struct setting {                 // of one trial
    const char *path, *variable, *value; // variable NULL: the library's own choice
} setting;

static double best_rate(const choosing *c)
{
    int best = pn_blas_table_best(c->table);
    return best < 0 ? 0 : c->table->rows[best].gflops;
}

static pn_blas_verdict judge(const pn_blas_trial *trial)
{
    if (trial->stage < PN_BLAS_MEASURED)
        return PN_BLAS_REFUSED;
    return trial->is_wrong    ? PN_BLAS_WRONG
           : trial->is_unsafe ? PN_BLAS_UNSAFE
           : trial->is_slow   ? PN_BLAS_SLOW
                              : PN_BLAS_RIGHT;
}

static void copy(char *to, size_t bytes, const char *from)
{
    snprintf(to, bytes, "%.*s", (int)bytes - 1, from);
}

static void write_row(pn_blas_row *row, const setting *s, const pn_blas_trial *trial)
{
    const char *slash = strrchr(s->path, '/');
    const char *name = trial->identity.name, *file = slash ? slash + 1 : s->path;
    bool is_named = name[0] && name[0] != '/';
    *row = (pn_blas_row){.verdict = judge(trial), .gflops = trial->gflops};
    copy(row->path, sizeof row->path, s->path);
    copy(row->name, sizeof row->name, is_named ? name : file);
    copy(row->kernels, sizeof row->kernels, trial->identity.kernels);
    copy(row->threading, sizeof row->threading, trial->identity.threading);
    copy(row->variable, sizeof row->variable, s->variable ? s->variable : "");
    copy(row->value, sizeof row->value, s->variable ? s->value : "");
    copy(row->why, sizeof row->why, trial->why);
}

// A row that ran the same kernels of the same file: by another name, or because the variable's
// value is unknown to the library; -1 if there is none.
static int same_kernels(const choosing *c, const pn_blas_trial *trial)
{
    const pn_blas_table *t = c->table;
    for (int i = 0; i < t->count; i++)
        if (trial->stage > PN_BLAS_STARTED && c->family[i] == trial->identity.family &&
            trial->identity.kernels[0] &&
            strcmp(t->rows[i].kernels, trial->identity.kernels) == 0 &&
            strcmp(c->place[i], trial->identity.path) == 0)
            return i;
    return -1;
}

static bool is_met(void *context, const pn_blas_trial *trial)
{
    return same_kernels(context, trial) >= 0;
}

static pn_status run_trial(const choosing *c, const setting *s, bool is_final, pn_blas_trial *trial)
{
    return pn_blas_trial_run(trial, &(pn_blas_trial_request){.path = s->path,
                                                             .variable = s->variable,
                                                             .value = s->value,
                                                             .threads = c->threads,
                                                             .nb = c->nb,
                                                             .seconds = trial_seconds,
                                                             .beat = is_final ? 0 : best_rate(c),
                                                             .is_final = is_final,
                                                             .limit = c->trial_limit,
                                                             .is_known = is_final ? NULL : is_met,
                                                             .context = (void *)c});
}

// *row: where it stands in the table; -1 if the table is full or the time is over.
static pn_status try_setting(choosing *c, const setting *s, int *row)
{
    pn_blas_table *t = c->table;
    pn_blas_trial trial;
    *row = -1;
    if (t->count == PN_BLAS_ROWS || pn_clock() - c->begin > all_limit)
        return PN_OK;
    pn_status status = run_trial(c, s, false, &trial);
    if (status != PN_OK)
        return status;
    *row = same_kernels(c, &trial);
    if (*row >= 0) { // under a value that is no name of its, it may have been met before
        pn_blas_row *met = &t->rows[*row];
        if (met->variable[0] && s->variable && strcasecmp(s->value, met->kernels) == 0)
            copy(met->value, sizeof met->value, s->value);
        return PN_OK;
    }
    *row = t->count++;
    c->family[*row] = trial.stage > PN_BLAS_STARTED ? trial.identity.family : -1;
    copy(c->place[*row], sizeof c->place[*row], trial.identity.path);
    copy(c->numbered[*row], sizeof c->numbered[*row], trial.identity.numbered);
    c->hung[*row] = trial.is_hung;
    write_row(&t->rows[*row], s, &trial);
    return PN_OK;
}

static pn_status measure_peak(choosing *c)
{
    pn_blas_trial trial;
    pn_status status = run_trial(c, &(setting){.path = ""}, false, &trial);
    c->table->peak_gflops = trial.peak_gflops;
    copy(c->table->peak_unit, sizeof c->table->peak_unit, trial.peak_unit);
    return status;
}

// Several builds of one version have the same kernels: the one that does best by its own choice is
// tried with the others. One that is wrong with its own may be right with others.
static bool is_first_of_its_name(const choosing *c, int own)
{
    const pn_blas_row *rows = c->table->rows, *mine = &rows[own];
    for (int i = 0; i < c->own_count; i++) {
        const pn_blas_row *other = &rows[i];
        bool is_better = other->verdict < mine->verdict ||
                         (other->verdict == mine->verdict && other->gflops > mine->gflops);
        if (i != own && strcmp(other->name, mine->name) == 0 && is_better)
            return false;
    }
    return mine->verdict != PN_BLAS_UNSAFE;
}

// `own` is the row of the library's own choice. What hung with that is not waited for again.
static pn_status try_kernels(choosing *c, int own)
{
    const pn_blas_row *row = &c->table->rows[own];
    if (c->family[own] < 0 || c->hung[own] || !is_first_of_its_name(c, own))
        return PN_OK;
    const pn_blas_family *family = pn_blas_family_at(c->family[own]);
    for (int i = 0; i < family->kernel_count; i++) {
        const pn_blas_kernel *kernel = &family->kernels[i];
        int added;
        char value[32];
        pn_blas_kernel_value(kernel, c->numbered[own], value, sizeof value);
        setting s = {row->path, family->variable, value};
        if (strcasecmp(kernel->name, row->kernels) == 0 ||
            !pn_blas_kernel_runs(kernel, c->processor->features))
            continue;
        pn_status status = try_setting(c, &s, &added);
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}

static int row_with(const choosing *c, int own, const char *value)
{
    for (int i = 0; i < c->table->count; i++) {
        const pn_blas_row *row = &c->table->rows[i];
        if (strcmp(row->path, c->table->rows[own].path) == 0 &&
            (strcasecmp(row->value, value) == 0 || strcasecmp(row->kernels, value) == 0))
            return i;
    }
    return -1;
}

// What the user set for this kind of library is measured, too, and marked.
static pn_status try_users_own(choosing *c, int own)
{
    const char *variable = c->family[own] < 0 ? NULL : pn_blas_family_at(c->family[own])->variable;
    const char *value = variable ? getenv(variable) : NULL;
    if (!value || !*value || c->table->rows[own].verdict == PN_BLAS_UNSAFE)
        return PN_OK;
    int row = row_with(c, own, value);
    pn_status status = PN_OK;
    if (row < 0)
        status = try_setting(c, &(setting){c->table->rows[own].path, variable, value}, &row);
    if (status == PN_OK && row >= 0) {
        char text[sizeof c->table->rows[row].users_own + 1];
        snprintf(text, sizeof text, "%s=%s", variable, value);
        copy(c->table->rows[row].users_own, sizeof c->table->rows[row].users_own, text);
    }
    return status;
}

// First what every library does by itself: the fastest of these lets much be given up early.
static pn_status try_all(choosing *c)
{
    pn_status status;
    PN_TRY(measure_peak(c));
    for (int i = 0, row; i < c->files->count; i++)
        PN_TRY(try_setting(c, &(setting){.path = c->files->path[i]}, &row));
    c->own_count = c->table->count;
    for (int i = 0; i < c->own_count; i++)
        PN_TRY(try_kernels(c, i));
    for (int i = 0; i < c->own_count; i++)
        PN_TRY(try_users_own(c, i));
fail:
    return status;
}

static int next_finalist(const pn_blas_table *t, const int *chosen, int count)
{
    int best = -1;
    for (int i = 0; i < t->count; i++) {
        bool is_new = t->rows[i].verdict == PN_BLAS_RIGHT;
        for (int j = 0; j < count; j++)
            is_new = is_new && chosen[j] != i;
        if (is_new && (best < 0 || t->rows[i].gflops > t->rows[best].gflops))
            best = i;
    }
    return best;
}

static int choose_finalists(const pn_blas_table *t, double least, int *chosen)
{
    int count = 0;
    for (int next; count < FINALISTS && (next = next_finalist(t, chosen, count)) >= 0;) {
        if (t->rows[next].gflops < least)
            break;
        chosen[count++] = next;
    }
    return count;
}

// What the final says takes the place of the first round's figure, which is of data in a cache.
static pn_status run_finalist(choosing *c, pn_blas_row *row, int round)
{
    pn_blas_trial trial;
    setting s = {row->path, row->variable[0] ? row->variable : NULL, row->value};
    pn_status status = run_trial(c, &s, true, &trial);
    if (status != PN_OK)
        return status;
    pn_blas_verdict verdict = judge(&trial);
    if (verdict == PN_BLAS_RIGHT || verdict == PN_BLAS_SLOW) {
        row->gflops = fmax(round > 0 ? row->gflops : 0, trial.gflops);
        return PN_OK;
    }
    row->verdict = verdict;
    copy(row->why, sizeof row->why, trial.why);
    return PN_OK;
}

// The fastest right one; -1 if there is none.
static int best_finalist(const pn_blas_table *t, const int *chosen, int count)
{
    int best = -1;
    for (int i = 0; i < count; i++) {
        const pn_blas_row *row = &t->rows[chosen[i]];
        if (row->verdict == PN_BLAS_RIGHT && (best < 0 || row->gflops > t->rows[best].gflops))
            best = chosen[i];
    }
    return best;
}

// In turns, so that a disturbance falls on all; a passing one makes nothing faster. *taken: the
// fastest finalist; -1 if none is right.
static pn_status run_final(choosing *c, int *taken)
{
    pn_blas_table *t = c->table;
    int chosen[FINALISTS], count = choose_finalists(t, near_best * best_rate(c), chosen);
    pn_status status = PN_OK;
    for (int round = 0; count > 1 && round < FINAL_ROUNDS; round++) {
        int best = best_finalist(t, chosen, count);
        double least = round > 0 && best >= 0 ? still_open * t->rows[best].gflops : 0;
        for (int i = 0; i < count; i++)
            if (t->rows[chosen[i]].gflops >= least)
                PN_TRY(run_finalist(c, &t->rows[chosen[i]], round));
    }
    *taken = best_finalist(t, chosen, count);
fail:
    return status;
}

static pn_status measure(choosing *c)
{
    c->begin = pn_clock();
    int taken = -1;
    pn_status status = try_all(c);
    if (status == PN_OK)
        status = run_final(c, &taken);
    c->table->taken = taken >= 0 ? taken : pn_blas_table_best(c->table);
    c->table->seconds = pn_clock() - c->begin;
    return status;
}

pn_status pn_blas_choose(pn_blas_table *table, const pn_blas_choose_request *wish)
{
    pn_blas_processor processor;
    pn_blas_files *files = malloc(sizeof *files);
    choosing *c = malloc(sizeof *c);
    pn_status status = PN_OK;
    *table = (pn_blas_table){
        .threads = wish->threads, .nb = wish->nb > 0 ? wish->nb : USUAL_NB, .taken = -1};
    if (!files || !c) {
        status = pn_fail_memory("to choose a BLAS");
        goto fail;
    }
    pn_blas_processor_read(&processor, NULL);
    copy(table->processor, sizeof table->processor, processor.name);
    pn_blas_find(files);
    *c = (choosing){.table = table,
                    .files = files,
                    .processor = &processor,
                    .threads = table->threads,
                    .nb = table->nb,
                    .trial_limit = wish->trial_limit > 0 ? wish->trial_limit : usual_limit};
    pn_blas_memory memory = {.folder = wish->folder, .processor = &processor, .files = files};
    if (!wish->anew && pn_blas_memory_load(&memory, table))
        goto fail;
    PN_TRY(measure(c));
    pn_blas_memory_store(&memory, table);
fail:
    free(files);
    free(c);
    return status;
}
