// SPDX-License-Identifier: BSD-3-Clause
// The manual pages, made from the tables. They are kept in the repository for packagers; a test
// holds them against what this prints.
#include "cli/manual.h"

#include "cli/examples.h"
#include "cli/help.h"
#include "cli/option_groups.h"

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

static void print_paragraph(FILE *stream, const char *term, const char *text)
{
    fputs(".TP\n.B ", stream);
    print_roff(stream, term);
    fputc('\n', stream);
    print_roff(stream, text);
    fputc('\n', stream);
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

// Under headings; of one command, or of all, and then with those that take them.
static void print_manual_options(FILE *stream, unsigned commands, bool has_commands)
{
    int count;
    const pn_option *rows = pn_option_rows(&count);
    for (int group = 0; group < pn_option_group_count(); group++) {
        int told = 0;
        for (int i = 0; i < count; i++) {
            if (!(rows[i].commands & commands) || pn_option_group_of(&rows[i]) != group)
                continue;
            if (told++ == 0)
                fprintf(stream, ".SS %s\n", pn_option_group_title(group));
            print_manual_option(stream, &rows[i], has_commands);
        }
    }
}

static void print_manual_examples(FILE *stream, pn_command command)
{
    const pn_example *examples = pn_examples_of(command);
    for (int i = 0; i < PN_EXAMPLES && examples[i].line; i++)
        print_paragraph(stream, examples[i].line, examples[i].does);
}

static void print_manual_environment(FILE *stream)
{
    static const pn_example variables[] = {
        {"PANACHE_MACHINES",
         "Folders of machine files, separated by colons, before those shipped."},
        {"PANACHE_PLUGINS", "Folders of plug-ins (MPI, CUDA, HIP), before those of the program."},
        {"PANACHE_BLAS_PATH", "The folders in which a BLAS is looked for, and no others."},
        {"OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, MKL_NUM_THREADS, BLIS_NUM_THREADS, "
         "SLURM_CPUS_PER_TASK",
         "The least of them bounds the threads of a rank, unless --threads is given."},
        {"OPENBLAS_CORETYPE, BLIS_ARCH_TYPE, MKL_ENABLE_INSTRUCTIONS",
         "Kernels of a BLAS; --blas auto takes what is faster, and says what they would cost."},
        {"XDG_CACHE_HOME", "Where trials of the BLAS are remembered; else ~/.cache."},
        {"TMPDIR", "Where an MPI puts its files; it has to be there and to have room."}};
    fputs(".SH ENVIRONMENT\n", stream);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        print_paragraph(stream, variables[i].line, variables[i].does);
}

static void print_manual_files(FILE *stream)
{
    fputs(".SH FILES\n.TP\n.I panache\\-results/\nHPL's text and the JSON record of each run.\n"
          ".TP\n.I HPL.dat\nRead by xhpl and by panache hpl.\n"
          ".TP\n.I ~/.cache/panache/\nWhat trials of the BLAS gave on this host. May be removed.\n"
          ".TP\n.I share/panache/machines/\nMachines that are known by name, beside the program.\n",
          stream);
}

static void print_manual_exit_codes(FILE *stream)
{
    fputs(
        ".SH EXIT STATUS\n.TP\n.B 0\nThe result passed its check; of commands that run nothing: "
        "what was asked for is\ndone.\n.TP\n.B 1\nA finding. Of run, mxp, resume and hpl: the "
        "residual is too large, or the matrix is\nsingular or not finite; of screen: a part is "
        "slower than its like; of doctor:\nsomething costs more than 5 %; of blas: no library "
        "computes rightly. No other\ncommand ends with it.\n.TP\n.B 2\nA failure; standard "
        "error says where, what was read and what is allowed.\n.PP\nA launcher may make another "
        "number of them: mpiexec of MPICH joins the bits of all\nranks (1 and 2 make 3), and a "
        "rank that was killed is 137 under mpirun of Open MPI and\n9 under MPICH's. A signal that "
        "ends a run leaves 128 and its number in a shell.\n",
        stream);
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
    print_manual_options(stream, PN_FOR_ALL, true);
    fputs(".SH EXAMPLES\n", stream);
    for (int command = 0; command < PN_COMMAND_COUNT; command++)
        print_manual_examples(stream, (pn_command)command);
    print_manual_environment(stream);
    print_manual_files(stream);
    print_manual_exit_codes(stream);
    fputs(".SH SEE ALSO\n.BR xhpl (1)\n", stream);
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
    print_manual_options(stream, PN_FOR(HPL), false);
    fputs(".SH EXAMPLES\n", stream);
    print_manual_examples(stream, PN_COMMAND_HPL);
    fputs(".SH EXIT STATUS\n.TP\n.B 0\nAll results passed their check.\n.TP\n.B 1\nA result did "
          "not.\n.TP\n.B 2\nA failure; standard error says where, what was read and what is "
          "allowed.\n.SH SEE ALSO\n.BR panache (1)\n",
          stream);
}
