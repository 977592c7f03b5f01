// SPDX-License-Identifier: BSD-3-Clause
// What `panache run` and `panache resume` do with an open job: choose, run, report.
#ifndef PN_CLI_RUN_ONCE_H
#define PN_CLI_RUN_ONCE_H

#include "job/job.h"

// Returns the exit code. All ranks call it; failures are told.
int pn_run_once(pn_job *job, pn_command command);

#endif
