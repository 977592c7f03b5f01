// SPDX-License-Identifier: BSD-3-Clause
// What the tables of commands and options say about themselves, on the screen.
#ifndef PN_CLI_HELP_H
#define PN_CLI_HELP_H

#include "config/options.h"

#include <stdio.h>

void pn_help_overview(FILE *stream);
void pn_help_command(FILE *stream, pn_command command);

// The names of an option as typed, such as "-N, --n COUNT".
void pn_help_names(const pn_option *row, char *text, size_t bytes);

// Whether a command takes the option of a row.
bool pn_help_takes(pn_command command, const pn_option *row);

#endif
