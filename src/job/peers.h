// SPDX-License-Identifier: BSD-3-Clause
// Whether the ranks of a job are one program that was asked for one thing. Ranks may be started
// with words of their own, on machines where another build lies.
#ifndef PN_JOB_PEERS_H
#define PN_JOB_PEERS_H

#include "config/invocation.h"
#include "job/job.h"

// Refuses ranks of another version or another command than rank 0's, before anything of a shape
// that may be another there is exchanged; tells of other builds. Every rank calls it; failures are
// told already.
pn_status pn_peers_check(pn_job *job, pn_command command);

// Holds what this rank was asked for against what counts, `first`, which is rank 0's: another value
// of -N or --nb than that is refused, others are told by rank. What was not asked for is no other
// value. Every rank calls it; failures are told already.
pn_status pn_peers_options(pn_job *job, const pn_options *own, const pn_options *first);

// Tells by rank where the same processor multiplies by another library or other kernels. Every rank
// calls it.
void pn_peers_tell_blas(pn_job *job);

enum { PN_BUILD_TEXT = 48 };

// What tells builds apart: the program's build id in hexadecimal digits; "" if it has none.
void pn_peers_build(char build[PN_BUILD_TEXT]);

#endif
