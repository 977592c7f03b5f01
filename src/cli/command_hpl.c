// SPDX-License-Identifier: BSD-3-Clause
// panache hpl, also called xhpl: the tests that HPL.dat spans, in HPL's order, told in HPL's text
// where HPL.dat says. Everything is checked before the first test starts. A test that the memory
// does not hold is skipped and counted, as in HPL; grids smaller than the job leave the last ranks
// idle, as in HPL. N, NB and the grid of the command line stand for those of the file.
#include "base/output_file.h"
#include "base/plural.h"
#include "cli/command.h"
#include "cli/hpl_knobs.h"
#include "cli/output.h"
#include "cli/tell.h"
#include "comm/group.h"
#include "job/open_job.h"
#include "job/test_case.h"
#include "report/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TAG = 0 };

static const double usual_threshold = 16.0;

typedef struct campaign {
    pn_job job;
    pn_hpldat dat;
    const char *file; // HPL.dat
    bool named;       // on the command line
    char source[PN_TEXT_BYTES];
    pn_choice *choices; // [choice_count] one for each N, NB and grid, in the order of the tests; of
                        // no ranks where the tests are skipped
    int64_t choice_count, tests_each;
    FILE *text;    // rank 0: where HPL's text goes
    FILE *records; // rank 0: where JSON goes; NULL if not asked for
    pn_output_file record_file;
    pn_text_counts counts;
    bool has_finding; // any result
    bool told;        // what was chosen
} campaign;

static void set_one(pn_list *list, int64_t value)
{
    list->count = 1;
    list->value[0] = value;
}

// What the command line says in the place of the file.
static void override(campaign *all)
{
    const pn_options *options = &all->job.options;
    if (options->n)
        set_one(&all->dat.n, options->n);
    if (options->nb)
        set_one(&all->dat.nb, options->nb);
    if (options->grid.p) {
        set_one(&all->dat.p, options->grid.p);
        set_one(&all->dat.q, options->grid.q);
    }
}

// A test without any file; 0 stands for what is chosen then.
static void stand_in(pn_hpldat *dat)
{
    pn_hpldat_default(dat);
    set_one(&dat->nb, 0);
    set_one(&dat->p, 0);
    set_one(&dat->q, 0);
}

// Rank 0 reads; the others may not even see the folder.
static pn_status read_dat(campaign *all)
{
    pn_job *job = &all->job;
    pn_status status = PN_OK;
    bool needs_none = !all->named && job->options.n && access(all->file, F_OK) != 0;
    if (job->comm->rank == 0 && needs_none)
        stand_in(&all->dat);
    else if (job->comm->rank == 0)
        status = pn_hpldat_read(&all->dat, all->file);
    status = pn_job_agree(job, status);
    if (status != PN_OK)
        return status;
    override(all);
    pn_group world = pn_group_world(job->comm, TAG);
    pn_group_broadcast(&world, &all->dat, sizeof all->dat, 0);
    job->options.threshold = all->dat.threshold > 0 ? all->dat.threshold : usual_threshold;
    return PN_OK;
}

// Of one test: what HPL.dat says, and for the rest what was asked for on the command line.
static pn_settings settings_of(const campaign *all, const pn_hpldat_test *test)
{
    pn_settings settings = pn_options_settings(&all->job.options);
    settings.n = test->settings.n;
    settings.nb = test->settings.nb;
    settings.p = test->settings.p;
    settings.q = test->settings.q;
    settings.mapping = test->settings.mapping;
    settings.look_ahead = test->settings.look_ahead;
    settings.topology = test->settings.topology;
    return settings;
}

static pn_status check_grids(const campaign *all)
{
    int ranks = all->job.comm->size;
    for (int64_t i = 0; i < all->dat.p.count; i++) {
        int64_t p = all->dat.p.value[i], q = all->dat.q.value[i];
        if (p * q > ranks && all->job.options.grid.p)
            return pn_fail(PN_ERROR_USAGE,
                           "option --grid: read %" PRId64 "x%" PRId64 ", which takes %" PRId64
                           " ranks; allowed: up to the %d started",
                           p, q, p * q, ranks);
        if (p * q > ranks)
            return pn_fail(PN_ERROR_USAGE,
                           "%s lines %d and %d (Ps and Qs): read the grid %" PRId64 " x %" PRId64
                           ", which takes %" PRId64 " ranks; allowed: up to the %d started",
                           all->file, all->dat.ps_line, all->dat.qs_line, p, q, p * q, ranks);
    }
    return PN_OK;
}

static void tell_skipped(campaign *all, const pn_settings *asked, int64_t tests)
{
    pn_log_all(&all->job.log, "skipped: N = %" PRId64 ", NB = %d: %s (%" PRId64 " test%s)",
               asked->n, asked->nb, asked->n == 0 ? "there is nothing to solve" : "it does not fit",
               tests, pn_plural(tests));
}

// A matrix too large for the memory leaves a choice of no ranks.
static pn_status choose_one(campaign *all, pn_choice *choice)
{
    pn_hpldat_test test = pn_hpldat_test_at(&all->dat, all->choice_count * all->tests_each);
    pn_settings asked = settings_of(all, &test);
    int ranks = asked.p ? asked.p * asked.q : all->job.comm->size;
    pn_status status = PN_OK;
    *choice = (pn_choice){.rank_count = 0};
    if (asked.n > 0)
        status = pn_test_case_choose(&all->job, &asked, ranks, choice);
    if (asked.n > 0 && status != PN_ERROR_MEMORY)
        return status;
    *choice = (pn_choice){.rank_count = 0};
    tell_skipped(all, &asked, all->tests_each);
    return PN_OK;
}

// What was left open is shown as it was chosen.
static void take_chosen(campaign *all)
{
    const pn_settings *chosen = &all->choices[0].settings;
    if (all->choice_count == 0 || all->choices[0].rank_count == 0)
        return;
    if (all->dat.nb.value[0] == 0)
        set_one(&all->dat.nb, chosen->nb);
    if (all->dat.p.value[0] == 0) {
        set_one(&all->dat.p, chosen->p);
        set_one(&all->dat.q, chosen->q);
    }
}

// Chooses for each N on each grid with each NB, before anything runs. What changes inside of these
// changes neither.
static pn_status choose_all(campaign *all)
{
    const pn_hpldat *dat = &all->dat;
    pn_status status = PN_OK;
    all->tests_each = dat->depth.count * dat->bcast.count * dat->rfact.count * dat->pfact.count *
                      dat->nbmin.count * dat->ndiv.count;
    int64_t count = pn_hpldat_tests(dat) / all->tests_each;
    all->choices = calloc((size_t)count, sizeof *all->choices);
    if (!all->choices)
        status = pn_fail_memory("for the choices of %lld tests", (long long)count);
    status = pn_job_agree(&all->job, status);
    if (dat->ns_line)
        snprintf(all->source, sizeof all->source, "%s lines %d to %d", all->file, dat->ns_line,
                 dat->qs_line);
    else
        snprintf(all->source, sizeof all->source, "command line");
    all->job.source = all->source;
    while (status == PN_OK && all->choice_count < count) {
        status = choose_one(all, &all->choices[all->choice_count]);
        all->choice_count += status == PN_OK;
    }
    take_chosen(all);
    return status;
}

static void tell_idle(campaign *all)
{
    int ranks = all->job.comm->size;
    for (int64_t i = 0; i < all->dat.p.count; i++) {
        int64_t p = all->dat.p.value[i], q = all->dat.q.value[i];
        if (p * q < ranks)
            pn_log_all(&all->job.log,
                       "note: the grid %" PRId64 " x %" PRId64 " leaves %" PRId64
                       " of the %d ranks idle",
                       p, q, ranks - p * q, ranks);
    }
}

// Written where it is, because people watch it grow.
static pn_status open_text(campaign *all)
{
    const char *path = all->dat.file;
    if (pn_same_file(path, all->file))
        return pn_fail(PN_ERROR_USAGE,
                       "%s: the output file \"%s\" is the file that is read; allowed: another",
                       all->file, path);
    pn_status status = pn_path_trust(path);
    if (status != PN_OK)
        return pn_fail_in(status, "%s", all->file);
    all->text = fopen(path, "w");
    if (!all->text)
        return pn_fail(PN_ERROR_SYSTEM, "%s: \"%s\" cannot be written: %s", all->file, path,
                       strerror(errno));
    return PN_OK;
}

static pn_status open_records(campaign *all)
{
    pn_status status = pn_output_file_open(&all->record_file, all->job.options.json);
    all->records = all->record_file.stream;
    return status == PN_OK ? PN_OK : pn_fail_in(status, "option --json");
}

static pn_status open_streams(campaign *all)
{
    const char *json = all->job.options.json;
    const pn_hpldat *dat = &all->dat;
    pn_status status = PN_OK;
    if (dat->device == PN_HPLDAT_STDOUT)
        all->text = strcmp(json, "-") == 0 ? NULL : stdout;
    else if (dat->device == PN_HPLDAT_STDERR)
        all->text = stderr;
    else
        PN_TRY(open_text(all));
    if (strcmp(json, "-") == 0)
        all->records = stdout;
    else if (strcmp(json, "none") != 0)
        PN_TRY(open_records(all));
fail:
    return status;
}

static pn_status close_stream(FILE *stream)
{
    if (!stream)
        return PN_OK;
    bool failed = ferror(stream);
    bool is_ours = stream != stdout && stream != stderr;
    failed = (is_ours ? fclose(stream) : fflush(stream)) != 0 || failed;
    return failed ? pn_fail(PN_ERROR_SYSTEM, "results: writing failed: %s", strerror(errno))
                  : PN_OK;
}

static pn_status write_record(campaign *all, const pn_result *result)
{
    pn_output output = {.job = &all->job,
                        .options = &all->job.options,
                        .command = PN_COMMAND_HPL,
                        .result = result,
                        .count = 1,
                        .dat = &all->dat};
    char *record;
    pn_status status = pn_output_record(&output, 0, &record);
    if (status != PN_OK)
        return status;
    bool first = all->counts.passed + all->counts.failed == 0;
    fprintf(all->records, "%s%s", first ? "[\n" : ",\n", record);
    free(record);
    return PN_OK;
}

static pn_status report(campaign *all, const pn_hpldat_test *test, const pn_result *result)
{
    pn_status status = all->records ? write_record(all, result) : PN_OK;
    if (all->text)
        pn_text_result(all->text, test, result);
    pn_tell_result(&all->job, result, "");
    return status;
}

static pn_status run_test(campaign *all, int64_t index)
{
    pn_job *job = &all->job;
    pn_hpldat_test test = pn_hpldat_test_at(&all->dat, index);
    pn_settings asked = settings_of(all, &test);
    pn_choice choice = all->choices[index / all->tests_each];
    pn_result result = {0};
    pn_status status = PN_OK;
    choice.settings.look_ahead = asked.look_ahead;
    choice.settings.topology = asked.topology;
    if (!all->told)
        pn_tell_choice(job, &choice);
    all->told = true;
    status = pn_test_case_run(job, &choice, &result);
    if (status == PN_ERROR_MEMORY) { // of all ranks, before anything was solved
        tell_skipped(all, &asked, 1);
        all->counts.skipped++;
        status = PN_OK;
        goto fail;
    }
    PN_TRY(status);
    if (job->comm->rank == 0)
        status = report(all, &test, &result);
    PN_TRY(pn_job_agree(job, status));
    *(result.passed ? &all->counts.passed : &all->counts.failed) += 1;
    all->has_finding = all->has_finding || result.finding != PN_FINDING_NONE;
fail:
    pn_result_release(&result);
    return status;
}

static pn_status run_tests(campaign *all)
{
    pn_status status = PN_OK;
    for (int64_t i = 0; status == PN_OK && i < pn_hpldat_tests(&all->dat); i++)
        if (all->choices[i / all->tests_each].rank_count > 0)
            status = run_test(all, i);
        else
            all->counts.skipped++;
    return status;
}

static pn_status run_all(campaign *all)
{
    bool speaks = all->job.comm->rank == 0;
    pn_status status = speaks ? open_streams(all) : PN_OK;
    PN_TRY(pn_job_agree(&all->job, status));
    if (all->text)
        pn_text_header(all->text, &all->dat, all->job.options.threshold, PN_MATRIX_HPL);
    status = run_tests(all);
    if (all->text && status == PN_OK)
        pn_text_footer(all->text, &all->counts);
    if (all->records) // what was run stands, whatever came then
        fputs(all->counts.passed + all->counts.failed ? "\n]\n" : "[]\n", all->records);
fail:
    return status;
}

static pn_status close_streams(campaign *all)
{
    pn_status text = close_stream(all->text);
    pn_status records = all->record_file.stream ? pn_output_file_close(&all->record_file)
                                                : close_stream(all->records);
    return text != PN_OK ? text : records;
}

// Tests that were skipped are no failure unless nothing was left.
static int judge(const campaign *all, pn_status status)
{
    const pn_text_counts *counts = &all->counts;
    if (status != PN_OK || counts->passed + counts->failed == 0)
        return PN_EXIT_FAILURE;
    return counts->failed || all->has_finding ? PN_EXIT_FINDING : PN_EXIT_PASSED;
}

int pn_command_hpl(const pn_invocation *invocation)
{
    const pn_operands *operands = &invocation->operands;
    bool named = operands->count > 0;
    campaign all = {.file = named ? operands->word[0] : "HPL.dat", .named = named};
    pn_status status = PN_OK;
    PN_TRY(pn_job_open(&all.job, invocation));
    PN_TRY(read_dat(&all));
    PN_TRY(pn_job_agree(&all.job, check_grids(&all)));
    PN_TRY(choose_all(&all));
    pn_hpl_knobs_tell(&all.job.log, &all.dat, usual_threshold);
    tell_idle(&all);
    status = run_all(&all);
    pn_status closed = close_streams(&all);
    if (status == PN_OK)
        status = pn_job_agree(&all.job, closed);
fail:
    for (int64_t i = 0; i < all.choice_count; i++)
        pn_choice_release(&all.choices[i]);
    free(all.choices);
    pn_job_close(&all.job);
    return judge(&all, status);
}
