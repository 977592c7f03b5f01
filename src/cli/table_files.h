// SPDX-License-Identifier: BSD-3-Clause
// Tables of results where --json, --csv and --junit ask for them.
#ifndef PN_CLI_TABLE_FILES_H
#define PN_CLI_TABLE_FILES_H

#include "base/status.h"
#include "config/options.h"

#include <stdio.h>

struct json_t;

typedef void pn_table_writer(FILE *stream, const void *table);

typedef struct pn_table { // results that can be read in four ways
    const void *results;
    pn_table_writer *text, *csv, *junit;
    struct json_t *(*record)(const void *results); // a new reference
} pn_table;

// As text on standard output, unless one of the options asks for standard output itself ("-"); and
// to the files of --json, --csv and --junit. Failures name the option.
pn_status pn_table_tell(const pn_table *table, const pn_options *options);

#endif
