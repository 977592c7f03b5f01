// SPDX-License-Identifier: BSD-3-Clause
// The columns of a downloaded list, found by their headings.
#include "top500/list_file.h"

#include "top500/place_by_knots.h"
#include "top500/table_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RANK_LIMIT = 1000000 };

typedef struct list_reader {
    pn_list_file *list;
    int capacity;
    const char *path;
    bool has_heading;
    int rank, rmax, name, computer, site; // columns; -1: none
    double unit;                          // TFLOP/s of one; 0: the heading does not say
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
    } units[] = {{"gflop", 1e-3}, {"tflop", 1}, {"pflop", 1e3}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcasestr(cell[reader->rmax], units[i].text))
            reader->unit = units[i].factor;
}

typedef struct list_cell {
    const char *column; // its heading
    const char *text;
    long row;
} list_cell;

static pn_status read_number(const list_reader *reader, const list_cell *cell, double *value)
{
    const char *text = cell->text;
    char digits[64];
    size_t length = 0; // thousands may be set apart by commas
    for (const char *c = text; *c && length + 1 < sizeof digits; c++)
        if (*c != ',')
            digits[length++] = *c;
    digits[length] = '\0';
    char *end;
    *value = strtod(digits, &end);
    if (end == digits || *end || !isfinite(*value) || *value <= 0)
        return pn_fail(PN_ERROR_USAGE, "%s, row %ld, column \"%s\": \"%s\" is no positive number.",
                       reader->path, cell->row, cell->column, text);
    return PN_OK;
}

static const char *text_of(int column, int cells, char *const *cell)
{
    return column >= 0 && column < cells ? cell[column] : "";
}

static pn_status add_entry(list_reader *reader, const pn_list_entry *entry, const char *name,
                           const char *site)
{
    pn_list_file *list = reader->list;
    if (list->count == reader->capacity) {
        int capacity = reader->capacity ? 2 * reader->capacity : 512;
        pn_list_entry *entries = realloc(list->entries, (size_t)capacity * sizeof *entries);
        if (!entries)
            return pn_fail_memory("for %d systems", capacity);
        list->entries = entries;
        reader->capacity = capacity;
    }
    pn_list_entry *place = &list->entries[list->count++];
    *place = *entry;
    place->name = strdup(name);
    place->site = strdup(site);
    if (!place->name || !place->site)
        return pn_fail_memory("for the names in %s", reader->path);
    return PN_OK;
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
    double number;
    pn_list_entry entry = {.row = row};
    pn_status status;
    PN_TRY(read_number(reader, &rank, &number));
    PN_TRY(read_number(reader, &rmax, &entry.rmax));
    if (number != floor(number) || number > RANK_LIMIT)
        return pn_fail(PN_ERROR_USAGE,
                       "%s, row %ld, column \"Rank\": \"%s\" is no rank; a whole number from 1 to "
                       "%d is allowed.",
                       reader->path, row, rank.text, RANK_LIMIT);
    entry.rank = (int)number;
    const char *name = text_of(reader->name, cells, cell);
    status = add_entry(reader, &entry, *name ? name : text_of(reader->computer, cells, cell),
                       text_of(reader->site, cells, cell));
fail:
    return status;
}

static int by_rank(const void *a, const void *b)
{
    const pn_list_entry *x = a, *y = b;
    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank)
                              : (x->row > y->row) - (x->row < y->row);
}

// The number of systems above an Rmax is its place only where none of them is missing or there
// twice. The lists count equals on; a file that gives them one rank is as good.
static pn_status check_ranks(const list_reader *reader)
{
    const pn_list_entry *entries = reader->list->entries;
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
// it.
static double guess_unit(const pn_list_file *list)
{
    static const double units[] = {1, 1e-3};
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        for (int i = 0; i < pn_rank_list_count(); i++)
            if (fabs(list->entries[0].rmax * units[u] / pn_rank_list(i)->rmax[0] - 1) < 1e-3)
                return units[u];
    return 0;
}

static pn_status finish(list_reader *reader)
{
    pn_list_file *list = reader->list;
    if (!reader->has_heading)
        return pn_fail(PN_ERROR_USAGE,
                       "%s is no TOP500 list: no row has the headings \"Rank\" and \"Rmax\".",
                       reader->path);
    if (list->count == 0)
        return pn_fail(PN_ERROR_USAGE, "%s has headings but no systems.", reader->path);
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
    pn_status status;
    PN_TRY(pn_table_file_read(path, read_row, &reader));
    PN_TRY(finish(&reader));
    return PN_OK;
fail:
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

int pn_list_file_place(const pn_list_file *list, double tflops)
{
    int place = 1;
    while (place <= list->count && list->entries[place - 1].rmax > tflops)
        place++;
    return place;
}
