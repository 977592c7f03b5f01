// SPDX-License-Identifier: BSD-3-Clause
// The executor itself under SimGrid's SMPI, without arithmetic: messages between processes that
// wait for whatever comes next instead of polling (a poll would take simulated time), and a part
// whose operations take no time. A panel is factored by its reductions alone, its pivots are drawn.
#ifndef PN_BENCH_SIMGRID_RUN_H
#define PN_BENCH_SIMGRID_RUN_H

#include "comm/comm.h"
#include "compute/compute.h"

pn_comm *simgrid_comm_open(void);
void simgrid_comm_close(pn_comm *comm);

extern const pn_compute_ops simgrid_compute_ops;

#endif
