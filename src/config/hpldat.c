// SPDX-License-Identifier: BSD-3-Clause
// HPL.dat by a table of its lines: what stands there, where it goes, what is allowed, and what HPL
// takes in place of another value (HPL 2.3, HPL_pdinfo). Numbers are read as people mean them: with
// a comma behind them, and reals with a decimal comma or Fortran's exponent.
#include "config/hpldat.h"

#include "base/assertion.h"
#include "base/input_file.h"

#include <ctype.h>
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
    bool has_otherwise;
    int64_t otherwise; // what HPL takes for any other number
} line_rule;

enum { LINES = 31, FILE_LINE = 3, NS_LINE = 6, NBS_LINE = 8, PS_LINE = 11, QS_LINE = 12 };

#define AT(field) offsetof(pn_hpldat, field)

static const line_rule rules[LINES] = {
    {LINE_TITLE, "title", 0, 0, 0, false, 0},
    {LINE_TITLE, "second title", 0, 0, 0, false, 0},
    {LINE_FILE, "output file name", AT(file), 0, 0, false, 0},
    {LINE_DEVICE, "device out", AT(device), 0, 0, false, 0},
    {LINE_COUNT, "number of problem sizes", AT(n), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "Ns", AT(n), 0, (double)PN_N_LIMIT, false, 0},
    {LINE_COUNT, "number of NBs", AT(nb), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "NBs", AT(nb), 1, PN_NB_LIMIT, false, 0},
    {LINE_INT, "PMAP", AT(column_major), 0, 1, true, 0},
    {LINE_COUNT, "number of process grids", AT(p), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "Ps", AT(p), 1, 1e6, false, 0},
    {LINE_LIST, "Qs", AT(q), 1, 1e6, false, 0},
    {LINE_REAL, "threshold", AT(threshold), -1e12, 1e12, false, 0},
    {LINE_COUNT, "number of panel factorizations", AT(pfact), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "PFACTs", AT(pfact), 0, 2, true, 2},
    {LINE_COUNT, "number of recursive stopping criteria", AT(nbmin), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "NBMINs", AT(nbmin), 1, 1e9, false, 0},
    {LINE_COUNT, "number of panels in recursion", AT(ndiv), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "NDIVs", AT(ndiv), 2, 1e9, false, 0},
    {LINE_COUNT, "number of recursive panel factorizations", AT(rfact), 1, PN_HPLDAT_LIST, false,
     0},
    {LINE_LIST, "RFACTs", AT(rfact), 0, 2, true, 2},
    {LINE_COUNT, "number of broadcasts", AT(bcast), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "BCASTs", AT(bcast), 0, 5, true, 1},
    {LINE_COUNT, "number of look-ahead depths", AT(depth), 1, PN_HPLDAT_LIST, false, 0},
    {LINE_LIST, "DEPTHs", AT(depth), 0, 1e6, false, 0},
    {LINE_INT, "SWAP", AT(swap), 0, 2, true, 1},
    {LINE_INT, "swapping threshold", AT(swap_threshold), 0, 1e18, true, 0},
    {LINE_INT, "L1 form", AT(l1), 0, 1, true, 0},
    {LINE_INT, "U form", AT(u), 0, 1, true, 0},
    {LINE_INT, "equilibration", AT(equilibration), 0, 1, true, 1},
    {LINE_INT, "memory alignment", AT(alignment), 1, 1e18, true, 4},
};

typedef struct line { // of the file
    int number;       // from 1
    int length;
    const char *text;
} line;

typedef struct dat_source {
    const char *name, *text;
} dat_source;

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

static bool read_whole(const char *word, int length, int64_t *value)
{
    char copy[32], *end;
    while (length > 0 && (word[length - 1] == ',' || word[length - 1] == ';'))
        length--;
    if (length == 0 || length >= (int)sizeof copy)
        return false;
    memcpy(copy, word, (size_t)length);
    copy[length] = '\0';
    *value = strtoll(copy, &end, 10);
    return !*end;
}

// Each value that stands for another is told once.
static void note_taken(const dat_reader *reader, int64_t read)
{
    pn_hpldat *dat = reader->dat;
    pn_hpldat_taken taken = {.read = read, .as = reader->rule->otherwise};
    int length = (int)strlen(reader->rule->what) - (reader->rule->kind == LINE_LIST); // no plural
    snprintf(taken.what, sizeof taken.what, "%.*s", length, reader->rule->what);
    for (int i = 0; i < dat->taken_count; i++)
        if (dat->taken[i].read == read && strcmp(dat->taken[i].what, taken.what) == 0)
            return;
    if (dat->taken_count < PN_HPLDAT_TAKEN)
        dat->taken[dat->taken_count++] = taken;
}

static bool read_value(const dat_reader *reader, const char *word, int length, int64_t *value)
{
    const line_rule *rule = reader->rule;
    if (!read_whole(word, length, value))
        return false;
    if ((double)*value >= rule->least && (double)*value <= rule->most)
        return true;
    if (!rule->has_otherwise)
        return false;
    note_taken(reader, *value);
    *value = rule->otherwise;
    return true;
}

static pn_status read_int(const dat_reader *reader, int64_t *value)
{
    const char *at = reader->line.text, *word;
    int length = next_word(&at, at + reader->line.length, &word);
    if (!read_value(reader, word, length, value))
        return refuse(reader, word, length, "a whole number");
    return PN_OK;
}

static pn_status read_real(const dat_reader *reader, double *value)
{
    char copy[64], *end;
    const char *at = reader->line.text, *word;
    int length = next_word(&at, at + reader->line.length, &word);
    snprintf(copy, sizeof copy, "%.*s", length, word);
    for (char *letter = copy; *letter; letter++)
        *letter = (char)(*letter == ','                           ? '.'
                         : toupper((unsigned char)*letter) == 'D' ? 'e'
                                                                  : *letter);
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
        if (!read_value(reader, word, length, &list->value[i]))
            return pn_fail(PN_ERROR_USAGE,
                           "%s line %d (%s): value %lld of the %lld announced: read \"%.*s\"; "
                           "allowed: a whole number from %.15g to %.15g",
                           reader->name, reader->line.number, reader->rule->what, (long long)i + 1,
                           (long long)list->count, length, word, reader->rule->least,
                           reader->rule->most);
    }
    return PN_OK;
}

// The number that the word begins with, as HPL reads it. HPL writes to the named file for every
// device but 6 and 7, be it a number or the word "file".
static void read_device(const dat_reader *reader, int64_t *device)
{
    char copy[32];
    const char *at = reader->line.text, *word;
    int length = next_word(&at, at + reader->line.length, &word);
    snprintf(copy, sizeof copy, "%.*s", length, word);
    *device = strtoll(copy, NULL, 10);
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

// The lines that count: blank ones stay only among the first `kept`.
static int find_lines(const char *text, int kept, line lines[LINES], int *seen)
{
    int count = 0;
    *seen = 0;
    while (*text && count < LINES) {
        int length = (int)strcspn(text, "\n");
        ++*seen;
        if (!is_blank(text, length) || count < kept)
            lines[count++] = (line){*seen, length, text};
        text += length + (text[length] == '\n');
    }
    return count;
}

static pn_status check_whole(const pn_hpldat *dat, const char *name, const line lines[LINES])
{
    bool is_stream = dat->device == PN_HPLDAT_STDOUT || dat->device == PN_HPLDAT_STDERR;
    if (!dat->file[0] && !is_stream)
        return pn_fail(PN_ERROR_USAGE,
                       "%s line %d (output file name): read \"\"; allowed: a name, or none with "
                       "device 6 or 7",
                       name, lines[FILE_LINE - 1].number);
    if (pn_hpldat_tests(dat) > PN_HPLDAT_TESTS)
        return pn_fail(PN_ERROR_USAGE,
                       "%s: its lists span %lld tests; allowed: up to %d, so shorten them or make "
                       "several files",
                       name, (long long)pn_hpldat_tests(dat), PN_HPLDAT_TESTS);
    return PN_OK;
}

// `*reached` is the number of lines that were understood.
static pn_status parse_lines(const dat_source *source, int kept, pn_hpldat *dat, int *reached)
{
    line lines[LINES];
    int seen, count = find_lines(source->text, kept, lines, &seen);
    memset(dat, 0, sizeof *dat);
    for (*reached = 0; *reached < LINES; ++*reached) {
        int i = *reached;
        if (i == count)
            return pn_fail(PN_ERROR_USAGE,
                           "%s line %d: the file ends where the %s (line %d of %d) is expected",
                           source->name, seen + 1, rules[i].what, i + 1, LINES);
        dat_reader reader = {source->name, dat, &rules[i], lines[i]};
        pn_status status = read_line(&reader);
        if (status != PN_OK)
            return status;
        dat->q.count = dat->p.count; // one number announces both
    }
    dat->ns_line = lines[NS_LINE - 1].number;
    dat->nbs_line = lines[NBS_LINE - 1].number;
    dat->ps_line = lines[PS_LINE - 1].number;
    dat->qs_line = lines[QS_LINE - 1].number;
    return check_whole(dat, source->name, lines);
}

pn_status pn_hpldat_parse(pn_hpldat *dat, const char *name, const char *text)
{
    // Blank lines may stand anywhere; or the titles are blank, as HPL takes them; or the name of
    // the file too. Where no way fits, the one that got furthest says why.
    static const int kept[] = {0, 2, 3};
    const dat_source source = {name, text};
    int best = 0, furthest = -1, reached;
    if (strchr(text, '\r') && !strchr(text, '\n'))
        return pn_fail(PN_ERROR_USAGE,
                       "%s: its lines end with CR alone; allowed: LF, or CR and LF (tr '\\r' "
                       "'\\n' makes them so)",
                       name);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (parse_lines(&source, kept[i], dat, &reached) == PN_OK)
            return PN_OK;
        if (reached >= furthest)
            best = kept[i];
        furthest = reached > furthest ? reached : furthest;
    }
    return parse_lines(&source, best, dat, &reached);
}

// Editors of other systems write text in which every other byte is a zero.
static pn_status check_encoding(const char *name, const pn_input_file *input)
{
    const char *text = input->text;
    bool has_mark = input->length >= 2 &&
                    (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
    if (!has_mark && !memchr(text, '\0', input->length))
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "%s: %s; allowed: plain text, such as \"iconv -f UTF-16 -t UTF-8\" makes of it",
                   name, has_mark ? "it is UTF-16" : "it holds zero bytes, as UTF-16 does");
}

pn_status pn_hpldat_read(pn_hpldat *dat, const char *name)
{
    pn_input_file input;
    pn_status status = pn_input_file_read(&input, name, 1 << 20);
    if (status != PN_OK)
        return status;
    status = check_encoding(name, &input);
    if (status == PN_OK)
        status = pn_hpldat_parse(dat, name, input.text);
    pn_input_file_release(&input);
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
