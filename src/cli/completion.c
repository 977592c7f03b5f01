// SPDX-License-Identifier: BSD-3-Clause
// Completion of the command line for shells, made from the tables. The files are kept in the
// repository for packagers; a test holds them against what this prints.
#include "cli/completion.h"

#include "cli/help.h"
#include "config/word.h"

#include <string.h>

static void print_words_for(FILE *stream, const pn_option *row)
{
    if (row->letter)
        fprintf(stream, " -%c", row->letter);
    const char *words = row->name ? row->name : row->words;
    for (int i = 0; i < pn_word_count(words); i++) {
        char word[64];
        pn_word_at(words, i, word, sizeof word);
        fprintf(stream, " --%s", word);
    }
}

static void print_value_cases(FILE *stream, const pn_option *rows, int count)
{
    for (int i = 0; i < count; i++) {
        if (rows[i].kind != PN_KIND_WORD)
            continue;
        fprintf(stream, "        --%s) words=\"", rows[i].name);
        for (const char *at = rows[i].words; *at; at++)
            fputc(*at == '|' ? ' ' : *at, stream);
        fputs("\" ;;\n", stream);
    }
}

static void print_bash(FILE *stream)
{
    int count;
    const pn_option *rows = pn_option_rows(&count);
    fputs("# SPDX-License-Identifier: BSD-3-Clause\n"
          "# Completion in bash; printed by `panache help --completion bash`.\n"
          "_panache() {\n    local word=${COMP_WORDS[COMP_CWORD]} "
          "before=${COMP_WORDS[COMP_CWORD-1]} words\n    case ${COMP_WORDS[1]} in\n",
          stream);
    for (int command = 0; command < PN_COMMAND_COUNT; command++) {
        fprintf(stream, "        %s) words=\"", pn_command_rows()[command].name);
        for (int i = 0; i < count; i++)
            if (pn_help_takes((pn_command)command, &rows[i]))
                print_words_for(stream, &rows[i]);
        fputs("\" ;;\n", stream);
    }
    fputs("    esac\n    ((COMP_CWORD == 1)) && words=\"", stream);
    for (int command = 0; command < PN_COMMAND_COUNT; command++)
        fprintf(stream, "%s%s", command ? " " : "", pn_command_rows()[command].name);
    fputs("\"\n    case $before in\n", stream);
    print_value_cases(stream, rows, count);
    fputs("    esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\n"
          "complete -o default -F _panache panache\n",
          stream);
}

// The words of an option, with spaces between.
static void print_words(FILE *stream, const char *words)
{
    for (; *words; words++)
        fputc(*words == '|' ? ' ' : *words, stream);
}

// Text inside single quotes; `special`: what else has a meaning there and takes a backslash.
static void print_quoted(FILE *stream, const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            fputc('\\', stream);
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, stream);
    }
}

static void print_zsh_option(FILE *stream, const pn_option *row, const char *name)
{
    fprintf(stream, " \\\n            '%s[", name);
    print_quoted(stream, row->help, "[]:\\");
    fputc(']', stream);
    if (row->argument) {
        fputc(':', stream);
        print_quoted(stream, row->argument, ":\\");
        fputc(':', stream);
    }
    if (row->kind == PN_KIND_WORD) {
        fputc('(', stream);
        print_words(stream, row->words);
        fputc(')', stream);
    } else if (row->argument) {
        fputs("_files", stream);
    }
    fputc('\'', stream);
}

static void print_zsh_options(FILE *stream, const pn_option *row)
{
    char name[80], word[64];
    if (row->letter) {
        snprintf(name, sizeof name, "-%c", row->letter);
        print_zsh_option(stream, row, name);
    }
    const char *words = row->name ? row->name : row->words;
    for (int i = 0; i < pn_word_count(words); i++) {
        pn_word_at(words, i, word, sizeof word);
        snprintf(name, sizeof name, "--%s", word);
        print_zsh_option(stream, row, name);
    }
}

static void print_zsh(FILE *stream)
{
    int count;
    const pn_option *rows = pn_option_rows(&count);
    fputs("#compdef panache\n# SPDX-License-Identifier: BSD-3-Clause\n"
          "# Completion in zsh; printed by `panache help --completion zsh`.\n"
          "local -a commands=(\n",
          stream);
    for (int i = 0; i < PN_COMMAND_COUNT; i++) {
        fprintf(stream, "    '%s:", pn_command_rows()[i].name);
        print_quoted(stream, pn_command_rows()[i].summary, "");
        fputs("'\n", stream);
    }
    fputs(")\nif ((CURRENT == 2)); then\n    _describe command commands\n    return\nfi\n"
          "local command=$words[2]\nshift words\n((CURRENT--))\ncase $command in\n",
          stream);
    for (int command = 0; command < PN_COMMAND_COUNT; command++) {
        fprintf(stream, "    %s)\n        _arguments", pn_command_rows()[command].name);
        for (int i = 0; i < count; i++)
            if (pn_help_takes((pn_command)command, &rows[i]))
                print_zsh_options(stream, &rows[i]);
        fputs(" \\\n            '*:file:_files' ;;\n", stream);
    }
    fputs("esac\n", stream);
}

static void print_fish_option(FILE *stream, const pn_option *row)
{
    fputs("complete -c panache -n '__fish_seen_subcommand_from", stream);
    for (int command = 0; command < PN_COMMAND_COUNT; command++)
        if (pn_help_takes((pn_command)command, row))
            fprintf(stream, " %s", pn_command_rows()[command].name);
    fputc('\'', stream);
    if (row->letter)
        fprintf(stream, " -s %c", row->letter);
    const char *words = row->name ? row->name : row->words;
    for (int i = 0; i < pn_word_count(words); i++) {
        char word[64];
        pn_word_at(words, i, word, sizeof word);
        fprintf(stream, " -l %s", word);
    }
    if (row->kind == PN_KIND_WORD) {
        fputs(" -x -a '", stream);
        print_words(stream, row->words);
        fputc('\'', stream);
    } else if (row->argument) {
        fputs(" -r", stream);
    }
    fputs(" -d '", stream);
    print_quoted(stream, row->help, "\\");
    fputs("'\n", stream);
}

static void print_fish(FILE *stream)
{
    int count;
    const pn_option *rows = pn_option_rows(&count);
    fputs("# SPDX-License-Identifier: BSD-3-Clause\n"
          "# Completion in fish; printed by `panache help --completion fish`.\n",
          stream);
    for (int i = 0; i < PN_COMMAND_COUNT; i++) {
        fprintf(stream, "complete -c panache -f -n __fish_use_subcommand -a %s -d '",
                pn_command_rows()[i].name);
        print_quoted(stream, pn_command_rows()[i].summary, "\\");
        fputs("'\n", stream);
    }
    for (int i = 0; i < count; i++)
        print_fish_option(stream, &rows[i]);
}

void pn_completion_write(FILE *stream, pn_shell shell)
{
    if (shell == PN_SHELL_BASH)
        print_bash(stream);
    else if (shell == PN_SHELL_ZSH)
        print_zsh(stream);
    else
        print_fish(stream);
}
