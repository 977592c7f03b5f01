// SPDX-License-Identifier: BSD-3-Clause
// Names of Arm's processors. Linux tells no model there, only what the main identification register
// (MIDR_EL1) says: who made a core, and a number for what it is.
#ifndef PN_MEASURE_MIDR_H
#define PN_MEASURE_MIDR_H

#include <stdbool.h>
#include <stddef.h>

// From cpuinfo in the folder `proc`: "Neoverse N1", "4 Cortex-A76 + 4 Cortex-A55" where a machine
// has big and little cores, the two numbers of a core that is not known. False if they are not
// told.
bool pn_midr_name(const char *proc, char *name, size_t bytes);

#endif
