// SPDX-License-Identifier: BSD-3-Clause
// Where a command line says that things shall be written, and what a process does with its standard
// streams, in one place for all commands.
#ifndef PN_CLI_PATHS_H
#define PN_CLI_PATHS_H

#include "config/invocation.h"

// Failure: a file that would be written is one that is read, by whatever name, or is written twice.
pn_status pn_paths_check(const pn_invocation *invocation);

// Descriptors 0 to 2 that came closed lead nowhere then: a file that is opened later takes none of
// them and receives none of what is said there. Writing to standard output still fails.
void pn_streams_open(void);

// Failure: not all that was said on standard output has arrived.
pn_status pn_streams_close(void);

#endif
