// SPDX-License-Identifier: BSD-3-Clause
// Rows of text out of a file that holds a table: cells set apart by commas, semicolons or tabs
// (RFC 4180 quoting; UTF-8 or UTF-16; lines ended by CR, LF or both), the first sheet of an .xlsx
// workbook, or the XML of a TOP500 list. Files come from strangers: what a table costs is bounded
// by budgets of bytes, cells, elements and nesting.
#ifndef PN_TOP500_TABLE_FILE_H
#define PN_TOP500_TABLE_FILE_H

#include "base/status.h"

#include <stddef.h>

enum {
    PN_TABLE_BYTES = 32 << 20, // of the file, and of what a part of a workbook unpacks to
    PN_TABLE_CELLS = 4000000,  // of a workbook, with those that are left out between others
    PN_TABLE_ROW_CELLS = 4096, // of one row
    PN_TABLE_SYSTEMS = 100000, // for readers: rows that make a system
};

// One row; missing cells are "". `row` counts from 1 as in the file. A failure ends the reading.
typedef pn_status pn_table_row(void *context, long row, int cells, char *const *cell);

typedef struct pn_table_request {
    const char *path;
    pn_table_row *each;
    void *context;
    char separator; // set before the first row: ',', ';' or a tab; 0 where cells need none
} pn_table_request;

// Chooses by the content, not by the name. Failures: not readable, beyond a budget, damaged, a
// quoted cell that does not end or is followed by text (the message says row and cell), what is no
// table but a web page, an old workbook or an archive (named as what it is), those of `each`.
pn_status pn_table_file_read(pn_table_request *request);

// The kinds, from `length` bytes at `text` that a zero follows; pn_table_file_read calls the right
// one.
pn_status pn_table_read_text(pn_table_request *request, const char *text, size_t length);
pn_status pn_table_read_xlsx(pn_table_request *request, const char *bytes, size_t length);
pn_status pn_table_read_xml(pn_table_request *request, const char *text, size_t length);

#endif
