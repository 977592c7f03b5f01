// SPDX-License-Identifier: BSD-3-Clause
// Rows of cells set apart by a comma, a semicolon or a tab, whichever the lines agree on.
#include "top500/table_file.h"

#include <stdbool.h>
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

typedef struct text_reader {
    const char *at, *end;
    const char *path;
    char separator;
    long number; // of the row
    row_buffer row;
    size_t start; // of the cell
    cell_state state;
} text_reader;

static pn_status fail_at(const text_reader *reader, const char *what)
{
    return pn_fail(PN_ERROR_USAGE, "%s, row %ld, cell %d: %s.", reader->path, reader->number,
                   reader->row.cells + 1, what);
}

static pn_status take_quoted(text_reader *reader, char c)
{
    if (c != '"')
        return put(&reader->row, c);
    if (reader->at < reader->end && *reader->at == '"') {
        reader->at++;
        return put(&reader->row, '"');
    }
    reader->state = CLOSED;
    return PN_OK;
}

static bool begins_cell(const text_reader *reader)
{
    size_t i = reader->start;
    while (i < reader->row.length && reader->row.text[i] == ' ')
        i++;
    return reader->state == BARE && i == reader->row.length;
}

static pn_status take_bare(text_reader *reader, char c)
{
    if (reader->state == CLOSED && c == ' ')
        return PN_OK;
    if (c == reader->separator && reader->row.cells == PN_TABLE_ROW_CELLS)
        return fail_at(reader, "a row of so many cells is no system");
    if (c == reader->separator) {
        pn_status status = end_cell(&reader->row, reader->start);
        reader->start = reader->row.length;
        reader->state = BARE;
        return status;
    }
    if (reader->state == CLOSED)
        return fail_at(reader,
                       "text follows a closed quotation mark; a separator or the end of "
                       "the row is allowed, and a mark inside a quoted cell is written twice");
    if (c != '"' || !begins_cell(reader))
        return put(&reader->row, c);
    reader->row.length = reader->start;
    reader->state = QUOTED;
    return PN_OK;
}

// Ends at LF, CR or both.
static bool ends_row(text_reader *reader, char c)
{
    if (c == '\r' && reader->at < reader->end && *reader->at == '\n')
        reader->at++;
    return c == '\n' || c == '\r';
}

// Reads up to the end of the row's last cell.
static pn_status read_row(text_reader *reader)
{
    pn_status status = PN_OK;
    row_buffer *row = &reader->row;
    row->length = reader->start = 0;
    row->cells = 0;
    reader->state = BARE;
    while (reader->at < reader->end) {
        char c = *reader->at++;
        if (reader->state != QUOTED && ends_row(reader, c))
            break;
        PN_TRY(reader->state == QUOTED ? take_quoted(reader, c) : take_bare(reader, c));
    }
    if (reader->state == QUOTED)
        PN_TRY(
            fail_at(reader, "a quotation mark is opened and not closed up to the end of the file"));
    PN_TRY(end_cell(row, reader->start));
    for (int i = 0; i < row->cells; i++)
        row->cell[i] = row->text + row->start[i];
fail:
    return status;
}

static const char separators[] = {',', ';', '\t'};
enum { SEPARATORS = sizeof separators, LINES_LOOKED_AT = 100 };

// How well the lines of a text agree on each separator.
typedef struct agreement {
    int before[SEPARATORS]; // in the line before
    int in_line[SEPARATORS];
    int lines[SEPARATORS]; // that have as many as the one before them
    int most[SEPARATORS];  // in a line
} agreement;

static void end_line(agreement *found)
{
    for (int i = 0; i < SEPARATORS; i++) {
        int count = found->in_line[i];
        found->lines[i] += count > 0 && count == found->before[i];
        if (count > found->most[i])
            found->most[i] = count;
        found->before[i] = count;
        found->in_line[i] = 0;
    }
}

static char find_separator(const char *text, const char *end)
{
    agreement found = {0};
    bool is_quoted = false;
    int lines = 0, best = 0;
    for (; text < end && lines < LINES_LOOKED_AT; text++) {
        if (*text == '"')
            is_quoted = !is_quoted;
        for (int i = 0; i < SEPARATORS && !is_quoted; i++)
            found.in_line[i] += *text == separators[i];
        bool is_end = *text == '\n' || (*text == '\r' && text + 1 < end && text[1] != '\n');
        if (!is_quoted && is_end) {
            end_line(&found);
            lines++;
        }
    }
    end_line(&found);
    for (int i = 1; i < SEPARATORS; i++)
        if (found.lines[i] > found.lines[best] ||
            (found.lines[i] == found.lines[best] && found.most[i] > found.most[best]))
            best = i;
    return separators[best];
}

pn_status pn_table_read_text(pn_table_request *request, const char *text, size_t length)
{
    text_reader reader = {.at = text, .end = text + length, .path = request->path};
    pn_status status = PN_OK;
    request->separator = reader.separator = find_separator(text, reader.end);
    while (status == PN_OK && reader.at < reader.end) {
        reader.number++;
        status = read_row(&reader);
        if (status == PN_OK)
            status =
                request->each(request->context, reader.number, reader.row.cells, reader.row.cell);
    }
    release_row(&reader.row);
    return status;
}
