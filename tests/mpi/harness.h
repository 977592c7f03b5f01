// SPDX-License-Identifier: BSD-3-Clause
// What the tests that run under an MPI launcher share: opening the communicator, and a check whose
// failure names place and condition and ends the whole job with exit code 1.
#ifndef PN_TESTS_MPI_HARNESS_H
#define PN_TESTS_MPI_HARNESS_H

#include "comm/comm.h"
#include "comm/open_comm.h"

#include <stdlib.h>

#define CHECK(comm, condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            pn_log_rank((comm)->log, "%s:%d: not so: %s", __FILE__, __LINE__, #condition);         \
            pn_comm_abort(comm, 1);                                                                \
        }                                                                                          \
    } while (0)

static inline pn_comm *harness_open(pn_log *log, const pn_comm_request *wanted)
{
    pn_comm *comm = NULL;
    *log = pn_log_create(PN_LOG_NORMAL);
    pn_comm_request request = *wanted;
    request.library = "auto";
    request.log = log;
    if (pn_comm_open(&comm, &request) != PN_OK) {
        pn_log_rank(log, "%s", pn_fail_message());
        exit(2);
    }
    return comm;
}

#endif
