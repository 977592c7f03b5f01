// SPDX-License-Identifier: BSD-3-Clause
// The first sheet of an .xlsx workbook (ECMA-376): cell texts either stand in the sheet or are
// numbers of entries in one table of strings. Both files are parsed as a stream from the archive.
#include "top500/table_file.h"
#include "top500/xml_stream.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { COLUMN_LIMIT = 256, CELL_LIMIT = 4096, CHUNK = 65536, STRING_LIMIT = 500000 };

typedef struct workbook {
    const pn_table_request *request;
    const char *path;
    char **strings;
    long string_count, string_capacity;
    bool in_text, in_phonetic;
    char text[CELL_LIMIT]; // of the cell or string being read; longer ones are cut
    size_t length;
    bool is_shared; // the cell's text is the number of a string
    int column;
    char *cell[COLUMN_LIMIT]; // texts of the row being read
    int cells;
    long all_cells; // of the rows so far
    long row;
} workbook;

// "AB12" is column 27, counted from 0.
static int column_of(const char *reference)
{
    int column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column < COLUMN_LIMIT; reference++)
        column = 26 * column + (*reference - 'A' + 1);
    return column - 1;
}

static void collect(void *context, const char *text, size_t length)
{
    workbook *book = context;
    if (!book->in_text || book->in_phonetic)
        return;
    size_t room = sizeof book->text - 1 - book->length;
    size_t taken = length < room ? length : room;
    memcpy(book->text + book->length, text, taken);
    book->length += taken;
}

static pn_status begin_string(void *context, const char *name, const char **attributes)
{
    workbook *book = context;
    (void)attributes;
    if (strcmp(name, "si") == 0)
        book->length = 0;
    else if (strcmp(name, "rPh") == 0)
        book->in_phonetic = true;
    else if (strcmp(name, "t") == 0)
        book->in_text = true;
    return PN_OK;
}

static pn_status keep_string(workbook *book)
{
    if (book->string_count == STRING_LIMIT)
        return pn_fail(PN_ERROR_USAGE, "%s has more than the %d strings that are allowed.",
                       book->path, STRING_LIMIT);
    if (book->string_count == book->string_capacity) {
        long capacity = book->string_capacity ? 2 * book->string_capacity : 1024;
        char **strings = realloc(book->strings, (size_t)capacity * sizeof *strings);
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

static pn_status end_string(void *context, const char *name)
{
    workbook *book = context;
    if (strcmp(name, "t") == 0)
        book->in_text = false;
    else if (strcmp(name, "rPh") == 0)
        book->in_phonetic = false;
    else if (strcmp(name, "si") == 0)
        return keep_string(book);
    return PN_OK;
}

static pn_status begin_cell(void *context, const char *name, const char **attributes)
{
    workbook *book = context;
    if (strcmp(name, "row") == 0) {
        const char *number = pn_xml_attribute(attributes, "r");
        book->row = number ? atol(number) : book->row + 1;
        book->cells = 0;
        book->column = -1;
    } else if (strcmp(name, "c") == 0) {
        const char *reference = pn_xml_attribute(attributes, "r");
        const char *type = pn_xml_attribute(attributes, "t");
        book->column = reference ? column_of(reference) : book->column + 1;
        book->is_shared = type && strcmp(type, "s") == 0;
        book->length = 0;
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        book->in_text = true;
    }
    return PN_OK;
}

static const char *cell_text(workbook *book)
{
    book->text[book->length] = '\0';
    if (!book->is_shared)
        return book->text;
    long number = atol(book->text);
    return number >= 0 && number < book->string_count ? book->strings[number] : "";
}

static pn_status replace_cell(workbook *book, int column, const char *text)
{
    free(book->cell[column]);
    book->cell[column] = strdup(text);
    if (!book->cell[column])
        return pn_fail_memory("for a row of %s", book->path);
    if (++book->all_cells > PN_TABLE_CELLS)
        return pn_fail(PN_ERROR_USAGE, "%s has more than the %d cells that are allowed.",
                       book->path, PN_TABLE_CELLS);
    return PN_OK;
}

static pn_status set_cell(workbook *book)
{
    pn_status status = PN_OK;
    if (book->column < 0 || book->column >= COLUMN_LIMIT)
        return PN_OK; // far to the right of any list
    for (; book->cells <= book->column && status == PN_OK; book->cells++)
        status = replace_cell(book, book->cells, "");
    return status == PN_OK ? replace_cell(book, book->column, cell_text(book)) : status;
}

static pn_status end_cell(void *context, const char *name)
{
    workbook *book = context;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        book->in_text = false;
    else if (strcmp(name, "c") == 0)
        return set_cell(book);
    else if (strcmp(name, "row") == 0)
        return book->request->each(book->request->context, book->row, book->cells, book->cell);
    return PN_OK;
}

static pn_status feed_all(workbook *book, pn_xml_stream *stream, zip_file_t *file)
{
    char chunk[CHUNK];
    size_t bytes = 0;
    pn_status status = PN_OK;
    for (zip_int64_t got = 1; got > 0 && status == PN_OK;) {
        got = zip_fread(file, chunk, sizeof chunk);
        if (got < 0)
            return pn_fail(PN_ERROR_SYSTEM, "%s is damaged: %s.", book->path,
                           zip_file_strerror(file));
        bytes += (size_t)got;
        if (bytes > PN_TABLE_BYTES)
            return pn_fail(PN_ERROR_USAGE, "%s unpacks to more than the %d bytes that are allowed.",
                           book->path, PN_TABLE_BYTES);
        status = pn_xml_stream_feed(stream, chunk, (size_t)got);
    }
    return status;
}

// Parses one file of the archive with the given handlers.
static pn_status parse_part(workbook *book, zip_t *archive, const char *name,
                            const pn_xml_handler *handler)
{
    pn_xml_stream *stream = NULL;
    zip_file_t *file = zip_fopen(archive, name, 0);
    if (!file)
        return pn_fail(PN_ERROR_USAGE, "%s is a zip archive but no workbook: it has no %s.",
                       book->path, name);
    pn_status status = pn_xml_stream_create(&stream, book->path, handler);
    if (status == PN_OK)
        status = feed_all(book, stream, file);
    pn_xml_stream_destroy(stream);
    zip_fclose(file);
    return status;
}

static pn_status read_book(workbook *book, zip_t *archive)
{
    const pn_xml_handler strings = {begin_string, end_string, collect, book};
    const pn_xml_handler cells = {begin_cell, end_cell, collect, book};
    pn_status status = PN_OK;
    if (zip_name_locate(archive, "xl/sharedStrings.xml", 0) >= 0) // there may be no strings at all
        status = parse_part(book, archive, "xl/sharedStrings.xml", &strings);
    if (status == PN_OK)
        status = parse_part(book, archive, "xl/worksheets/sheet1.xml", &cells);
    return status;
}

static void release_book(workbook *book)
{
    for (long i = 0; i < book->string_count; i++)
        free(book->strings[i]);
    free(book->strings);
    for (int i = 0; i < COLUMN_LIMIT; i++)
        free(book->cell[i]);
    free(book);
}

static zip_t *open_archive(const char *bytes, size_t length, zip_error_t *error)
{
    zip_source_t *source = zip_source_buffer_create(bytes, length, 0, error);
    zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY, error) : NULL;
    if (!archive && source)
        zip_source_free(source);
    return archive;
}

pn_status pn_table_read_xlsx(pn_table_request *request, const char *bytes, size_t length)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_t *archive = open_archive(bytes, length, &error);
    workbook *book = archive ? calloc(1, sizeof *book) : NULL;
    pn_status status;
    if (!archive) {
        status = pn_fail(PN_ERROR_SYSTEM, "%s is a damaged .xlsx file: %s.", request->path,
                         zip_error_strerror(&error));
    } else if (!book) {
        status = pn_fail_memory("to read %s", request->path);
    } else {
        book->request = request;
        book->path = request->path;
        status = read_book(book, archive);
        release_book(book);
    }
    zip_error_fini(&error);
    if (archive)
        zip_discard(archive);
    return status;
}
