// SPDX-License-Identifier: BSD-3-Clause
// The energy of a run, from what its hosts' and devices' meters told: nothing twice, and in words
// what it covers. It is no measurement by the rules of the Green500, which ask for a meter before
// the power supplies.
#ifndef PN_MEASURE_ENERGY_TOTAL_H
#define PN_MEASURE_ENERGY_TOTAL_H

#include "measure/result.h"

typedef struct pn_energy_total {
    double joules; // of all that was metered while the clock ran; 0: nothing was
    double watts;  // that is on average
    double whole;  // joules from the matrix's generation to its verification, devices left out
    double flops_per_watt;             // FLOP/s by watts
    double joules_of[PN_ENERGY_PARTS]; // NODE: of nodes metered as a whole, which hold the others
    int hosts, metered_hosts;          // on which ranks took part
    int devices, metered_devices;
    char refused[104]; // a counter that some host may not read; "": none
    char refused_host[64];
} pn_energy_total;

pn_energy_total pn_energy_total_of(const pn_result *result);

// "processors and memory of 2 hosts (RAPL), 4 devices; no fans, no network".
void pn_energy_coverage(const pn_energy_total *total, char *text, size_t bytes);

#endif
