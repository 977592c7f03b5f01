// SPDX-License-Identifier: BSD-3-Clause
#include "cli/table_files.h"

#include "base/output_file.h"

#include <string.h>

bool pn_table_is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

pn_status pn_table_write(const char *path, const char *option, pn_table_writer *writer,
                         const void *table)
{
    pn_output_file file;
    if (strcmp(path, "none") == 0)
        return PN_OK;
    if (pn_table_is_standard(path)) {
        writer(stdout, table);
        return PN_OK;
    }
    pn_status status = pn_output_file_open(&file, path);
    if (status == PN_OK) {
        writer(file.stream, table);
        status = pn_output_file_close(&file);
    }
    return status == PN_OK ? PN_OK : pn_fail_in(status, "option %s", option);
}
