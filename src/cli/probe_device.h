// SPDX-License-Identifier: BSD-3-Clause
// What `panache probe` measures of the device that a rank would compute on, by the operations of a
// run, and how the machine file says it.
#ifndef PN_CLI_PROBE_DEVICE_H
#define PN_CLI_PROBE_DEVICE_H

#include "config/machine.h"
#include "job/job.h"

typedef struct pn_probe_device { // as it travels; all 0 where there is none
    char kind[64];
    int32_t count;     // such as it is one of on this host
    int64_t memory;    // bytes that this rank may have
    double rate;       // operations per second of the multiplication, at the best block size
    double panel_rate; // the same of panels; 0: it factors none
    double bandwidth;  // bytes per second, copying rows
} pn_probe_device;

// Opens the device of the word `wanted`, beside the job's processors; NULL if that word means
// the processors here. Every rank calls it. Failures: those of pn_compute_open, told by nobody yet.
pn_status pn_probe_device_open(pn_job *job, const char *wanted, pn_compute **device);

// Every rank calls it with its own device, or NULL. Failure: memory of the device, told already.
pn_status pn_probe_device_measure(pn_job *job, pn_compute *device, pn_probe_device *found);

// Says in `node`, and in the machine's list of devices, what was found by each of `ranks` ranks of
// a node. Failure: memory.
pn_status pn_probe_device_describe(pn_machine *machine, pn_machine_partition *node,
                                   const pn_probe_device *found, double ranks);

#endif
