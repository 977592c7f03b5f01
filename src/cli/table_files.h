// SPDX-License-Identifier: BSD-3-Clause
// Tables of results where --csv and --junit ask for them.
#ifndef PN_CLI_TABLE_FILES_H
#define PN_CLI_TABLE_FILES_H

#include "base/status.h"

#include <stdbool.h>
#include <stdio.h>

// "-", in the place of the text.
bool pn_table_is_standard(const char *path);

typedef void pn_table_writer(FILE *stream, const void *table);

// To the file, to standard output for "-", nowhere for "none". Failures name the option.
pn_status pn_table_write(const char *path, const char *option, pn_table_writer *writer,
                         const void *table);

#endif
