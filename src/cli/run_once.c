// SPDX-License-Identifier: BSD-3-Clause
#include "cli/run_once.h"

#include "base/exit_code.h"
#include "cli/last_line.h"
#include "cli/output.h"
#include "cli/tell.h"
#include "job/mixed.h"
#include "job/test_case.h"

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

static pn_status report(pn_job *job, pn_command command, const pn_result *result)
{
    char files[1024];
    const pn_options *options = &job->options;
    pn_hpldat dat = asked_for(&result->settings, options->threshold);
    pn_output output = {
        .job = job, .options = options, .command = command, .result = result, .dat = &dat};
    pn_status status = pn_output_write(&output, files, sizeof files);
    pn_tell_result(job, result, files); // it must not be lost with a place to write to
    pn_last_line_tell(job, result);
    return status;
}

static bool has_checkpoints(const pn_options *options)
{
    return strcmp(options->checkpoint, "none") != 0;
}

// Those of another run are not written over.
static pn_status check_checkpoints(const pn_job *job)
{
    const char *folder = job->options.checkpoint;
    int number;
    if (!has_checkpoints(&job->options))
        return PN_OK;
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

int pn_run_once(pn_job *job, pn_command command)
{
    const pn_options *options = &job->options;
    pn_choice choice = {0};
    pn_result result = {0};
    pn_status status;
    bool speaks = job->comm->rank == 0;
    pn_settings asked = pn_options_settings(options);
    if (command == PN_COMMAND_MXP)
        pn_mixed_settings(&asked, options);
    PN_TRY(pn_job_agree(job, speaks ? check_checkpoints(job) : PN_OK));
    PN_TRY(pn_test_case_choose(job, &asked, job->comm->size, &choice));
    PN_TRY(pn_job_agree(job, speaks ? pn_output_check(options) : PN_OK));
    pn_tell_choice(job, &choice);
    PN_TRY(pn_test_case_run(job, &choice, &result));
    PN_TRY(pn_job_agree(job, speaks ? report(job, command, &result) : PN_OK));
    if (speaks)
        remove_checkpoints(job, &result);
fail:;
    int exit_code = status != PN_OK ? PN_EXIT_FAILURE
                    : result.passed ? PN_EXIT_PASSED
                                    : PN_EXIT_FINDING;
    pn_result_release(&result);
    pn_choice_release(&choice);
    return exit_code;
}
