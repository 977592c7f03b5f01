// SPDX-License-Identifier: BSD-3-Clause
// panache resume: goes on with a run from its checkpoints. N, NB, seed and threshold are the run's;
// everything else is chosen for the ranks that there are now.
#include "cli/command.h"
#include "cli/run_once.h"
#include "comm/launcher.h"
#include "job/open_job.h"
#include "job/restart.h"

int pn_command_resume(const pn_invocation *invocation)
{
    pn_job job;
    int exit_code = PN_EXIT_FAILURE;
    if (invocation->operands.count == 0) {
        pn_fail(PN_ERROR_USAGE, "command line: panache resume needs the folder that panache run "
                                "--checkpoint wrote to");
        return pn_launch_rank() == 0 ? pn_command_failed() : PN_EXIT_FAILURE;
    }
    if (pn_job_open(&job, invocation) == PN_OK &&
        pn_restart_open(&job, invocation->operands.word[0]) == PN_OK &&
        (!pn_restart_is_mixed(&job) || pn_job_open_mixed(&job) == PN_OK))
        exit_code = pn_run_once(&job, invocation->command);
    pn_job_close(&job);
    return exit_code;
}
