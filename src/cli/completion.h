// SPDX-License-Identifier: BSD-3-Clause
// Completion of the command line in shells, made from the tables of commands and options.
#ifndef PN_CLI_COMPLETION_H
#define PN_CLI_COMPLETION_H

#include <stdio.h>

// In the order of PN_SHELL_WORDS.
typedef enum pn_shell { PN_SHELL_NONE, PN_SHELL_BASH, PN_SHELL_ZSH, PN_SHELL_FISH } pn_shell;

void pn_completion_write(FILE *stream, pn_shell shell);

#endif
