// SPDX-License-Identifier: BSD-3-Clause
// What a person reads around a run, on standard error: what was chosen and why, what came out.
#ifndef PN_CLI_TELL_H
#define PN_CLI_TELL_H

#include "job/job.h"
#include "measure/result.h"

// The choice, a line for each value with its reason.
void pn_tell_choice(pn_job *job, const pn_choice *choice);

// The outcome, a finding with its place, and where the results are (`files` without ending; "").
void pn_tell_result(pn_job *job, const pn_result *result, const char *files);

#endif
