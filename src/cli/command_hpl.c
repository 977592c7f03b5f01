// SPDX-License-Identifier: BSD-3-Clause
// panache hpl, also called xhpl: the tests that HPL.dat spans, in HPL's order, told in HPL's text
// where HPL.dat says. Everything is checked before the first test starts. Knobs that mean nothing
// here are named once; grids smaller than the job leave the last ranks idle, as in HPL.
#include "cli/command.h"
#include "cli/output.h"
#include "cli/tell.h"
#include "job/open_job.h"
#include "job/test_case.h"
#include "report/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TAG = 0 };

static const double usual_threshold = 16.0;

typedef struct campaign {
    pn_job job;
    pn_hpldat dat;
    const char *file; // HPL.dat
    char source[PN_TEXT_BYTES];
    pn_choice *choices; // [choice_count] one for each N, NB and grid, in the order of the tests
    int64_t choice_count, tests_each;
    FILE *text;    // rank 0: where HPL's text goes
    FILE *records; // rank 0: where JSON goes; NULL if not asked for
    pn_text_counts counts;
} campaign;

// Rank 0 reads; the others may not even see the folder.
static pn_status read_dat(campaign *all)
{
    pn_job *job = &all->job;
    pn_status status = PN_OK;
    if (job->comm->rank == 0)
        status = pn_hpldat_read(&all->dat, all->file);
    status = pn_job_agree(job, status);
    if (status != PN_OK)
        return status;
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
        if (p * q > ranks)
            return pn_fail(PN_ERROR_USAGE,
                           "%s lines %d and %d (Ps and Qs): read the grid %" PRId64 " x %" PRId64
                           ", which takes %" PRId64 " ranks; allowed: up to the %d started",
                           all->file, all->dat.ps_line, all->dat.qs_line, p, q, p * q, ranks);
    }
    return PN_OK;
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
    snprintf(all->source, sizeof all->source, "%s lines %d to %d", all->file, dat->ns_line,
             dat->qs_line);
    all->job.source = all->source;
    while (status == PN_OK && all->choice_count < count) {
        pn_hpldat_test test = pn_hpldat_test_at(dat, all->choice_count * all->tests_each);
        pn_settings asked = settings_of(all, &test);
        status = pn_test_case_choose(&all->job, &asked, asked.p * asked.q,
                                     &all->choices[all->choice_count]);
        all->choice_count += status == PN_OK;
    }
    return status;
}

static void tell_knobs(campaign *all)
{
    const pn_hpldat *dat = &all->dat;
    pn_log *log = &all->job.log;
    int64_t deepest = 0, widest = 0;
    for (int64_t i = 0; i < dat->depth.count; i++)
        deepest = pn_max(deepest, dat->depth.value[i]);
    for (int64_t i = 0; i < dat->q.count; i++)
        widest = pn_max(widest, dat->q.value[i]);
    pn_log_all(log, "no effect: PFACT, NBMIN, NDIV, RFACT (panels are factored in one way; the "
                    "values only name the tests)");
    pn_log_all(log, "no effect: SWAP, swapping threshold (rows are exchanged in one way)");
    pn_log_all(log, "no effect: L1, U (their forms are fixed)");
    pn_log_all(log, "no effect: Equilibration");
    pn_log_all(log, "no effect: memory alignment (whole pages)");
    if (deepest > 1)
        pn_log_all(log, "no effect: DEPTH %" PRId64 " beyond 1 (run as 1)", deepest);
    if (widest == 1)
        pn_log_all(log, "no effect: BCAST (one process column)");
    if (dat->threshold <= 0)
        pn_log_all(log, "no effect: threshold %g (every result is checked, against %g)",
                   dat->threshold, usual_threshold);
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

static pn_status open_stream(const char *path, const char *place, FILE **stream)
{
    *stream = fopen(path, "w");
    if (!*stream)
        return pn_fail(PN_ERROR_SYSTEM, "%s: \"%s\" cannot be written: %s", place, path,
                       strerror(errno));
    return PN_OK;
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
        PN_TRY(open_stream(dat->file, all->file, &all->text));
    if (strcmp(json, "-") == 0)
        all->records = stdout;
    else if (strcmp(json, "none") != 0)
        PN_TRY(open_stream(json, "option --json", &all->records));
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
                        .dat = &all->dat};
    char *record;
    pn_status status = pn_output_record(&output, &record);
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
    if (index == 0)
        pn_tell_choice(job, &choice);
    PN_TRY(pn_test_case_run(job, &choice, &result));
    if (job->comm->rank == 0)
        status = report(all, &test, &result);
    PN_TRY(pn_job_agree(job, status));
    *(result.passed ? &all->counts.passed : &all->counts.failed) += 1;
fail:
    pn_result_release(&result);
    return status;
}

static pn_status run_all(campaign *all)
{
    bool speaks = all->job.comm->rank == 0;
    pn_status status = speaks ? open_streams(all) : PN_OK;
    PN_TRY(pn_job_agree(&all->job, status));
    if (all->text)
        pn_text_header(all->text, &all->dat, all->job.options.threshold);
    for (int64_t i = 0; i < pn_hpldat_tests(&all->dat); i++)
        PN_TRY(run_test(all, i));
    if (all->text)
        pn_text_footer(all->text, &all->counts);
    if (all->records)
        fputs("\n]\n", all->records);
fail:
    return status;
}

static pn_status close_streams(campaign *all)
{
    pn_status text = close_stream(all->text);
    pn_status records = close_stream(all->records);
    return text != PN_OK ? text : records;
}

int pn_command_hpl(const pn_invocation *invocation)
{
    const pn_operands *operands = &invocation->operands;
    campaign all = {.file = operands->count ? operands->word[0] : "HPL.dat"};
    pn_status status = PN_OK;
    PN_TRY(pn_job_open(&all.job, invocation));
    PN_TRY(read_dat(&all));
    PN_TRY(pn_job_agree(&all.job, check_grids(&all)));
    PN_TRY(choose_all(&all));
    tell_knobs(&all);
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
    return status != PN_OK          ? PN_EXIT_FAILURE
           : all.counts.failed == 0 ? PN_EXIT_PASSED
                                    : PN_EXIT_FINDING;
}
