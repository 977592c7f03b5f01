// SPDX-License-Identifier: BSD-3-Clause
// A run as one HTML file that needs nothing else: the numbers, the kinds, the slow one, the
// picture, what was asked for and what it ran on.
#ifndef PN_REPORT_HTML_H
#define PN_REPORT_HTML_H

#include "report/rank_kinds.h"
#include "report/reading.h"

#include <stdio.h>

// Failure: memory.
pn_status pn_html_write(FILE *stream, const pn_reading *reading, const pn_rank_kinds *kinds);

#endif
