// SPDX-License-Identifier: BSD-3-Clause
// Energy that a host takes, by the counters that its makers built in: pm_counters of an HPE Cray
// node (files below /sys/cray/pm_counters, readable by users), or RAPL's packages and memory
// through Linux's powercap (Documentation/power/powercap/powercap.rst), never its "psys", which
// holds both again. Counters are read at both ends of what is measured, and beside that often
// enough to see them start again. One process a host reads them.
#ifndef PN_MEASURE_ENERGY_H
#define PN_MEASURE_ENERGY_H

#include <stdbool.h>

typedef enum pn_energy_part {
    PN_ENERGY_NODE, // all that the node's supplies give, its devices included
    PN_ENERGY_PROCESSORS,
    PN_ENERGY_MEMORY,
    PN_ENERGY_DEVICES,
    PN_ENERGY_PARTS
} pn_energy_part;

const char *pn_energy_part_name(pn_energy_part part);

typedef struct pn_energy_record { // plain bytes: travels between ranks
    char meter[24];    // "pm_counters", "RAPL"; "": none could be read, or another rank does
    char refused[104]; // a counter that is there and may not be read; "": none
    double joules[PN_ENERGY_PARTS]; // while the clock ran; below 0: not metered
    double whole[PN_ENERGY_PARTS];  // from the matrix's generation to its verification
    double seconds, whole_seconds;  // of both
} pn_energy_record;

typedef struct pn_energy pn_energy;

// sysfs: the folder that Linux mounts at /sys. Always there but for a lack of memory (NULL), even
// if there is nothing to read.
pn_energy *pn_energy_open(const char *sysfs);
// The ends of what the clock measures.
void pn_energy_begin(pn_energy *energy);
void pn_energy_end(pn_energy *energy);
// Fills the record and closes; NULL gives an empty one.
void pn_energy_close(pn_energy *energy, pn_energy_record *record);

#endif
