// SPDX-License-Identifier: BSD-3-Clause
// The columns of a downloaded list, found by their headings.
#include "top500/list_file.h"

#include "base/plain_text.h"
#include "top500/list_numbers.h"
#include "top500/rank_by_knots.h"
#include "top500/table_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RANK_LIMIT = 1000000, NAME_BYTES = 512, NUMBER_BYTES = 64 };

typedef char number_text[NUMBER_BYTES];

typedef struct list_reader {
    pn_list_file *list;
    int capacity;
    const char *path;
    bool has_heading;
    int rank, rmax, name, computer, site; // columns; -1: none
    double unit;                          // TFLOP/s of one; 0: the heading does not say
    number_text *rmax_text;               // [list->count] as read: the column tells how
    pn_decimal decimal;
    char rmax_heading[64];
} list_reader;

static int find_column(int cells, char *const *cell, const char *heading)
{
    for (int i = 0; i < cells; i++)
        if (strncasecmp(cell[i], heading, strlen(heading)) == 0)
            return i;
    return -1;
}

static void read_heading(list_reader *reader, int cells, char *const *cell)
{
    reader->rank = find_column(cells, cell, "Rank");
    reader->rmax = find_column(cells, cell, "Rmax");
    if (reader->rank < 0 || reader->rmax < 0)
        return;
    reader->has_heading = true;
    reader->name = find_column(cells, cell, "Name");
    reader->computer = find_column(cells, cell, "Computer");
    reader->site = find_column(cells, cell, "Site");
    strncpy(reader->rmax_heading, cell[reader->rmax], sizeof reader->rmax_heading - 1);
    static const struct {
        const char *text;
        double factor;
    } units[] = {{"mflop", 1e-6}, {"gflop", 1e-3}, {"tflop", 1}, {"pflop", 1e3}, {"eflop", 1e6}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcasestr(cell[reader->rmax], units[i].text))
            reader->unit = units[i].factor;
}

typedef struct list_cell {
    const char *column; // its heading
    const char *text;
    long row;
} list_cell;

static pn_status fail_number(const list_reader *reader, const list_cell *cell)
{
    return pn_fail(PN_ERROR_USAGE, "%s, row %ld, column \"%s\": \"%s\" is no positive number.",
                   reader->path, cell->row, cell->column, cell->text);
}

static pn_status read_rank(const list_reader *reader, const list_cell *cell, int *rank)
{
    double number;
    if (!pn_list_number(cell->text, PN_DECIMAL_POINT, &number))
        return fail_number(reader, cell);
    if (number != floor(number) || number > RANK_LIMIT)
        return pn_fail(PN_ERROR_USAGE,
                       "%s, row %ld, column \"Rank\": \"%s\" is no rank; a whole number from 1 to "
                       "%d is allowed.",
                       reader->path, cell->row, cell->text, RANK_LIMIT);
    *rank = (int)number;
    return PN_OK;
}

// Which is read as a number once the whole column has told how.
static pn_status keep_rmax(list_reader *reader, const list_cell *cell)
{
    double number; // by its own look
    pn_decimal decimal = pn_decimal_of(cell->text);
    if (!pn_list_number(cell->text, decimal, &number) || strlen(cell->text) >= NUMBER_BYTES)
        return fail_number(reader, cell);
    if (reader->decimal == PN_DECIMAL_OPEN)
        reader->decimal = decimal;
    return PN_OK;
}

static const char *text_of(int column, int cells, char *const *cell)
{
    return column >= 0 && column < cells ? cell[column] : "";
}

static pn_status make_room(list_reader *reader)
{
    pn_list_file *list = reader->list;
    if (list->count >= PN_TABLE_SYSTEMS)
        return pn_fail(PN_ERROR_USAGE, "%s has more than the %d systems that are allowed.",
                       reader->path, PN_TABLE_SYSTEMS);
    if (list->count < reader->capacity)
        return PN_OK;
    int capacity = reader->capacity ? 2 * reader->capacity : 512;
    pn_list_entry *entries = realloc(list->entries, (size_t)capacity * sizeof *entries);
    if (entries)
        list->entries = entries;
    number_text *texts = realloc(reader->rmax_text, (size_t)capacity * sizeof *texts);
    if (texts)
        reader->rmax_text = texts;
    if (!entries || !texts)
        return pn_fail_memory("for %d systems", capacity);
    reader->capacity = capacity;
    return PN_OK;
}

static char *copy_name(const char *text)
{
    char plain[NAME_BYTES];
    pn_plain_text(plain, sizeof plain, text);
    return strdup(plain);
}

static pn_status add_entry(list_reader *reader, const pn_list_entry *entry, const char *rmax)
{
    pn_list_file *list = reader->list;
    pn_status status = make_room(reader);
    if (status != PN_OK)
        return status;
    strcpy(reader->rmax_text[list->count], rmax); // keep_rmax has seen that it fits
    pn_list_entry *place = &list->entries[list->count++];
    *place = *entry;
    place->name = copy_name(entry->name);
    place->site = copy_name(entry->site);
    return place->name && place->site ? PN_OK : pn_fail_memory("for the names in %s", reader->path);
}

static pn_status read_row(void *context, long row, int cells, char *const *cell)
{
    list_reader *reader = context;
    if (!reader->has_heading) {
        read_heading(reader, cells, cell);
        return PN_OK;
    }
    if (!*text_of(reader->rank, cells, cell) && !*text_of(reader->rmax, cells, cell))
        return PN_OK; // an empty row
    list_cell rank = {"Rank", text_of(reader->rank, cells, cell), row};
    list_cell rmax = {reader->rmax_heading, text_of(reader->rmax, cells, cell), row};
    pn_list_entry entry = {.row = row,
                           .name = (char *)text_of(reader->name, cells, cell),
                           .site = (char *)text_of(reader->site, cells, cell)};
    if (!*entry.name)
        entry.name = (char *)text_of(reader->computer, cells, cell);
    pn_status status;
    PN_TRY(read_rank(reader, &rank, &entry.rank));
    PN_TRY(keep_rmax(reader, &rmax));
    status = add_entry(reader, &entry, rmax.text);
fail:
    return status;
}

// The decimal sign where the column leaves it open: spreadsheets set cells apart by semicolons
// where the comma is taken.
static pn_status read_column(list_reader *reader, char separator)
{
    pn_list_file *list = reader->list;
    if (reader->decimal == PN_DECIMAL_OPEN)
        reader->decimal = separator == ';' ? PN_DECIMAL_COMMA : PN_DECIMAL_POINT;
    for (int i = 0; i < list->count; i++) {
        pn_list_entry *entry = &list->entries[i];
        list_cell cell = {reader->rmax_heading, reader->rmax_text[i], entry->row};
        if (!pn_list_number(cell.text, reader->decimal, &entry->rmax))
            return fail_number(reader, &cell);
    }
    return PN_OK;
}

static int by_rank(const void *a, const void *b)
{
    const pn_list_entry *x = a, *y = b;
    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank)
                              : (x->row > y->row) - (x->row < y->row);
}

// Systems of rank 1, each of another Rmax: so many lists.
static int count_first(const pn_list_file *list)
{
    int count = 0;
    while (count < list->count && list->entries[count].rank == 1 &&
           (count == 0 || list->entries[count].rmax != list->entries[count - 1].rmax))
        count++;
    return count;
}

// The number of systems above an Rmax is its place only where none of them is missing or there
// twice. The lists count equals on; a file that gives them one rank is as good.
static pn_status check_ranks(const list_reader *reader)
{
    const pn_list_entry *entries = reader->list->entries;
    int lists = count_first(reader->list);
    if (lists > 1)
        return pn_fail(PN_ERROR_USAGE,
                       "%s, row %ld: holds %d systems of rank 1, so it is several lists; one list "
                       "is allowed.",
                       reader->path, entries[1].row, lists);
    for (int i = 0; i < reader->list->count; i++) {
        const pn_list_entry *entry = &entries[i];
        bool is_shared = i > 0 && entry->rank == entry[-1].rank && entry->rmax == entry[-1].rmax;
        if (entry->rank != i + 1 && !is_shared)
            return pn_fail(
                PN_ERROR_USAGE,
                "%s, row %ld: rank %d stands where rank %d is due; a place is exact only "
                "in a list with every rank from 1 on (equal Rmax may share one).",
                reader->path, entry->row, entry->rank, i + 1);
        if (i > 0 && entry->rmax > entry[-1].rmax * (1 + 1e-9))
            return pn_fail(PN_ERROR_USAGE,
                           "%s, row %ld: rank %d%s%s%s has more than rank %d, so this is no list.",
                           reader->path, entry->row, entry->rank, *entry->name ? " (" : "",
                           entry->name, *entry->name ? ")" : "", entry[-1].rank);
    }
    return PN_OK;
}

// A heading without a unit (older lists: gigaflops): the first system decides, if a known list has
// it, or if it is at most `newer` times the first of the newest known, which no other unit makes
// it.
static double guess_unit(const pn_list_file *list)
{
    static const double units[] = {1, 1e-3, 1e3}, newer = 30;
    double first = list->entries[0].rmax;
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        for (int i = 0; i < pn_rank_list_count(); i++)
            if (fabs(first * units[u] / pn_rank_list(i)->rmax[0] - 1) < 1e-3)
                return units[u];
    double newest = pn_rank_list(pn_rank_list_count() - 1)->rmax[0];
    for (size_t u = 0; u < 2; u++) // no list has counted by peta so far
        if (first * units[u] > newest && first * units[u] < newer * newest)
            return units[u];
    return 0;
}

static pn_status finish(list_reader *reader, char separator)
{
    pn_list_file *list = reader->list;
    if (!reader->has_heading)
        return pn_fail(PN_ERROR_USAGE,
                       "%s is no TOP500 list: no row has the headings \"Rank\" and \"Rmax\".",
                       reader->path);
    if (list->count == 0)
        return pn_fail(PN_ERROR_USAGE, "%s has headings but no systems.", reader->path);
    pn_status status = read_column(reader, separator);
    if (status != PN_OK)
        return status;
    qsort(list->entries, (size_t)list->count, sizeof *list->entries, by_rank);
    if (reader->unit == 0)
        reader->unit = guess_unit(list);
    if (reader->unit == 0)
        return pn_fail(
            PN_ERROR_USAGE,
            "%s: the heading \"%s\" names no unit, and its first system is that of no known "
            "list; write \"Rmax [TFlop/s]\" or \"Rmax [GFlop/s]\".",
            reader->path, reader->rmax_heading);
    for (int i = 0; i < list->count; i++)
        list->entries[i].rmax *= reader->unit;
    return check_ranks(reader);
}

pn_status pn_list_file_read(pn_list_file *list, const char *path)
{
    *list = (pn_list_file){0};
    list_reader reader = {.list = list, .path = path};
    pn_table_request request = {.path = path, .each = read_row, .context = &reader};
    pn_status status = pn_table_file_read(&request);
    if (status == PN_OK)
        status = finish(&reader, request.separator);
    free(reader.rmax_text);
    if (status != PN_OK)
        pn_list_file_release(list);
    return status;
}

void pn_list_file_release(pn_list_file *list)
{
    for (int i = 0; i < list->count; i++) {
        free(list->entries[i].name);
        free(list->entries[i].site);
    }
    free(list->entries);
    *list = (pn_list_file){0};
}

int pn_list_file_rank(const pn_list_file *list, double tflops)
{
    int place = 1;
    while (place <= list->count && list->entries[place - 1].rmax > tflops)
        place++;
    return place;
}
