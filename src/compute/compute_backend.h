// SPDX-License-Identifier: BSD-3-Clause
// What a device plug-in offers to open.c: one function of the name PN_COMPUTE_SYMBOL that returns
// its pn_compute_backend. A plug-in has its own copy of base/, so it sets messages by the program's
// `fail`, which it keeps for its operations.
#ifndef PN_COMPUTE_COMPUTE_BACKEND_H
#define PN_COMPUTE_COMPUTE_BACKEND_H

#include "compute/compute.h"

// Counts changes of the structures shared with plug-ins, so that a stale one is refused.
enum { PN_COMPUTE_VERSION = 7 };

#define PN_COMPUTE_SYMBOL "pn_compute_backend"

typedef pn_status pn_fail_function(pn_status status, const char *format, ...);

typedef struct pn_device_request {
    int device;
    int sharers;   // ranks that share it, this one included
    int fp64_bits; // that products of FP64 are emulated with; 0: native ones
    pn_team *team;
    const pn_blas *blas;
    pn_fail_function *fail;
} pn_device_request;

typedef struct pn_compute_backend {
    int version;          // PN_COMPUTE_VERSION at its build
    size_t compute_bytes; // sizeof(pn_compute) at its build
    size_t ops_bytes;     // sizeof(pn_compute_ops) at its build
    // Devices that can be used; a failure says why there are none (driver missing or too old).
    pn_status (*count)(int *devices, pn_fail_function *fail);
    pn_status (*open)(pn_compute **compute, const pn_device_request *request);
} pn_compute_backend;

typedef const pn_compute_backend *pn_compute_backend_function(void);

#endif
