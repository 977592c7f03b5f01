// SPDX-License-Identifier: BSD-3-Clause
// The option table at work: finding a row by the name typed, reading its value, and the command
// line as a whole. Every failure names the option, what was read and what is allowed.
#include "config/options.h"

#include "base/assertion.h"
#include "config/nearest.h"
#include "config/value_text.h"
#include "config/word.h"

#include <stdio.h>
#include <string.h>

static const pn_option option_rows[] = {
#define PN_OPTION_ROW(type, field, kind, initial, least, most, words, letter, name, commands,      \
                      argument, help)                                                              \
    {#field,         offsetof(pn_options, field),                                                  \
     PN_KIND_##kind, initial,                                                                      \
     least,          most,                                                                         \
     words,          letter,                                                                       \
     name,           commands,                                                                     \
     argument,       help},
    PN_OPTIONS(PN_OPTION_ROW)
#undef PN_OPTION_ROW
};

static const pn_command_row command_rows[] = {
#define PN_COMMAND_ROW(id, name, operands, most, summary) {#name, operands, most, summary},
    PN_COMMANDS(PN_COMMAND_ROW)
#undef PN_COMMAND_ROW
};

enum { ROWS = sizeof option_rows / sizeof option_rows[0], NAMES = 2 * ROWS };

const pn_option *pn_option_rows(int *count)
{
    *count = ROWS;
    return option_rows;
}

const pn_command_row *pn_command_rows(void)
{
    return command_rows;
}

pn_command pn_command_of(const char *name)
{
    int command = 0;
    while (command < PN_COMMAND_COUNT && strcmp(command_rows[command].name, name) != 0)
        command++;
    return (pn_command)command;
}

static pn_value_rule rule_of(const pn_option *row)
{
    return (pn_value_rule){.kind = row->kind,
                           .least = row->least,
                           .most = row->most,
                           .words = row->words,
                           .has_auto =
                               row->kind != PN_KIND_TEXT && strcmp(row->initial, "auto") == 0};
}

const void *pn_option_value(const pn_option *row, const pn_options *options)
{
    return (const char *)options + row->offset;
}

static void *field_of(const pn_option *row, pn_options *options)
{
    return (char *)options + row->offset;
}

void pn_option_print(const pn_option *row, const pn_options *options, char *text, size_t bytes)
{
    pn_value_rule rule = rule_of(row);
    pn_value_print(&rule, pn_option_value(row, options), text, bytes);
}

void pn_options_default(pn_options *options)
{
    memset(options, 0, sizeof *options);
    for (int i = 0; i < ROWS; i++) {
        pn_value_rule rule = rule_of(&option_rows[i]);
        pn_assert(pn_value_read(&rule, option_rows[i].initial, field_of(&option_rows[i], options)),
                  "the default of an option is one of its values");
    }
    options->shares.is_measured = false; // which takes that somebody says so
}

static pn_share_mode share_mode_of(const pn_shares *shares)
{
    if (shares->equal)
        return PN_SHARE_MODE_EQUAL;
    if (shares->count > 0)
        return PN_SHARE_MODE_COLUMNS;
    return shares->file[0] ? PN_SHARE_MODE_RANKS : PN_SHARE_MODE_AUTO;
}

pn_settings pn_options_settings(const pn_options *options)
{
    return (pn_settings){.n = options->n,
                         .nb = (int)options->nb,
                         .p = options->grid.p,
                         .q = options->grid.q,
                         .mapping = (pn_mapping)options->mapping,
                         .share_mode = share_mode_of(&options->shares),
                         .shares = options->shares.count > 0 ? options->shares.value : NULL,
                         .share_count = options->shares.count,
                         .look_ahead = (int)options->lookahead,
                         .split = options->split,
                         .topology = (pn_topology)options->bcast,
                         .segment = options->segment,
                         .buffers = (int)options->buffers,
                         .crew = (int)options->panel_threads,
                         .panel_home = (pn_panel_home)options->panel};
}

// The command line as it is read.
typedef struct pn_reader {
    pn_options *options;
    pn_command command;
    int count;
    char *const *words;
    int next; // word to read
} pn_reader;

static pn_status set_value(pn_reader *reader, const pn_option *row, const char *shown,
                           const char *text)
{
    pn_value_rule rule = rule_of(row);
    if (pn_value_read(&rule, text, field_of(row, reader->options)))
        return PN_OK;
    char allowed[512];
    pn_value_allowed(&rule, allowed, sizeof allowed);
    return pn_fail(PN_ERROR_USAGE, "option %s: read \"%s\"; allowed: %s", shown, text, allowed);
}

// A value that stands in the next word.
static pn_status set_next(pn_reader *reader, const pn_option *row, const char *shown)
{
    if (reader->next < reader->count)
        return set_value(reader, row, shown, reader->words[reader->next++]);
    pn_value_rule rule = rule_of(row);
    char allowed[512];
    pn_value_allowed(&rule, allowed, sizeof allowed);
    return pn_fail(PN_ERROR_USAGE,
                   "option %s: the command line ends where its value is expected; "
                   "allowed: %s",
                   shown, allowed);
}

static bool is_taken(const pn_option *row, pn_command command)
{
    return row->commands & (1u << command);
}

static bool has_name(const pn_option *row, const char *name, size_t length)
{
    if (!row->name)
        return pn_word_find(row->words, name, length) >= 0;
    return strlen(row->name) == length && memcmp(row->name, name, length) == 0;
}

static const pn_option *row_named(pn_command command, const char *name, size_t length)
{
    for (int i = 0; i < ROWS; i++)
        if (is_taken(&option_rows[i], command) && has_name(&option_rows[i], name, length))
            return &option_rows[i];
    return NULL;
}

static const pn_option *row_lettered(pn_command command, char letter)
{
    for (int i = 0; i < ROWS; i++)
        if (is_taken(&option_rows[i], command) && option_rows[i].letter == letter)
            return &option_rows[i];
    return NULL;
}

// The option of another command may be meant: then that is said in place of a similar name.
static const char *other_command_with(const char *name, size_t length)
{
    for (int command = 0; command < PN_COMMAND_COUNT; command++)
        if (row_named((pn_command)command, name, length))
            return command_rows[command].name;
    return NULL;
}

static pn_status fail_unknown_name(const pn_reader *reader, const char *name, size_t length)
{
    const char *command = command_rows[reader->command].name;
    const char *other = other_command_with(name, length);
    if (other)
        return pn_fail(PN_ERROR_USAGE,
                       "command line: \"--%.*s\" is no option of panache %s; panache %s takes it",
                       (int)length, name, command, other);
    char word[64], names[NAMES][64];
    const char *known[NAMES];
    int count = 0;
    for (int i = 0; i < ROWS; i++) {
        const pn_option *row = &option_rows[i];
        for (int w = 0;
             is_taken(row, reader->command) && w < (row->name ? 1 : pn_word_count(row->words));
             w++) {
            pn_word_at(row->name ? row->name : row->words, w, names[count], sizeof names[count]);
            known[count] = names[count];
            count++;
        }
    }
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    const char *nearest = pn_nearest(word, known, count);
    return pn_fail(PN_ERROR_USAGE,
                   "command line: unknown option \"--%s\"%s%s; panache %s --help lists all", word,
                   nearest ? "; the nearest known one is --" : "", nearest ? nearest : "", command);
}

static pn_status read_long(pn_reader *reader, const char *name)
{
    size_t length = strcspn(name, "=");
    const char *value = name[length] ? name + length + 1 : NULL;
    const pn_option *row = row_named(reader->command, name, length);
    if (!row)
        return fail_unknown_name(reader, name, length);
    char shown[72];
    snprintf(shown, sizeof shown, "--%.*s", (int)length, name);
    if (row->argument)
        return value ? set_value(reader, row, shown, value) : set_next(reader, row, shown);
    if (value)
        return pn_fail(PN_ERROR_USAGE, "option %s: read \"%s\"; allowed: no value", shown, value);
    return set_value(reader, row, shown, row->name ? "yes" : shown + 2);
}

static pn_status read_letters(pn_reader *reader, const char *letters)
{
    while (*letters) {
        const pn_option *row = row_lettered(reader->command, *letters);
        if (!row)
            return pn_fail(PN_ERROR_USAGE,
                           "command line: unknown option \"-%c\"; panache %s --help lists all",
                           *letters, command_rows[reader->command].name);
        char shown[] = {'-', *letters++, '\0'};
        if (row->argument)
            return *letters ? set_value(reader, row, shown, letters) : set_next(reader, row, shown);
        pn_status status = set_value(reader, row, shown, "yes");
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}

static pn_status take_operand(const pn_reader *reader, pn_operands *operands, const char *word)
{
    const pn_command_row *row = &command_rows[reader->command];
    if (operands->count == row->most_operands)
        return pn_fail(PN_ERROR_USAGE,
                       "command line: read \"%s\"; panache %s takes %s%s beside "
                       "options",
                       word, row->name, row->most_operands ? "no more than " : "nothing",
                       row->operands);
    operands->word[operands->count++] = word;
    return PN_OK;
}

pn_status pn_options_parse(pn_options *options, pn_operands *operands, pn_command command,
                           int count, char *const *words)
{
    pn_reader reader = {.options = options, .command = command, .count = count, .words = words};
    bool ended = false;
    *operands = (pn_operands){0};
    pn_options_default(options);
    while (reader.next < count) {
        const char *word = words[reader.next++];
        pn_status status = PN_OK;
        if (ended || word[0] != '-' || !word[1])
            status = take_operand(&reader, operands, word);
        else if (strcmp(word, "--") == 0)
            ended = true;
        else if (word[1] == '-')
            status = read_long(&reader, word + 2);
        else
            status = read_letters(&reader, word + 1);
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}
