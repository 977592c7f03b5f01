// SPDX-License-Identifier: BSD-3-Clause
// panache run: one Linpack that fills the time announced, with everything chosen that was not asked
// for. What can go wrong goes wrong before the clock starts.
#include "cli/command.h"
#include "cli/output.h"
#include "cli/tell.h"
#include "job/open_job.h"
#include "job/test_case.h"

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

static pn_status report(pn_job *job, const pn_result *result)
{
    char files[1024];
    const pn_options *options = &job->options;
    pn_hpldat dat = asked_for(&result->settings, options->threshold);
    pn_output output = {
        .job = job, .options = options, .command = PN_COMMAND_RUN, .result = result, .dat = &dat};
    pn_status status = pn_output_write(&output, files, sizeof files);
    pn_tell_result(job, result, files); // it must not be lost with a place to write to
    return status;
}

int pn_command_run(const pn_invocation *invocation)
{
    pn_job job;
    const pn_options *options = &job.options;
    pn_choice choice = {0};
    pn_result result = {0};
    pn_status status = PN_OK;
    PN_TRY(pn_job_open(&job, invocation));
    bool speaks = job.comm->rank == 0;
    pn_settings asked = pn_options_settings(options);
    PN_TRY(pn_test_case_choose(&job, &asked, job.comm->size, &choice));
    PN_TRY(pn_job_agree(&job, speaks ? pn_output_check(options) : PN_OK));
    pn_tell_choice(&job, &choice);
    PN_TRY(pn_test_case_run(&job, &choice, &result));
    PN_TRY(pn_job_agree(&job, speaks ? report(&job, &result) : PN_OK));
fail:;
    int exit_code = status != PN_OK ? PN_EXIT_FAILURE
                    : result.passed ? PN_EXIT_PASSED
                                    : PN_EXIT_FINDING;
    pn_result_release(&result);
    pn_choice_release(&choice);
    pn_job_close(&job);
    return exit_code;
}
