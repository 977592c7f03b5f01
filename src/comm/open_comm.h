// SPDX-License-Identifier: BSD-3-Clause
// Choosing and opening a communicator.
#ifndef PN_COMM_OPEN_COMM_H
#define PN_COMM_OPEN_COMM_H

#include "base/log.h"
#include "comm/comm.h"

typedef struct pn_comm_request {
    const char *library;  // "auto", "none", "openmpi", "mpich" or the path of a plug-in
    double start_timeout; // seconds until a rank that does not arrive is named; 0: no limit
    pn_log *log;          // not NULL; kept by the communicator
    size_t message_limit; // largest piece handed to MPI with one count; 0: as large as it takes
    int *argc;
    char ***argv;
} pn_comm_request;

// "auto" takes the MPI whose launcher started this process (by its environment) and `self` if none
// did. Sets the log's rank and ranks. Failures: no plug-in for that MPI, library missing, a world
// of another size than the launcher announced. Ranks that do not arrive in time end the job here:
// they are named on standard error, exit code 2.
pn_status pn_comm_open(pn_comm **comm, const pn_comm_request *request);

#endif
