// SPDX-License-Identifier: BSD-3-Clause
// What main hands to a command: its options and operands, already read.
#ifndef PN_CONFIG_INVOCATION_H
#define PN_CONFIG_INVOCATION_H

#include "config/options.h"

typedef struct pn_invocation {
    pn_command command;
    pn_options options;
    pn_operands operands;
    int argc; // of main, for the communicator
    char **argv;
} pn_invocation;

#endif
