// SPDX-License-Identifier: BSD-3-Clause
// A machine as a file that reads as the same.
#ifndef PN_CONFIG_MACHINE_WRITE_H
#define PN_CONFIG_MACHINE_WRITE_H

#include "config/machine.h"

// Writes what pn_machine_read reads. `stream` is borrowed.
pn_status pn_machine_write(const pn_machine *machine, FILE *stream);

#endif
