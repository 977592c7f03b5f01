// SPDX-License-Identifier: BSD-3-Clause
// Comma-separated rows, and the choice between the kinds of file.
#include "predict/table_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct row_buffer {
    char *text; // the cells one after the other, each ended by a zero
    size_t length, capacity;
    char **cell;
    size_t *start;
    int cells, cell_capacity;
} row_buffer;

static void release_row(row_buffer *row)
{
    free(row->text);
    free(row->cell);
    free(row->start);
}

static pn_status put(row_buffer *row, char c)
{
    if (row->length == row->capacity) {
        size_t capacity = row->capacity ? 2 * row->capacity : 4096;
        char *text = realloc(row->text, capacity);
        if (!text)
            return pn_fail(PN_ERROR_MEMORY, "There is no memory for a row of %zu bytes.", capacity);
        row->text = text;
        row->capacity = capacity;
    }
    row->text[row->length++] = c;
    return PN_OK;
}

static pn_status end_cell(row_buffer *row, size_t start)
{
    if (row->cells == row->cell_capacity) {
        int capacity = row->cell_capacity ? 2 * row->cell_capacity : 64;
        size_t *starts = realloc(row->start, (size_t)capacity * sizeof *starts);
        if (starts)
            row->start = starts;
        char **cell = realloc(row->cell, (size_t)capacity * sizeof *cell);
        if (cell)
            row->cell = cell;
        if (!starts || !cell)
            return pn_fail(PN_ERROR_MEMORY, "There is no memory for a row of %d cells.", capacity);
        row->cell_capacity = capacity;
    }
    row->start[row->cells++] = start;
    return put(row, '\0');
}

// Reads up to the end of the row's last cell; *more: whether there was anything.
static pn_status read_row(FILE *file, row_buffer *row, bool *more)
{
    pn_status status = PN_OK;
    size_t start = 0;
    bool quoted = false;
    int c = getc(file);
    row->length = 0;
    row->cells = 0;
    *more = c != EOF;
    for (; status == PN_OK && c != EOF && (quoted || c != '\n'); c = getc(file)) {
        if (quoted && c == '"') {
            int next = getc(file);
            quoted = next == '"';
            if (quoted)
                status = put(row, '"');
            else
                ungetc(next, file);
        } else if (!quoted && c == '"') {
            quoted = true;
        } else if (!quoted && c == ',') {
            status = end_cell(row, start);
            start = row->length;
        } else if (quoted || c != '\r') {
            status = put(row, (char)c);
        }
    }
    if (status == PN_OK && *more)
        status = end_cell(row, start);
    for (int i = 0; status == PN_OK && i < row->cells; i++)
        row->cell[i] = row->text + row->start[i];
    return status;
}

pn_status pn_table_read_csv(const char *path, pn_table_row *each, void *context)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be read: %s.", path, strerror(errno));
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    char head[3];
    if (fread(head, 1, sizeof head, file) != sizeof head || memcmp(head, byte_order_mark, 3) != 0)
        rewind(file);
    row_buffer row = {0};
    pn_status status = PN_OK;
    bool more = true;
    for (long number = 1; status == PN_OK && more; number++) {
        status = read_row(file, &row, &more);
        if (status == PN_OK && more)
            status = each(context, number, row.cells, row.cell);
    }
    release_row(&row);
    fclose(file);
    return status;
}

pn_status pn_table_file_read(const char *path, pn_table_row *each, void *context)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be read: %s.", path, strerror(errno));
    unsigned char head[4] = {0};
    size_t got = fread(head, 1, sizeof head, file);
    bool failed = ferror(file);
    fclose(file);
    if (failed)
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be read: it is a folder or a damaged file.",
                       path);
    if (got == sizeof head && memcmp(head, "PK\3\4", sizeof head) == 0)
        return pn_table_read_xlsx(path, each, context);
    if (got == sizeof head && memcmp(head, "\xd0\xcf\x11\xe0", sizeof head) == 0)
        return pn_fail(
            PN_ERROR_USAGE,
            "%s is a workbook in the old binary format (.xls); save it as .xlsx or .csv.", path);
    return pn_table_read_csv(path, each, context);
}
