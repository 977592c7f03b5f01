// SPDX-License-Identifier: BSD-3-Clause
// What the device of a rank is worth, by the operations of a run.
#ifndef PN_PROBE_DEVICE_RATES_H
#define PN_PROBE_DEVICE_RATES_H

#include "compute/compute.h"

typedef struct pn_device_rates { // as it travels; all 0 where there is none
    char kind[64];
    int32_t count;     // such as it is one of on this host
    int64_t memory;    // bytes that this rank may have
    double rate;       // operations per second of the multiplication, at the best block size
    double panel_rate; // the same of panels; 0: it factors none
    double bandwidth;  // bytes per second, copying rows
} pn_device_rates;

// Failure: memory of the device.
pn_status pn_device_rates_measure(pn_device_rates *found, pn_compute *device);

#endif
