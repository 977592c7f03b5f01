// SPDX-License-Identifier: BSD-3-Clause
// Choosing and opening a communicator.
#ifndef PN_COMM_OPEN_H
#define PN_COMM_OPEN_H

#include "base/log.h"
#include "comm/comm.h"

typedef struct pn_comm_request {
    const char *library;  // "auto", "none", "openmpi", "mpich" or the path of a plug-in
    double start_timeout; // seconds until a rank that does not arrive is named; 0: no limit
    pn_log *log;
    int *argc;
    char ***argv;
} pn_comm_request;

// "auto" takes the MPI whose launcher started this process (by its environment) and `self` if none
// did. Failures: no plug-in for that MPI, library missing, ranks that do not arrive.
pn_status pn_comm_open(pn_comm **comm, const pn_comm_request *request);

#endif
