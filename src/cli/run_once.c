// SPDX-License-Identifier: BSD-3-Clause
#include "cli/run_once.h"

#include "base/exit_code.h"
#include "base/median.h"
#include "base/rate_text.h"
#include "cli/last_line.h"
#include "cli/output.h"
#include "cli/partial.h"
#include "cli/tell.h"
#include "job/mixed.h"
#include "job/restart.h"
#include "job/test_case.h"

#include <stdlib.h>
#include <string.h>

static void set_one(pn_list *list, int64_t value)
{
    list->count = 1;
    list->value[0] = value;
}

// The run as HPL.dat would ask for it; what has no counterpart keeps HPL.dat's usual value.
static pn_hpldat asked_for(const pn_settings *settings, double threshold)
{
    pn_hpldat dat;
    pn_hpldat_default(&dat);
    set_one(&dat.n, settings->n);
    set_one(&dat.nb, settings->nb);
    set_one(&dat.p, settings->p);
    set_one(&dat.q, settings->q);
    set_one(&dat.depth, settings->look_ahead);
    set_one(&dat.bcast, settings->topology);
    dat.column_major = settings->mapping == PN_MAPPING_COLUMNS;
    dat.threshold = threshold;
    return dat;
}

typedef struct repeated { // results of one choice
    pn_command command;
    int count;         // so far
    int wanted;        // by --repeat
    pn_result *result; // [wanted]
} repeated;

// How the rates of those that passed lie.
static void tell_spread(pn_job *job, const repeated *all)
{
    char median[PN_FLOPS_TEXT], least[PN_FLOPS_TEXT], most[PN_FLOPS_TEXT];
    double *rates = calloc((size_t)all->count, sizeof *rates);
    int passed = 0;
    for (int i = 0; rates && i < all->count; i++)
        if (all->result[i].passed)
            rates[passed++] = all->result[i].rate;
    if (passed > 1) {
        double middle = pn_median(rates, passed);
        pn_flops_text(middle, median);
        pn_flops_text(rates[0], least);
        pn_flops_text(rates[passed - 1], most);
        pn_log_all(&job->log, "repeated %d times: median %s, from %s to %s (%.1f %% apart)", passed,
                   median, least, most, 100 * (rates[passed - 1] - rates[0]) / middle);
    }
    free(rates);
}

static pn_status report(pn_job *job, const repeated *all)
{
    char files[1024];
    const pn_options *options = &job->options;
    pn_hpldat dat = asked_for(&all->result->settings, options->threshold);
    pn_output output = {.job = job,
                        .options = options,
                        .command = all->command,
                        .result = all->result,
                        .count = all->count,
                        .dat = &dat};
    pn_log_settle(&job->log);
    pn_status status = pn_output_write(&output, files, sizeof files);
    pn_tell_result(job, &all->result[all->count - 1], files); // not to be lost with a place
    tell_spread(job, all);
    pn_last_line_tell(job, &all->result[all->count - 1]);
    return status;
}

static bool has_checkpoints(const pn_options *options)
{
    return strcmp(options->checkpoint, "none") != 0;
}

// A checkpoint is of one run; and those of another are not written over.
static pn_status check_checkpoints(const pn_job *job)
{
    const char *folder = job->options.checkpoint;
    int number;
    if (!has_checkpoints(&job->options))
        return PN_OK;
    if (job->options.repeat > 1)
        return pn_fail(PN_ERROR_USAGE,
                       "options --repeat and --checkpoint: a run with checkpoints is "
                       "not repeated; allowed: one of them");
    if (!job->restart && pn_generation_list(folder, &number, 1) > 0)
        return pn_fail(PN_ERROR_USAGE,
                       "option --checkpoint: \"%s\" holds checkpoints of a run already; panache "
                       "resume %s goes on with it; allowed: a folder without",
                       folder, folder);
    pn_status status = pn_generation_try(folder);
    return status == PN_OK ? PN_OK : pn_fail_in(status, "option --checkpoint");
}

// A run that passed is not gone on with.
static void remove_checkpoints(const pn_job *job, const pn_result *result)
{
    if (has_checkpoints(&job->options) && result->passed)
        pn_generation_clean(job->options.checkpoint, 0);
}

// A run that finds something is the last: what comes after would find it again.
static pn_status run_all(pn_job *job, const pn_choice *choice, repeated *all)
{
    pn_status status = PN_OK;
    while (all->count < all->wanted) {
        pn_result *result = &all->result[all->count++];
        PN_TRY(pn_test_case_run(job, choice, result));
        if (!result->passed)
            break;
        if (all->count < all->wanted && job->comm->rank == 0)
            pn_tell_result(job, result, "");
    }
fail:
    return status;
}

static int exit_code_of(pn_status status, const repeated *all)
{
    if (status != PN_OK)
        return PN_EXIT_FAILURE;
    const pn_result *last = &all->result[all->count - 1];
    return last->passed && last->finding == PN_FINDING_NONE ? PN_EXIT_PASSED : PN_EXIT_FINDING;
}

int pn_run_once(pn_job *job, pn_command command)
{
    const pn_options *options = &job->options;
    pn_choice choice = {0};
    repeated all = {.command = command, .wanted = (int)pn_max(1, options->repeat)};
    pn_status status;
    bool speaks = job->comm->rank == 0;
    pn_settings asked = pn_options_settings(options);
    if (command == PN_COMMAND_MXP || pn_restart_is_mixed(job))
        pn_mixed_settings(&asked, options);
    all.result = calloc((size_t)all.wanted, sizeof *all.result);
    PN_TRY(pn_job_agree(job, all.result ? PN_OK : pn_fail_memory("for the results")));
    PN_TRY(pn_job_agree(job, speaks ? check_checkpoints(job) : PN_OK));
    PN_TRY(pn_test_case_choose(job, &asked, job->comm->size, &choice));
    PN_TRY(pn_job_agree(job, speaks ? pn_output_check(options) : PN_OK));
    pn_tell_choice(job, &choice);
    pn_partial partial = {job, command, &choice.settings};
    pn_partial_begin(&partial);
    status = run_all(job, &choice, &all);
    pn_partial_end(&partial);
    PN_TRY(status);
    PN_TRY(pn_job_agree(job, speaks ? report(job, &all) : PN_OK));
    if (speaks)
        remove_checkpoints(job, &all.result[all.count - 1]);
fail:;
    int exit_code = exit_code_of(status, &all);
    for (int i = 0; i < all.count; i++)
        pn_result_release(&all.result[i]);
    free(all.result);
    pn_choice_release(&choice);
    return exit_code;
}
