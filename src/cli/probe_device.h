// SPDX-License-Identifier: BSD-3-Clause
// The device that a rank would compute on beside its processors: opened, measured, and as a machine
// file says it.
#ifndef PN_CLI_PROBE_DEVICE_H
#define PN_CLI_PROBE_DEVICE_H

#include "config/machine.h"
#include "job/job.h"
#include "probe/device_rates.h"

// Opens the device of the word `wanted`, beside the job's processors; NULL if that word means
// the processors here. Every rank calls it. Failures: those of pn_compute_open, told by nobody yet.
pn_status pn_probe_device_open(pn_job *job, const char *wanted, pn_compute **device);

// Every rank calls it with its own device, or NULL. Failure: memory of the device, told already.
pn_status pn_probe_device_measure(pn_job *job, pn_compute *device, pn_device_rates *found);

// Says in `node`, and in the machine's list of devices, what was found by each of `ranks` ranks of
// a node. Failure: memory.
pn_status pn_probe_device_describe(pn_machine *machine, pn_machine_partition *node,
                                   const pn_device_rates *found, double ranks);

#endif
