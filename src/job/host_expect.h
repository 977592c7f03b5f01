// SPDX-License-Identifier: BSD-3-Clause
// What a machine file promised of the hosts of a job (config/expect.h), held against what their
// ranks found there.
#ifndef PN_JOB_HOST_EXPECT_H
#define PN_JOB_HOST_EXPECT_H

#include "job/job.h"

// Holds each rank's --expect against its host; all ranks call it once the host is observed. The
// failure is this rank's own: agree afterwards.
pn_status pn_host_expect_check(pn_job *job);

#endif
