// SPDX-License-Identifier: BSD-3-Clause
// The first sheet of an .xlsx workbook (ECMA-376): cell texts either stand in the sheet or are
// numbers of entries in one table of strings. Both files are parsed as a stream from the archive.
#include "top500/table_file.h"

#include <expat.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { COLUMN_LIMIT = 256, CELL_LIMIT = 4096, CHUNK = 16384, STRING_LIMIT = 4000000 };

typedef struct workbook {
    XML_Parser parser;
    const char *path;
    pn_status status; // of the first failure inside a handler
    char **strings;
    long string_count, string_capacity;
    bool in_text, in_phonetic;
    char text[CELL_LIMIT]; // of the cell or string being read; longer ones are cut
    size_t length;
    bool is_shared; // the cell's text is the number of a string
    int column;
    char *cell[COLUMN_LIMIT]; // texts of the row being read
    int cells;
    long row;
    pn_table_row *each;
    void *context;
} workbook;

static void stop(workbook *book, pn_status status)
{
    book->status = status;
    XML_StopParser(book->parser, XML_FALSE);
}

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (int i = 0; attributes[i]; i += 2)
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1];
    return NULL;
}

// "AB12" is column 27, counted from 0.
static int column_of(const char *reference)
{
    int column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column < COLUMN_LIMIT; reference++)
        column = 26 * column + (*reference - 'A' + 1);
    return column - 1;
}

static void collect(void *data, const XML_Char *text, int length)
{
    workbook *book = data;
    if (!book->in_text || book->in_phonetic)
        return;
    size_t room = sizeof book->text - 1 - book->length;
    size_t taken = (size_t)length < room ? (size_t)length : room;
    memcpy(book->text + book->length, text, taken);
    book->length += taken;
}

static void begin_string(void *data, const XML_Char *name, const XML_Char **attributes)
{
    workbook *book = data;
    (void)attributes;
    if (strcmp(name, "si") == 0)
        book->length = 0;
    else if (strcmp(name, "rPh") == 0)
        book->in_phonetic = true;
    else if (strcmp(name, "t") == 0)
        book->in_text = true;
}

static pn_status keep_string(workbook *book)
{
    if (book->string_count == book->string_capacity) {
        long capacity = book->string_capacity ? 2 * book->string_capacity : 1024;
        char **strings = capacity > STRING_LIMIT
                             ? NULL
                             : realloc(book->strings, (size_t)capacity * sizeof *strings);
        if (!strings)
            return pn_fail_memory("for the %ld strings of %s", capacity, book->path);
        book->strings = strings;
        book->string_capacity = capacity;
    }
    book->text[book->length] = '\0';
    char *copy = strdup(book->text);
    if (!copy)
        return pn_fail_memory("for the strings of %s", book->path);
    book->strings[book->string_count++] = copy;
    return PN_OK;
}

static void end_string(void *data, const XML_Char *name)
{
    workbook *book = data;
    if (strcmp(name, "t") == 0)
        book->in_text = false;
    else if (strcmp(name, "rPh") == 0)
        book->in_phonetic = false;
    else if (strcmp(name, "si") == 0) {
        pn_status status = keep_string(book);
        if (status != PN_OK)
            stop(book, status);
    }
}

static void begin_cell(void *data, const XML_Char *name, const XML_Char **attributes)
{
    workbook *book = data;
    if (strcmp(name, "row") == 0) {
        const char *number = attribute(attributes, "r");
        book->row = number ? atol(number) : book->row + 1;
        book->cells = 0;
        book->column = -1;
    } else if (strcmp(name, "c") == 0) {
        const char *reference = attribute(attributes, "r");
        const char *type = attribute(attributes, "t");
        book->column = reference ? column_of(reference) : book->column + 1;
        book->is_shared = type && strcmp(type, "s") == 0;
        book->length = 0;
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        book->in_text = true;
    }
}

static const char *cell_text(workbook *book)
{
    book->text[book->length] = '\0';
    if (!book->is_shared)
        return book->text;
    long number = atol(book->text);
    return number >= 0 && number < book->string_count ? book->strings[number] : "";
}

static pn_status set_cell(workbook *book)
{
    if (book->column < 0 || book->column >= COLUMN_LIMIT)
        return PN_OK; // far to the right of any list
    for (; book->cells <= book->column; book->cells++) {
        free(book->cell[book->cells]);
        book->cell[book->cells] = strdup("");
    }
    free(book->cell[book->column]);
    book->cell[book->column] = strdup(cell_text(book));
    for (int i = 0; i < book->cells; i++)
        if (!book->cell[i])
            return pn_fail_memory("for a row of %s", book->path);
    return PN_OK;
}

static void end_cell(void *data, const XML_Char *name)
{
    workbook *book = data;
    pn_status status = PN_OK;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        book->in_text = false;
    else if (strcmp(name, "c") == 0)
        status = set_cell(book);
    else if (strcmp(name, "row") == 0)
        status = book->each(book->context, book->row, book->cells, book->cell);
    if (status != PN_OK)
        stop(book, status);
}

static pn_status parse_stream(workbook *book, zip_file_t *file)
{
    char chunk[CHUNK];
    for (;;) {
        zip_int64_t got = zip_fread(file, chunk, sizeof chunk);
        if (got < 0)
            return pn_fail(PN_ERROR_SYSTEM, "%s is damaged: %s.", book->path,
                           zip_file_strerror(file));
        if (XML_Parse(book->parser, chunk, (int)got, got == 0) == XML_STATUS_ERROR)
            return book->status != PN_OK
                       ? book->status
                       : pn_fail(PN_ERROR_SYSTEM, "%s is damaged: %s.", book->path,
                                 XML_ErrorString(XML_GetErrorCode(book->parser)));
        if (got == 0)
            return PN_OK;
    }
}

// Parses one file of the archive with the given handlers.
static pn_status parse_part(workbook *book, zip_t *archive, const char *name,
                            XML_StartElementHandler begin, XML_EndElementHandler end)
{
    zip_file_t *file = zip_fopen(archive, name, 0);
    if (!file)
        return pn_fail(PN_ERROR_USAGE, "%s is a zip archive but no workbook: it has no %s.",
                       book->path, name);
    pn_status status = PN_ERROR_MEMORY;
    book->parser = XML_ParserCreate("UTF-8");
    if (book->parser) {
        XML_SetUserData(book->parser, book);
        XML_SetElementHandler(book->parser, begin, end);
        XML_SetCharacterDataHandler(book->parser, collect);
        status = parse_stream(book, file);
        XML_ParserFree(book->parser);
    } else {
        pn_fail(status, "There is no memory to read %s.", book->path);
    }
    zip_fclose(file);
    return status;
}

pn_status pn_table_read_xlsx(const char *path, pn_table_row *each, void *context)
{
    int code;
    zip_t *archive = zip_open(path, ZIP_RDONLY, &code);
    if (!archive)
        return pn_fail(PN_ERROR_SYSTEM, "%s is a damaged .xlsx file (zip error %d).", path, code);
    workbook *book = calloc(1, sizeof *book);
    if (!book) {
        zip_discard(archive);
        return pn_fail_memory("to read %s", path);
    }
    book->path = path;
    book->each = each;
    book->context = context;
    pn_status status = PN_OK;
    if (zip_name_locate(archive, "xl/sharedStrings.xml", 0) >= 0) // there may be no strings at all
        status = parse_part(book, archive, "xl/sharedStrings.xml", begin_string, end_string);
    if (status == PN_OK)
        status = parse_part(book, archive, "xl/worksheets/sheet1.xml", begin_cell, end_cell);
    for (long i = 0; i < book->string_count; i++)
        free(book->strings[i]);
    free(book->strings);
    for (int i = 0; i < COLUMN_LIMIT; i++)
        free(book->cell[i]);
    free(book);
    zip_discard(archive);
    return status;
}
