// SPDX-License-Identifier: BSD-3-Clause
// What a command is typed as: a few lines for each, shown by its help and in the manual page.
#ifndef PN_CLI_EXAMPLES_H
#define PN_CLI_EXAMPLES_H

#include "config/options.h"

typedef struct pn_example {
    const char *line; // as typed
    const char *does;
} pn_example;

enum { PN_EXAMPLES = 4 };

// examples[PN_EXAMPLES], those that are not used at the end without a line.
const pn_example *pn_examples_of(pn_command command);

// What the exit codes of a command mean: one sentence.
const char *pn_exit_codes_of(pn_command command);

#endif
