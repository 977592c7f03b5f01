// SPDX-License-Identifier: BSD-3-Clause
// A device that breaks in the middle of a run. Operations on devices return nothing, because there
// is nothing left to do for their caller: this says which device, where and what, and what to do.
#ifndef PN_BASE_BREAKDOWN_H
#define PN_BASE_BREAKDOWN_H

// Ends this process with the exit code of a failure, by which its launcher ends the job.
// device: "CUDA device 0"; what: the operation; why: the device's own words.
void pn_breakdown(const char *device, const char *what, const char *why) __attribute__((noreturn));

#endif
