// SPDX-License-Identifier: BSD-3-Clause
// What a communication backend offers to open.c: `self` is linked in, an MPI backend is a plug-in
// that exports one pn_backend under the name PN_BACKEND_SYMBOL. A plug-in has its own copy of
// base/, so a failure's message travels in the request.
#ifndef PN_COMM_COMM_BACKEND_H
#define PN_COMM_COMM_BACKEND_H

#include "comm/comm.h"

// Counts changes of the structures shared with plug-ins, so that a stale one is refused.
enum { PN_BACKEND_VERSION = 6 };

#define PN_BACKEND_SYMBOL "pn_comm_backend"

typedef struct pn_backend_request {
    pn_log *log;          // kept by the communicator
    size_t message_limit; // see pn_comm_request
    int *argc;
    char ***argv;
    char message[1024]; // of a failure
    bool is_alone;      // set by the backend: one rank that no launcher has started, as MPI sees it
} pn_backend_request;

typedef struct pn_backend {
    int version;        // PN_BACKEND_VERSION at its build
    size_t comm_bytes;  // sizeof(pn_comm) at its build
    const char *family; // "Open MPI", "MPICH"
    pn_status (*open)(pn_comm **comm, pn_backend_request *request);
} pn_backend;

#endif
