// SPDX-License-Identifier: BSD-3-Clause
// What main hands to a command: its options and operands, already read. A command is a row of
// PN_COMMANDS (config/options.h) and a function of this form, named pn_command_<name>.
#ifndef PN_CLI_COMMAND_H
#define PN_CLI_COMMAND_H

#include "config/options.h"

// Exit codes of every command.
enum { PN_EXIT_PASSED = 0, PN_EXIT_FINDING = 1, PN_EXIT_FAILURE = 2 };

typedef struct pn_invocation {
    pn_command command;
    pn_options options;
    pn_operands operands;
    int argc; // of main, for the communicator
    char **argv;
} pn_invocation;

#define PN_COMMAND_DECLARATION(id, name, operands, most, summary)                                  \
    int pn_command_##name(const pn_invocation *invocation);
PN_COMMANDS(PN_COMMAND_DECLARATION)
#undef PN_COMMAND_DECLARATION

// The command of that name; the failure names the nearest one and all.
pn_status pn_command_find(pn_command *command, const char *name);

// Says the last failure on standard error as "panache: ..." and returns PN_EXIT_FAILURE.
int pn_command_failed(void);

// This process's number among those that its launcher started, by the launcher's environment; 0 if
// there is no launcher. For what is said before, or without, a communicator.
int pn_launcher_rank(void);
int pn_launcher_local_rank(void); // the same among those of its host

#endif
