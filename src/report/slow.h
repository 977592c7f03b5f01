// SPDX-License-Identifier: BSD-3-Clause
// The slow part of a run, by name, and a short ranking of all against their kind: host, rank,
// device, what is slow, and why where that is known.
#ifndef PN_REPORT_SLOW_H
#define PN_REPORT_SLOW_H

#include "measure/result.h"

#include <stdio.h>

// Lines for people, a bounded number of them; none where there is nothing to compare. Failure:
// memory.
pn_status pn_slow_text(FILE *stream, const pn_result *result, double tolerance);

#endif
