// SPDX-License-Identifier: BSD-3-Clause
// A part of a machine: some partitions, those in service on a day, so many nodes of each.
#ifndef PN_CONFIG_MACHINE_SELECT_H
#define PN_CONFIG_MACHINE_SELECT_H

#include "config/machine.h"

// Keeps only the partitions in the comma-separated list `names`, in that order, and the gateways
// between them. Failure: an unknown name (with the nearest and all known ones).
pn_status pn_machine_select(pn_machine *machine, const char *names);

// Keeps only the partitions in service on `date` (YYYY, YYYY-MM or YYYY-MM-DD: its first day).
// Failures: not a date, nothing in service then.
pn_status pn_machine_at(pn_machine *machine, const char *date);

// Keeps only the partitions without an end of service, if there is any such. Failure: memory.
pn_status pn_machine_at_present(pn_machine *machine);

// Gives every partition so many nodes. What was published of the whole and grows with them (total
// counts, peaks, power) is scaled, and says so as its source; what a run of other nodes reached is
// dropped. Nothing changes where a count is that already. Failure: memory.
pn_status pn_machine_resize(pn_machine *machine, double nodes);

#endif
