// SPDX-License-Identifier: BSD-3-Clause
// How fast numbers come to a device and back.
#ifndef PN_PROBE_BUS_RATE_H
#define PN_PROBE_BUS_RATE_H

#include "compute/compute.h"

// Bytes a second each way, as a copy there and one back have them, one after the other: the two
// ways of a bus do not share it. Failure: memory.
pn_status pn_bus_rate_measure(double *rate, pn_compute *device);

#endif
