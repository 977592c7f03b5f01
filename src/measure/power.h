// SPDX-License-Identifier: BSD-3-Clause
// Electrical power, clocks and throttling of what a rank computes on, sampled by a thread of its
// own while the clock runs. A device is asked through NVML, opened at run time, or, one of AMD's,
// by the files of its driver (amd_power.h). What hosts take is another matter (energy.h).
#ifndef PN_MEASURE_POWER_H
#define PN_MEASURE_POWER_H

#include "base/types.h"

typedef struct pn_power pn_power;

typedef struct pn_power_record {
    char meter[32]; // "NVML", "amdgpu"; "": nothing could be read
    int samples;
    double watts;      // average
    double joules;     // by the device's counter, or the average for as long as it was sampled
    double seconds;    // that this was
    double watts_most; // largest sample
    double clock_mhz;  // average of the device's processors; 0: unknown
    double clock_least_mhz;
    char throttled[64]; // reasons met, by name: "power, heat"; "": none
} pn_power_record;

// bus: the device's address on the PCI bus ("0000:1b:00.0"). NULL if nothing can be sampled; so it
// is for "", the processors.
pn_power *pn_power_start(const char *bus);
// Ends the sampling; NULL is allowed and gives an empty record.
void pn_power_stop(pn_power *power, pn_power_record *record);

// "throttled (heat), clock 1410 MHz on average and 1200 at least", or "" where nothing throttled
// it. Returns what snprintf does.
int pn_power_explain(const pn_power_record *record, char *text, size_t bytes);

#endif
