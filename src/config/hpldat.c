// SPDX-License-Identifier: BSD-3-Clause
// HPL.dat by a table of its lines: what stands there, where it goes, what is allowed.
#include "config/hpldat.h"

#include "base/assertion.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum line_kind {
    LINE_TITLE,
    LINE_FILE,
    LINE_DEVICE,
    LINE_COUNT,
    LINE_LIST,
    LINE_INT,
    LINE_REAL
} line_kind;

typedef struct line_rule {
    line_kind kind;
    const char *what;
    size_t offset; // of the field; a list's count line has the offset of the list
    double least, most;
} line_rule;

enum { LINES = 31, NS_LINE = 6, NBS_LINE = 8, PS_LINE = 11, QS_LINE = 12 };

#define AT(field) offsetof(pn_hpldat, field)

static const line_rule rules[LINES] = {
    {LINE_TITLE, "title", 0, 0, 0},
    {LINE_TITLE, "second title", 0, 0, 0},
    {LINE_FILE, "output file name", AT(file), 0, 0},
    {LINE_DEVICE, "device out", AT(device), 0, 0},
    {LINE_COUNT, "number of problem sizes", AT(n), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "Ns", AT(n), 1, (double)PN_N_LIMIT},
    {LINE_COUNT, "number of NBs", AT(nb), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "NBs", AT(nb), 1, PN_NB_LIMIT},
    {LINE_INT, "PMAP", AT(column_major), 0, 1},
    {LINE_COUNT, "number of process grids", AT(p), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "Ps", AT(p), 1, 1e6},
    {LINE_LIST, "Qs", AT(q), 1, 1e6},
    {LINE_REAL, "threshold", AT(threshold), -1e12, 1e12},
    {LINE_COUNT, "number of panel factorizations", AT(pfact), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "PFACTs", AT(pfact), 0, 2},
    {LINE_COUNT, "number of recursive stopping criteria", AT(nbmin), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "NBMINs", AT(nbmin), 1, 16384},
    {LINE_COUNT, "number of panels in recursion", AT(ndiv), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "NDIVs", AT(ndiv), 2, 16384},
    {LINE_COUNT, "number of recursive panel factorizations", AT(rfact), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "RFACTs", AT(rfact), 0, 2},
    {LINE_COUNT, "number of broadcasts", AT(bcast), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "BCASTs", AT(bcast), 0, 5},
    {LINE_COUNT, "number of look-ahead depths", AT(depth), 1, PN_HPLDAT_LIST},
    {LINE_LIST, "DEPTHs", AT(depth), 0, 1e6},
    {LINE_INT, "SWAP", AT(swap), 0, 2},
    {LINE_INT, "swapping threshold", AT(swap_threshold), 0, 1e9},
    {LINE_INT, "L1 form", AT(l1), 0, 1},
    {LINE_INT, "U form", AT(u), 0, 1},
    {LINE_INT, "equilibration", AT(equilibration), 0, 1},
    {LINE_INT, "memory alignment", AT(alignment), 1, 1e9},
};

typedef struct line { // of the file
    int number;       // from 1
    int length;
    const char *text;
} line;

typedef struct dat_reader {
    const char *name;
    pn_hpldat *dat;
    const line_rule *rule;
    line line;
} dat_reader;

// The word at *text, which moves behind it; its length, 0 at the end of the line.
static int next_word(const char **text, const char *end, const char **word)
{
    while (*text < end && isspace((unsigned char)**text))
        (*text)++;
    *word = *text;
    while (*text < end && !isspace((unsigned char)**text))
        (*text)++;
    return (int)(*text - *word);
}

static pn_status refuse(const dat_reader *reader, const char *read, int length, const char *kind)
{
    return pn_fail(PN_ERROR_USAGE,
                   "%s line %d (%s): read \"%.*s\"; allowed: %s from %.15g to %.15g", reader->name,
                   reader->line.number, reader->rule->what, length, read, kind, reader->rule->least,
                   reader->rule->most);
}

static bool read_whole(const line_rule *rule, const char *word, int length, int64_t *value)
{
    char copy[32], *end;
    if (length == 0 || length >= (int)sizeof copy)
        return false;
    memcpy(copy, word, (size_t)length);
    copy[length] = '\0';
    *value = strtoll(copy, &end, 10);
    return !*end && (double)*value >= rule->least && (double)*value <= rule->most;
}

static pn_status read_int(const dat_reader *reader, int64_t *value)
{
    const char *at = reader->line.text, *word;
    int length = next_word(&at, at + reader->line.length, &word);
    if (!read_whole(reader->rule, word, length, value))
        return refuse(reader, word, length, "a whole number");
    return PN_OK;
}

static pn_status read_real(const dat_reader *reader, double *value)
{
    char copy[64], *end;
    const char *at = reader->line.text, *word;
    int length = next_word(&at, at + reader->line.length, &word);
    snprintf(copy, sizeof copy, "%.*s", length, word);
    *value = strtod(copy, &end);
    if (end == copy || *end || !(*value >= reader->rule->least && *value <= reader->rule->most))
        return refuse(reader, word, length, "a number");
    return PN_OK;
}

static pn_status read_list(const dat_reader *reader, pn_list *list)
{
    const char *at = reader->line.text, *end = at + reader->line.length, *word;
    for (int64_t i = 0; i < list->count; i++) {
        int length = next_word(&at, end, &word);
        if (!read_whole(reader->rule, word, length, &list->value[i]))
            return pn_fail(PN_ERROR_USAGE,
                           "%s line %d (%s): value %lld of the %lld announced: read \"%.*s\"; "
                           "allowed: a whole number from %.15g to %.15g",
                           reader->name, reader->line.number, reader->rule->what, (long long)i + 1,
                           (long long)list->count, length, word, reader->rule->least,
                           reader->rule->most);
    }
    return PN_OK;
}

// HPL writes to the named file for every device but 6 and 7, be it a number or the word "file".
static void read_device(const dat_reader *reader, int64_t *device)
{
    line_rule any = {.least = -1e15, .most = 1e15};
    const char *at = reader->line.text, *word;
    int length = next_word(&at, at + reader->line.length, &word);
    if (!read_whole(&any, word, length, device))
        *device = 0;
}

static pn_status read_file_name(const dat_reader *reader, char *file)
{
    const char *at = reader->line.text, *word;
    int length = next_word(&at, at + reader->line.length, &word);
    if (length >= PN_HPLDAT_TEXT)
        return pn_fail(PN_ERROR_USAGE, "%s line %d (%s): read %d bytes; allowed: 1 to %d bytes",
                       reader->name, reader->line.number, reader->rule->what, length,
                       PN_HPLDAT_TEXT - 1);
    snprintf(file, PN_HPLDAT_TEXT, "%.*s", length, word);
    return PN_OK;
}

static pn_status read_line(const dat_reader *reader)
{
    void *field = (char *)reader->dat + reader->rule->offset;
    switch (reader->rule->kind) {
    case LINE_TITLE:
        return PN_OK;
    case LINE_FILE:
        return read_file_name(reader, field);
    case LINE_DEVICE:
        read_device(reader, field);
        return PN_OK;
    case LINE_COUNT:
        return read_int(reader, &((pn_list *)field)->count);
    case LINE_LIST:
        return read_list(reader, field);
    case LINE_INT:
        return read_int(reader, field);
    case LINE_REAL:
        return read_real(reader, field);
    }
    return PN_OK;
}

static bool is_blank(const char *text, int length)
{
    for (int i = 0; i < length; i++)
        if (!isspace((unsigned char)text[i]))
            return false;
    return true;
}

// The lines that count: blank ones stay only as titles, and only if they are kept there.
static int find_lines(const char *text, bool keep_blank_titles, line lines[LINES], int *seen)
{
    int count = 0;
    *seen = 0;
    while (*text && count < LINES) {
        int length = (int)strcspn(text, "\n");
        ++*seen;
        if (!is_blank(text, length) || (keep_blank_titles && count < 2))
            lines[count++] = (line){*seen, length, text};
        text += length + (text[length] == '\n');
    }
    return count;
}

static pn_status parse_lines(pn_hpldat *dat, const char *name, const char *text, bool keep)
{
    line lines[LINES];
    int seen, count = find_lines(text, keep, lines, &seen);
    memset(dat, 0, sizeof *dat);
    for (int i = 0; i < LINES; i++) {
        if (i == count)
            return pn_fail(PN_ERROR_USAGE,
                           "%s line %d: the file ends where the %s (line %d of %d) is expected",
                           name, seen + 1, rules[i].what, i + 1, LINES);
        dat_reader reader = {name, dat, &rules[i], lines[i]};
        pn_status status = read_line(&reader);
        if (status != PN_OK)
            return status;
        dat->q.count = dat->p.count; // one number announces both
    }
    dat->ns_line = lines[NS_LINE - 1].number;
    dat->nbs_line = lines[NBS_LINE - 1].number;
    dat->ps_line = lines[PS_LINE - 1].number;
    dat->qs_line = lines[QS_LINE - 1].number;
    return PN_OK;
}

pn_status pn_hpldat_parse(pn_hpldat *dat, const char *name, const char *text)
{
    // The titles may be blank, as HPL takes them; or blank lines may stand before them.
    pn_hpldat without;
    if (parse_lines(&without, name, text, false) == PN_OK) {
        *dat = without;
        return PN_OK;
    }
    return parse_lines(dat, name, text, true);
}

pn_status pn_hpldat_read(pn_hpldat *dat, const char *name)
{
    enum { MOST = 1 << 20 };
    FILE *file = fopen(name, "r");
    if (!file)
        return pn_fail(PN_ERROR_SYSTEM, "%s: cannot be opened for reading: %s", name,
                       strerror(errno));
    char *text = calloc(MOST + 1, 1);
    bool failed = !text || (fread(text, 1, MOST, file) == 0 && ferror(file));
    fclose(file);
    pn_status status =
        failed ? pn_fail(PN_ERROR_SYSTEM, "%s: cannot be read: %s", name, strerror(errno))
               : pn_hpldat_parse(dat, name, text);
    free(text);
    return status;
}

void pn_hpldat_default(pn_hpldat *dat)
{
    static const char text[] =
        "\n\nHPL.out\n6\n1\n1\n1\n1\n0\n1\n1\n1\n16.0\n1\n2\n1\n4\n1\n2\n1\n1\n"
        "1\n1\n1\n1\n2\n64\n0\n0\n1\n8\n";
    pn_hpldat_parse(dat, "default", text);
}

int64_t pn_hpldat_tests(const pn_hpldat *dat)
{
    return dat->p.count * dat->n.count * dat->nb.count * dat->depth.count * dat->bcast.count *
           dat->rfact.count * dat->pfact.count * dat->nbmin.count * dat->ndiv.count;
}

// Takes one list's place out of *index, whose lowest "digit" it is.
static int64_t take(const pn_list *list, int64_t *index)
{
    int64_t value = list->value[*index % list->count];
    *index /= list->count;
    return value;
}

pn_hpldat_test pn_hpldat_test_at(const pn_hpldat *dat, int64_t index)
{
    pn_assert(index >= 0 && index < pn_hpldat_tests(dat), "a test is one of those that are listed");
    pn_hpldat_test test = {.settings = PN_SETTINGS_USUAL};
    pn_settings *settings = &test.settings;
    test.ndiv = take(&dat->ndiv, &index);
    test.nbmin = take(&dat->nbmin, &index);
    test.pfact = take(&dat->pfact, &index);
    test.rfact = take(&dat->rfact, &index);
    settings->topology = (pn_topology)take(&dat->bcast, &index);
    test.depth = take(&dat->depth, &index);
    settings->look_ahead = test.depth > 0;
    settings->nb = (int)take(&dat->nb, &index);
    settings->n = take(&dat->n, &index);
    settings->p = (int)dat->p.value[index];
    settings->q = (int)dat->q.value[index];
    settings->mapping = dat->column_major ? PN_MAPPING_COLUMNS : PN_MAPPING_ROWS;
    return test;
}
