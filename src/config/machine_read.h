// SPDX-License-Identifier: BSD-3-Clause
// A machine file, read and checked.
#ifndef PN_CONFIG_MACHINE_READ_H
#define PN_CONFIG_MACHINE_READ_H

#include "config/machine.h"

// Reads and checks. Failures name file, line, key, what was read and what is allowed.
pn_status pn_machine_read(pn_machine **machine, const char *path);
// The same from text; `name` stands for the file in messages.
pn_status pn_machine_read_text(pn_machine **machine, const char *name, const char *text);

#endif
