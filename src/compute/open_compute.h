// SPDX-License-Identifier: BSD-3-Clause
// Choosing and opening what a rank computes with.
#ifndef PN_COMPUTE_OPEN_COMPUTE_H
#define PN_COMPUTE_OPEN_COMPUTE_H

#include "compute/compute.h"

typedef struct pn_compute_request {
    // "auto": a device if there is one, else the processors; "cpu"; "cuda" (NVIDIA's), "hip"
    // (AMD's): a device, whichever; "cuda:0"; "deferred": the test backend,
    // "deferred:500" one that breaks at its 500th operation.
    const char *device;
    int local_rank, local_ranks; // among the ranks of this host that ask for the same
    int fp64_bits;               // that products of FP64 are emulated with; 0: native ones
    pn_team *team;
    const pn_blas *blas;
} pn_compute_request;

enum { PN_COMPUTE_REASON = 512 };

// Several ranks of a host take its devices in turn. `reason`: why it is this one.
// Failures: emulated products where there are none; a word that is not allowed, a device that is
// not there, a plug-in or driver that is missing or does not fit. "auto" fails only on the
// processors.
pn_status pn_compute_open(pn_compute **compute, const pn_compute_request *request,
                          char reason[PN_COMPUTE_REASON]);

// Whether the driver of a maker's devices is on this host: "cuda" or "hip".
bool pn_device_driver_found(const char *word);

#endif
