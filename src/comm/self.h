// SPDX-License-Identifier: BSD-3-Clause
// One process without MPI.
#ifndef PN_COMM_SELF_H
#define PN_COMM_SELF_H

#include "comm/comm.h"

// One process, no library: messages go to oneself.
pn_status pn_comm_self_open(pn_comm **comm, pn_log *log);

#endif
