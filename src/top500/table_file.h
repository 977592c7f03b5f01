// SPDX-License-Identifier: BSD-3-Clause
// Rows of text out of a spreadsheet file: comma-separated (RFC 4180 quoting), or the first sheet of
// an .xlsx workbook, which is a zip archive of XML.
#ifndef PN_TOP500_TABLE_FILE_H
#define PN_TOP500_TABLE_FILE_H

#include "base/status.h"

// One row; missing cells are "". `row` counts from 1 as in the file. A failure ends the reading.
typedef pn_status pn_table_row(void *context, long row, int cells, char *const *cell);

// Chooses by the content, not by the name. Failures: not readable, damaged, a quoted cell that does
// not end or is followed by text (the message says row and cell), those of `each`.
pn_status pn_table_file_read(const char *path, pn_table_row *each, void *context);

// The two kinds; `pn_table_file_read` calls the right one.
pn_status pn_table_read_csv(const char *path, pn_table_row *each, void *context);
pn_status pn_table_read_xlsx(const char *path, pn_table_row *each, void *context);

#endif
