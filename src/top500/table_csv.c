// SPDX-License-Identifier: BSD-3-Clause
// Comma-separated rows, and the choice between the kinds of file.
#include "top500/table_file.h"

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
            return pn_fail_memory("for a row of %zu bytes", capacity);
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
            return pn_fail_memory("for a row of %d cells", capacity);
        row->cell_capacity = capacity;
    }
    row->start[row->cells++] = start;
    return put(row, '\0');
}

// Quotation marks surround a whole cell; inside a bare one they are text.
typedef enum cell_state { BARE, QUOTED, CLOSED } cell_state;

typedef struct csv_reader {
    FILE *file;
    const char *path;
    long number; // of the row
    row_buffer row;
    size_t start; // of the cell
    cell_state state;
} csv_reader;

static pn_status fail_at(const csv_reader *reader, const char *what)
{
    return pn_fail(PN_ERROR_USAGE, "%s, row %ld, cell %d: %s.", reader->path, reader->number,
                   reader->row.cells + 1, what);
}

static pn_status take_quoted(csv_reader *reader, int c)
{
    if (c != '"')
        return put(&reader->row, (char)c);
    int next = getc(reader->file);
    if (next == '"')
        return put(&reader->row, '"');
    ungetc(next, reader->file);
    reader->state = CLOSED;
    return PN_OK;
}

static bool begins_cell(const csv_reader *reader)
{
    size_t i = reader->start;
    while (i < reader->row.length && reader->row.text[i] == ' ')
        i++;
    return reader->state == BARE && i == reader->row.length;
}

static pn_status take_bare(csv_reader *reader, int c)
{
    if (c == '\r' || (reader->state == CLOSED && c == ' '))
        return PN_OK;
    if (c == ',') {
        pn_status status = end_cell(&reader->row, reader->start);
        reader->start = reader->row.length;
        reader->state = BARE;
        return status;
    }
    if (reader->state == CLOSED)
        return fail_at(reader, "text follows a closed quotation mark; a comma or the end of the "
                               "row is allowed, and a mark inside a quoted cell is written twice");
    if (c != '"' || !begins_cell(reader))
        return put(&reader->row, (char)c);
    reader->row.length = reader->start;
    reader->state = QUOTED;
    return PN_OK;
}

// Reads up to the end of the row's last cell; *more: whether there was anything.
static pn_status read_row(csv_reader *reader, bool *more)
{
    pn_status status = PN_OK;
    row_buffer *row = &reader->row;
    int c = getc(reader->file);
    row->length = reader->start = 0;
    row->cells = 0;
    reader->state = BARE;
    *more = c != EOF;
    for (; c != EOF && (reader->state == QUOTED || c != '\n'); c = getc(reader->file))
        PN_TRY(reader->state == QUOTED ? take_quoted(reader, c) : take_bare(reader, c));
    if (reader->state == QUOTED)
        return fail_at(reader,
                       "a quotation mark is opened and not closed up to the end of the file");
    if (*more)
        PN_TRY(end_cell(row, reader->start));
    for (int i = 0; i < row->cells; i++)
        row->cell[i] = row->text + row->start[i];
fail:
    return status;
}

pn_status pn_table_read_csv(const char *path, pn_table_row *each, void *context)
{
    csv_reader reader = {.file = fopen(path, "r"), .path = path};
    if (!reader.file)
        return pn_fail(PN_ERROR_SYSTEM, "%s cannot be read: %s.", path, strerror(errno));
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    char head[3];
    if (fread(head, 1, sizeof head, reader.file) != sizeof head ||
        memcmp(head, byte_order_mark, 3) != 0)
        rewind(reader.file);
    pn_status status = PN_OK;
    bool more = true;
    while (status == PN_OK && more) {
        reader.number++;
        status = read_row(&reader, &more);
        if (status == PN_OK && more)
            status = each(context, reader.number, reader.row.cells, reader.row.cell);
    }
    release_row(&reader.row);
    fclose(reader.file);
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
