// SPDX-License-Identifier: BSD-3-Clause
// The member "fp64" of a record: whether the result was computed in native FP64.
#ifndef PN_REPORT_JSON_FP64_H
#define PN_REPORT_JSON_FP64_H

#include "measure/result.h"

#include <jansson.h>

// "bits_used" are those that the rank with the fewest keeps.
json_t *pn_json_fp64(const pn_result *result);

#endif
