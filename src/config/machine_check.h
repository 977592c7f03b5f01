// SPDX-License-Identifier: BSD-3-Clause
// What the figures of a machine have to say together.
#ifndef PN_CONFIG_MACHINE_CHECK_H
#define PN_CONFIG_MACHINE_CHECK_H

#include "config/machine.h"

// Counts and names that must agree with each other, and links that can be: of a node together at
// most PN_MACHINE_LINKS_MOST, and no faster than the memories that they are fed from, where both
// are given and were not measured. pn_machine_read has done it.
pn_status pn_machine_check(const pn_machine *machine, const char *name);

#endif
