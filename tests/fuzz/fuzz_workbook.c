// SPDX-License-Identifier: BSD-3-Clause
// A list as a workbook: the bytes up to the first zero are its table of strings, the rest its
// sheet, packed as an .xlsx has them, since mutations of the packed bytes break checksums only.
#include "memory_file.h"
#include "top500/list_file.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

static void add(zip_t *archive, const char *name, const uint8_t *data, size_t size)
{
    zip_source_t *source = zip_source_buffer(archive, data, size, 0);
    must_hold(source && zip_file_add(archive, name, source, 0) >= 0, "a part can be packed");
}

// To be freed.
static uint8_t *pack(const uint8_t *data, size_t size, size_t *length)
{
    zip_error_t error;
    zip_stat_t stat;
    const uint8_t *zero = memchr(data, 0, size);
    size_t strings = zero ? (size_t)(zero - data) : 0;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    must_hold(archive != NULL, "an archive can be made");
    zip_source_keep(source);
    if (zero)
        add(archive, "xl/sharedStrings.xml", data, strings);
    add(archive, "xl/worksheets/sheet1.xml", data + strings + (zero != NULL),
        size - strings - (zero != NULL));
    must_hold(zip_close(archive) == 0 && zip_source_open(source) == 0, "it can be closed");
    must_hold(zip_source_stat(source, &stat) == 0, "it has a size");
    uint8_t *bytes = malloc(stat.size + 1);
    must_hold(bytes && zip_source_read(source, bytes, stat.size) == (zip_int64_t)stat.size,
              "it can be read");
    *length = stat.size;
    zip_source_close(source);
    zip_source_free(source);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t length;
    uint8_t *bytes = pack(data, size, &length);
    pn_list_file list;
    memory_file file = memory_file_of(bytes, length);
    if (pn_list_file_read(&list, file.path) == PN_OK)
        pn_list_file_release(&list);
    memory_file_close(&file);
    free(bytes);
    return 0;
}
