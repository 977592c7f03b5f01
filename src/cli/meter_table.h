// SPDX-License-Identifier: BSD-3-Clause
// `panache report --power`: a table of a site's meters, joined with the core phase of a record.
#ifndef PN_CLI_METER_TABLE_H
#define PN_CLI_METER_TABLE_H

#include "measure/result.h"

// Prints what came of it. The table's first row names its columns: time (s since 1970, or
// 2026-06-01T12:00:00Z), watts or joules, and, where wanted, set, metered and nodes
// (measure/meter_log.h). Failures: as told by row and column.
pn_status pn_meter_table_tell(const char *path, const pn_result *result);

#endif
