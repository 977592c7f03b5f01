// SPDX-License-Identifier: BSD-3-Clause
// What the tables of commands and options say about themselves: help, manual page, completion.
#ifndef PN_CLI_HELP_H
#define PN_CLI_HELP_H

#include "config/options.h"

#include <stdio.h>

void pn_help_overview(FILE *stream);
void pn_help_command(FILE *stream, pn_command command);
void pn_help_manual(FILE *stream);      // panache.1: roff, for man
void pn_help_manual_xhpl(FILE *stream); // xhpl.1

// In the order of PN_SHELL_WORDS.
typedef enum pn_shell { PN_SHELL_NONE, PN_SHELL_BASH, PN_SHELL_ZSH, PN_SHELL_FISH } pn_shell;
void pn_help_completion(FILE *stream, pn_shell shell);

// The names of an option as typed, such as "-N, --n COUNT".
void pn_help_names(const pn_option *row, char *text, size_t bytes);

// Whether a command takes the option of a row.
bool pn_help_takes(pn_command command, const pn_option *row);

#endif
