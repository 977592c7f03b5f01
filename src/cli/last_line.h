// SPDX-License-Identifier: BSD-3-Clause
// The last line of a run: what people look for first.
#ifndef PN_CLI_LAST_LINE_H
#define PN_CLI_LAST_LINE_H

#include "job/job.h"
#include "measure/result.h"

// "in short: " and the rate, its share of the rate that was measured before and of the peak by
// multiply-adds, what limited it, who was left out or slow, and the place on the newest list that
// is known. What is not known is left out; a run that failed has no place.
void pn_last_line_tell(pn_job *job, const pn_result *result);

#endif
