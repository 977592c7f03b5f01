// SPDX-License-Identifier: BSD-3-Clause
// Whether a BLAS will get the memory that it takes by itself.
#ifndef PN_JOB_BLAS_ROOM_H
#define PN_JOB_BLAS_ROOM_H

#include "job/job.h"

// Tries what a library takes for each thread at its first call. Some ask again and again for ever
// where a limit of the process (ulimit -v, -d) refuses it. The failure names that limit.
pn_status pn_blas_room_try(const pn_job *job);

#endif
