// SPDX-License-Identifier: BSD-3-Clause
// A folder's history as it is read by people, by spreadsheets and by what runs tests.
#ifndef PN_REPORT_HISTORY_TEXT_H
#define PN_REPORT_HISTORY_TEXT_H

#include "report/history.h"

#include <stdio.h>

struct json_t;
typedef struct pn_history_view {
    const pn_history *history;
    double fail_below;
} pn_history_view;
void pn_history_print(FILE *stream, const pn_history_view *view);
// A new reference; NULL without memory.
struct json_t *pn_history_record(const pn_history_view *view);
void pn_history_csv(FILE *stream, const pn_history_view *view);
void pn_history_junit(FILE *stream, const pn_history_view *view);

#endif
