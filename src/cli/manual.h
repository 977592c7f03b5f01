// SPDX-License-Identifier: BSD-3-Clause
// The manual pages, made from the tables of commands and options: roff, for man.
#ifndef PN_CLI_MANUAL_H
#define PN_CLI_MANUAL_H

#include <stdio.h>

void pn_manual_write(FILE *stream);      // panache.1
void pn_manual_write_xhpl(FILE *stream); // xhpl.1

#endif
