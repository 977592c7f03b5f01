// SPDX-License-Identifier: BSD-3-Clause
#ifndef PN_JOB_HOST_EXPECT_H
#define PN_JOB_HOST_EXPECT_H

#include "job/session.h"

// Holds each rank's --expect against its host; all ranks call it once the host is observed. The
// failure is this rank's own: agree afterwards.
pn_status pn_session_expect(pn_session *session);

#endif
