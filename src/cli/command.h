// SPDX-License-Identifier: BSD-3-Clause
// A command is a row of PN_COMMANDS (config/options.h) and a function of this form, named
// pn_command_<name>; it returns the exit code (base/exit_code.h).
#ifndef PN_CLI_COMMAND_H
#define PN_CLI_COMMAND_H

#include "base/exit_code.h"
#include "config/invocation.h"

#define PN_COMMAND_DECLARATION(id, name, operands, most, summary)                                  \
    int pn_command_##name(const pn_invocation *invocation);
PN_COMMANDS(PN_COMMAND_DECLARATION)
#undef PN_COMMAND_DECLARATION

// The command of that name; the failure names the nearest one and all.
pn_status pn_command_find(pn_command *command, const char *name);

// Says the last failure on standard error as "panache: ..." and returns PN_EXIT_FAILURE.
int pn_command_failed(void);

#endif
