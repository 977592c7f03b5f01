// SPDX-License-Identifier: BSD-3-Clause
#include "cli/help.h"

#include "base/wrap.h"
#include "config/word.h"

#include <string.h>

enum { NAMES_WIDTH = 28, HELP_WIDTH = 96 };

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
    pn_wrap_text(stream, help, NAMES_WIDTH + 2, HELP_WIDTH);
    if (row->kind == PN_KIND_WORD) {
        fprintf(stream, "%*s", NAMES_WIDTH + 2, "");
        pn_wrap_text(stream, row->words, NAMES_WIDTH + 2, HELP_WIDTH);
    }
}

void pn_help_command(FILE *stream, pn_command command)
{
    const pn_command_row *row = &pn_command_rows()[command];
    fprintf(stream, "panache %s [OPTION...]%s%s\n  %s\n\nOptions [with what holds if not given]:\n",
            row->name, row->most_operands ? " " : "", row->operands, row->summary);
    int count;
    const pn_option *rows = pn_option_rows(&count);
    for (int i = 0; i < count; i++)
        if (pn_help_takes(command, &rows[i]))
            print_option(stream, &rows[i]);
    fputs("\nExit codes: 0 passed, 1 a finding (the result failed its check), 2 a failure.\n",
          stream);
}

void pn_help_overview(FILE *stream)
{
    fputs("panache COMMAND [OPTION...]\n"
          "  A Linpack that measures a machine, all of it, each part at its own speed.\n\n"
          "Commands:\n",
          stream);
    for (int i = 0; i < PN_COMMAND_COUNT; i++)
        fprintf(stream, "  %-10s%s\n", pn_command_rows()[i].name, pn_command_rows()[i].summary);
    fputs(
        "\n\"panache run\" measures this machine; \"mpirun -np 4 panache run\" measures with 4 "
        "ranks.\n\"panache help COMMAND\" lists a command's options. Named xhpl, the program reads "
        "HPL.dat\nin the current folder, as \"panache hpl\" does.\n",
        stream);
}
