// SPDX-License-Identifier: BSD-3-Clause
// The XML of a TOP500 list: an element "site" a system, with its rank, names and r-max (GFlop/s).
// Its rows are given as those of a table with headings.
#include "top500/table_file.h"
#include "top500/xml_stream.h"

#include <string.h>

enum { COLUMNS = 5, CELL_BYTES = 1024 };

static const struct {
    const char *element, *heading;
} columns[COLUMNS] = {{"rank", "Rank"},
                      {"system-name", "Name"},
                      {"computer", "Computer"},
                      {"installation-site-name", "Site"},
                      {"r-max", "Rmax [GFlop/s]"}};

typedef struct site_reader {
    pn_table_request *request;
    char cell[COLUMNS][CELL_BYTES]; // longer texts are cut
    int column;                     // being read, -1: none
    long row;
} site_reader;

static pn_status give_row(site_reader *reader)
{
    char *cell[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        cell[i] = reader->cell[i];
    return reader->request->each(reader->request->context, ++reader->row, COLUMNS, cell);
}

static pn_status begin(void *context, const char *name, const char **attributes)
{
    site_reader *reader = context;
    (void)attributes;
    reader->column = -1;
    for (int i = 0; i < COLUMNS; i++)
        if (strcmp(name, columns[i].element) == 0) {
            reader->column = i;
            reader->cell[i][0] = '\0';
        }
    if (strcmp(name, "site") == 0)
        for (int i = 0; i < COLUMNS; i++)
            reader->cell[i][0] = '\0';
    return PN_OK;
}

static pn_status end(void *context, const char *name)
{
    site_reader *reader = context;
    reader->column = -1;
    return strcmp(name, "site") == 0 ? give_row(reader) : PN_OK;
}

static void take(void *context, const char *text, size_t length)
{
    site_reader *reader = context;
    if (reader->column < 0)
        return;
    char *cell = reader->cell[reader->column];
    size_t used = strlen(cell), room = CELL_BYTES - 1 - used;
    length = length < room ? length : room;
    memcpy(cell + used, text, length);
    cell[used + length] = '\0';
}

pn_status pn_table_read_xml(pn_table_request *request, const char *text, size_t length)
{
    site_reader reader = {.request = request, .column = -1};
    pn_xml_handler handler = {begin, end, take, &reader};
    pn_xml_stream *stream = NULL;
    pn_status status;
    for (int i = 0; i < COLUMNS; i++)
        strcpy(reader.cell[i], columns[i].heading);
    PN_TRY(pn_xml_stream_create(&stream, request->path, &handler));
    PN_TRY(give_row(&reader));
    PN_TRY(pn_xml_stream_feed(stream, text, length));
    PN_TRY(pn_xml_stream_feed(stream, "", 0));
    if (reader.row == 1)
        status =
            pn_fail(PN_ERROR_USAGE, "%s is XML but no TOP500 list: it has no element \"site\".",
                    request->path);
fail:
    pn_xml_stream_destroy(stream);
    return status;
}
