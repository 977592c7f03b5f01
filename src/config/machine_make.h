// SPDX-License-Identifier: BSD-3-Clause
// A machine made here, by a reader or by a measurement: an empty one, and its entries one by one.
#ifndef PN_CONFIG_MACHINE_MAKE_H
#define PN_CONFIG_MACHINE_MAKE_H

#include "config/machine.h"

pn_status pn_machine_create(pn_machine **machine, const char *name);
void pn_machine_destroy(pn_machine *machine); // NULL: nothing

// A new zeroed entry at the end of a list; NULL if memory is out. Earlier entries may move.
pn_machine_partition *pn_machine_add_partition(pn_machine *machine);
pn_machine_device *pn_machine_add_device(pn_machine *machine);
pn_machine_measurement *pn_machine_add_measurement(pn_machine_partition *partition);

#endif
