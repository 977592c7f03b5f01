// SPDX-License-Identifier: BSD-3-Clause
// panache run: one Linpack that fills the time announced, with everything chosen that was not asked
// for; and panache mxp, the same by the rules of HPL-MxP. What can go wrong goes wrong before the
// clock starts.
#include "cli/command.h"
#include "cli/run_once.h"
#include "job/open_job.h"

static int solve(const pn_invocation *invocation)
{
    pn_job job;
    int exit_code = PN_EXIT_FAILURE;
    if (pn_job_open(&job, invocation) == PN_OK)
        exit_code = pn_run_once(&job, invocation->command);
    pn_job_close(&job);
    return exit_code;
}

int pn_command_run(const pn_invocation *invocation)
{
    return solve(invocation);
}

int pn_command_mxp(const pn_invocation *invocation)
{
    return solve(invocation);
}
