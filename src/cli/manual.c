// SPDX-License-Identifier: BSD-3-Clause
// The manual pages, made from the tables. They are kept in the repository for packagers; a test
// holds them against what this prints.
#include "cli/manual.h"

#include "cli/help.h"

#include <string.h>

// roff takes a leading dot or quote, and every backslash and hyphen, for its own.
static void print_roff(FILE *stream, const char *text)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\')
            fputc('\\', stream);
        fputc(*text, stream);
    }
}

static void print_commands_of(FILE *stream, const pn_option *row)
{
    bool first = true;
    if (row->commands == PN_FOR_ALL)
        return;
    for (int command = 0; command < PN_COMMAND_COUNT; command++) {
        if (!pn_help_takes((pn_command)command, row))
            continue;
        fprintf(stream, "%s%s", first ? " (" : ", ", pn_command_rows()[command].name);
        first = false;
    }
    fputs(")", stream);
}

static void print_manual_option(FILE *stream, const pn_option *row, bool has_commands)
{
    char names[128];
    pn_help_names(row, names, sizeof names);
    fputs(".TP\n.B ", stream);
    print_roff(stream, names);
    fputc('\n', stream);
    print_roff(stream, row->help);
    if (row->kind != PN_KIND_FLAG) {
        fputs(" [", stream);
        print_roff(stream, row->initial);
        fputs("]", stream);
    }
    if (has_commands)
        print_commands_of(stream, row);
    fputc('\n', stream);
    if (row->kind == PN_KIND_WORD) {
        fputs(".br\n", stream);
        print_roff(stream, row->words);
        fputc('\n', stream);
    }
}

static void print_manual_commands(FILE *stream)
{
    fputs(".SH COMMANDS\n", stream);
    for (int i = 0; i < PN_COMMAND_COUNT; i++) {
        const pn_command_row *row = &pn_command_rows()[i];
        fprintf(stream, ".TP\n.B %s %s\n", row->name, row->operands);
        print_roff(stream, row->summary);
        fputc('\n', stream);
    }
}

void pn_manual_write(FILE *stream)
{
    fputs(".TH PANACHE 1 \"\" \"Panache " PANACHE_VERSION "\" \"User commands\"\n"
          ".SH NAME\npanache \\- measure a machine of unlike parts by one Linpack\n"
          ".SH SYNOPSIS\n.B panache\n.I COMMAND\n[\\fIOPTION\\fR...]\n.br\n"
          ".B mpirun \\-np\n.I RANKS\n.B panache run\n[\\fIOPTION\\fR...]\n.br\n.B xhpl\n"
          ".SH DESCRIPTION\n"
          "Panache solves a dense system of linear equations by LU factorization with partial\n"
          "pivoting, checks the solution and tells the rate, as the High Performance Linpack\n"
          "does, with the same matrix, the same check and the same text. What is not asked for\n"
          "is chosen from what the machine has, and each choice is told with its reason.\n"
          ".PP\nUnder the name xhpl it reads HPL.dat in the current folder.\n",
          stream);
    print_manual_commands(stream);
    fputs(".SH OPTIONS\nIn brackets, what holds if the option is not given; in parentheses, the\n"
          "commands that take it.\n",
          stream);
    int count;
    const pn_option *rows = pn_option_rows(&count);
    for (int i = 0; i < count; i++)
        print_manual_option(stream, &rows[i], true);
    fputs(".SH FILES\n.TP\n.I panache\\-results/\nHPL's text and the JSON record of each run.\n"
          ".TP\n.I HPL.dat\nRead by xhpl and by panache hpl.\n"
          ".SH EXIT STATUS\n.TP\n.B 0\nThe result passed its check.\n.TP\n.B 1\nA finding: the\n"
          "residual is too large, or the matrix is singular or not finite.\n.TP\n.B 2\nA failure;\n"
          "standard error says where, what was read and what is allowed.\n",
          stream);
}

// xhpl is `panache hpl` in the place of the HPL executable that scripts expect.
void pn_manual_write_xhpl(FILE *stream)
{
    fputs(
        ".TH XHPL 1 \"\" \"Panache " PANACHE_VERSION "\" \"User commands\"\n"
        ".SH NAME\nxhpl \\- run the Linpacks that HPL.dat lists\n"
        ".SH SYNOPSIS\n.B mpirun \\-np\n.I RANKS\n.B xhpl\n[\\fIOPTION\\fR...] [\\fIFILE\\fR]\n"
        ".SH DESCRIPTION\n"
        "This is\n.BR panache (1)\nunder the name of the High Performance Linpack's executable, "
        "the same as\n.BR \"panache hpl\" .\nIt reads HPL.dat in the current folder, or FILE, and "
        "prints HPL's own text, to the\nplace that the file names. What has no effect here is "
        "named once.\n.PP\nThe options of other makers' xhpl are taken as well: \\-n N, \\-b NB, "
        "\\-p P, "
        "\\-q Q and\n\\-m MIB (of a rank) of Intel's, \\-N, \\-\\-NB, \\-P, \\-Q and \\-i FILE of "
        "rocHPL, "
        "\\-\\-dat FILE of NVIDIA's.\n.SH OPTIONS\nIn brackets, what holds if the option is not "
        "given.\n",
        stream);
    int count;
    const pn_option *rows = pn_option_rows(&count);
    for (int i = 0; i < count; i++)
        if (pn_help_takes(PN_COMMAND_HPL, &rows[i]))
            print_manual_option(stream, &rows[i], false);
    fputs(".SH EXIT STATUS\n.TP\n.B 0\nAll results passed their check.\n.TP\n.B 1\nA result did "
          "not.\n.TP\n.B 2\nA failure; standard error says where, what was read and what is "
          "allowed.\n.SH SEE ALSO\n.BR panache (1)\n",
          stream);
}
