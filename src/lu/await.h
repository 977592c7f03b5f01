// SPDX-License-Identifier: BSD-3-Clause
// Waiting for the part without keeping the neighbours waiting.
#ifndef PN_LU_AWAIT_H
#define PN_LU_AWAIT_H

#include "comm/comm.h"
#include "compute/compute.h"

// Returns when `ticket` is done; messages that pass through this rank move on meanwhile. The time
// counts as the part's own work, not as waiting for others.
void pn_await(pn_comm *comm, pn_compute *compute, pn_ticket ticket);

#endif
