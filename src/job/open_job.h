// SPDX-License-Identifier: BSD-3-Clause
// The begin and the end of a job on one rank.
#ifndef PN_JOB_OPEN_JOB_H
#define PN_JOB_OPEN_JOB_H

#include "config/invocation.h"
#include "job/job.h"

// Every rank calls it; measures what the command will need. Failures are told already; close it
// then as well.
pn_status pn_job_open(pn_job *job, const pn_invocation *invocation);
// Makes a job whose parts are open one of HPL-MxP: what they multiply, and their rates with it.
// Failures: as pn_mixed_check and pn_mixed_open have them.
pn_status pn_job_open_mixed(pn_job *job);
void pn_job_close(pn_job *job);

#endif
