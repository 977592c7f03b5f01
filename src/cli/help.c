// SPDX-License-Identifier: BSD-3-Clause
#include "cli/help.h"

#include "base/wrap.h"
#include "cli/examples.h"
#include "cli/option_groups.h"
#include "config/word.h"

#include <string.h>

enum { NAMES_WIDTH = 24 };

bool pn_help_takes(pn_command command, const pn_option *row)
{
    return row->commands & (1u << command);
}

// "--row-major, --column-major" for a row whose words are options.
static void print_word_names(const char *words, char *text, size_t bytes)
{
    size_t used = 0;
    for (int i = 0; i < pn_word_count(words) && used < bytes; i++) {
        char word[64];
        pn_word_at(words, i, word, sizeof word);
        used += (size_t)snprintf(text + used, bytes - used, "%s--%s", i ? ", " : "", word);
    }
}

void pn_help_names(const pn_option *row, char *text, size_t bytes)
{
    const char *argument = row->argument ? row->argument : "";
    const char *space = row->argument ? " " : "";
    if (!row->name)
        print_word_names(row->words, text, bytes);
    else if (row->letter)
        snprintf(text, bytes, "-%c, --%s%s%s", row->letter, row->name, space, argument);
    else
        snprintf(text, bytes, "--%s%s%s", row->name, space, argument);
}

// "ring, ring-modified, long"
static void print_words(const char *words, char *text, size_t bytes)
{
    size_t used = 0;
    for (int i = 0; i < pn_word_count(words) && used < bytes; i++) {
        char word[64];
        pn_word_at(words, i, word, sizeof word);
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", i ? ", " : "", word);
    }
}

static void print_option(FILE *stream, const pn_option *row)
{
    char names[128], help[512];
    pn_help_names(row, names, sizeof names);
    int width = fprintf(stream, "  %-*s", NAMES_WIDTH, names);
    if (width > NAMES_WIDTH + 2)
        fprintf(stream, "\n%*s", NAMES_WIDTH + 2, "");
    bool is_shown = row->kind != PN_KIND_FLAG;
    snprintf(help, sizeof help, "%s%s%s%s", row->help, is_shown ? " [" : "",
             is_shown ? row->initial : "", is_shown ? "]" : "");
    pn_wrap_text(stream, help, NAMES_WIDTH + 2, PN_LINE_WIDTH);
    if (row->kind == PN_KIND_WORD) {
        fprintf(stream, "%*s", NAMES_WIDTH + 2, "");
        print_words(row->words, help, sizeof help);
        pn_wrap_text(stream, help, NAMES_WIDTH + 2, PN_LINE_WIDTH);
    }
}

static void print_group(FILE *stream, pn_command command, int group)
{
    int count, told = 0;
    const pn_option *rows = pn_option_rows(&count);
    for (int i = 0; i < count; i++) {
        if (!pn_help_takes(command, &rows[i]) || pn_option_group_of(&rows[i]) != group)
            continue;
        if (told++ == 0)
            fprintf(stream, "\n%s:\n", pn_option_group_title(group));
        print_option(stream, &rows[i]);
    }
}

static void print_examples(FILE *stream, pn_command command)
{
    const pn_example *examples = pn_examples_of(command);
    fputs("\nExamples:\n", stream);
    for (int i = 0; i < PN_EXAMPLES && examples[i].line; i++)
        fprintf(stream, "  %s\n      %s\n", examples[i].line, examples[i].does);
}

void pn_help_command(FILE *stream, pn_command command)
{
    const pn_command_row *row = &pn_command_rows()[command];
    fprintf(stream, "panache %s [OPTION...]%s%s\n  ", row->name, row->most_operands ? " " : "",
            row->operands);
    pn_wrap_text(stream, row->summary, 2, PN_LINE_WIDTH);
    print_examples(stream, command);
    fputs("\nOptions, with what holds if they are not given in brackets.\n", stream);
    for (int group = 0; group < pn_option_group_count(); group++)
        print_group(stream, command, group);
    fputs("\nExit codes: ", stream);
    pn_wrap_text(stream, pn_exit_codes_of(command), 12, PN_LINE_WIDTH);
}

void pn_help_overview(FILE *stream)
{
    fputs("panache COMMAND [OPTION...]\n"
          "  A Linpack that measures a machine, all of it, each part at its own speed.\n\n"
          "Commands:\n",
          stream);
    for (int i = 0; i < PN_COMMAND_COUNT; i++) {
        fprintf(stream, "  %-10s", pn_command_rows()[i].name);
        pn_wrap_text(stream, pn_command_rows()[i].summary, 12, PN_LINE_WIDTH);
    }
    fputs("\n\"panache run\" measures this machine; \"mpirun -np 4 panache run\" measures with\n4 "
          "ranks. \"panache help COMMAND\" has examples and options of a command. Named\nxhpl, the "
          "program reads HPL.dat in the current folder, as \"panache hpl\" does.\n",
          stream);
}
