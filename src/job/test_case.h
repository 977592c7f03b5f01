// SPDX-License-Identifier: BSD-3-Clause
// One test inside a job: choose what is open, see that it fits, run it. Every rank of the
// job makes these calls, also those beyond P x Q, which then only wait for the others.
// Failures are agreed and told.
#ifndef PN_JOB_TEST_CASE_H
#define PN_JOB_TEST_CASE_H

#include "job/job.h"
#include "measure/result.h"

// Chooses what `asked` leaves open, for ranks 0..ranks-1; the same choice on every rank of the job.
// To be released with pn_choice_release. N is lowered if it was left open and the layout takes more
// memory than foreseen. Failures: those of pn_choose, and a deliberate fault outside the matrix.
pn_status pn_test_case_choose(pn_job *job, const pn_settings *asked, int ranks, pn_choice *choice);

// Fills `result` on rank 0; `passed` and `finding` on all. To be released by pn_result_release.
// Failures: memory, on any rank.
pn_status pn_test_case_run(pn_job *job, const pn_choice *choice, pn_result *result);

#endif
