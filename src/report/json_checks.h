// SPDX-License-Identifier: BSD-3-Clause
// The checks of a run in its record, written and read.
#ifndef PN_REPORT_JSON_CHECKS_H
#define PN_REPORT_JSON_CHECKS_H

#include "measure/result.h"
#include "report/members.h"

// NULL: no memory.
struct json_t *pn_json_checks(const pn_result *result);

// From member "checks" of a record, if it is there.
void pn_json_checks_read(const pn_members *record, pn_result *result);

#endif
