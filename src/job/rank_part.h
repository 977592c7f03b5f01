// SPDX-License-Identifier: BSD-3-Clause
// What a rank of a session computes with: its processors or a device, shared out among the ranks
// of a host that ask for the same.
#ifndef PN_JOB_RANK_PART_H
#define PN_JOB_RANK_PART_H

#include "job/session.h"

// Opens what the word `device` of this rank means, on session->team and session->blas. Every rank
// calls it.
pn_status pn_part_open(pn_session *session, const char *device, pn_compute **compute);

#endif
