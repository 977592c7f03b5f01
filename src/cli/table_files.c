// SPDX-License-Identifier: BSD-3-Clause
#include "cli/table_files.h"

#include "base/output_file.h"
#include "cli/json_file.h"

#include <string.h>

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

static pn_status write_to(const char *path, const char *option, pn_table_writer *writer,
                          const void *results)
{
    pn_output_file file;
    if (strcmp(path, "none") == 0)
        return PN_OK;
    if (is_standard(path)) {
        writer(stdout, results);
        return PN_OK;
    }
    pn_status status = pn_output_file_open(&file, path);
    if (status == PN_OK) {
        writer(file.stream, results);
        status = pn_output_file_close(&file);
    }
    return status == PN_OK ? PN_OK : pn_fail_in(status, "option %s", option);
}

pn_status pn_table_tell(const pn_table *table, const pn_options *options)
{
    pn_status status = PN_OK;
    if (!is_standard(options->json) && !is_standard(options->csv) && !is_standard(options->junit))
        table->text(stdout, table->results);
    if (strcmp(options->json, "none") != 0)
        PN_TRY(pn_json_file_write(table->record(table->results), options->json));
    PN_TRY(write_to(options->csv, "--csv", table->csv, table->results));
    PN_TRY(write_to(options->junit, "--junit", table->junit, table->results));
fail:
    return status;
}
