// SPDX-License-Identifier: BSD-3-Clause
// In which order hosts stand beside each other, by the links that were measured between them. Hosts
// that reach each other by about equally fast links make an island, islands make wider ones; each
// is a run of neighbours, so that a ring enters it once (grid/layout.h, pn_layout_ring). Inside an
// island the way round its members is the shortest that is found. Pure.
#ifndef PN_TUNE_HOST_ORDER_H
#define PN_TUNE_HOST_ORDER_H

#include "base/status.h"
#include "base/types.h"

typedef struct pn_host_links {
    int hosts;
    const double *latency;   // [hosts * hosts] s one way, from row to column
    const double *bandwidth; // [hosts * hosts] bytes/s; on the diagonal inside the host, 0: unknown
} pn_host_links;

typedef struct pn_host_order {
    int *place; // [hosts] of a host in the order
    int *gaps;  // [hosts] by place: how slow the links to the place before are; 0: as inside a host
} pn_host_order;

enum { PN_HOSTS_MOST = 64 }; // that are measured: with more the rounds would take too long

// Fills the order's tables. Where the natural order is as good within 5 % it stays. Failure:
// memory.
pn_status pn_hosts_order(const pn_host_links *links, pn_host_order *order);

// The widest gap between two places.
int pn_hosts_gap(const pn_host_order *order, int place, int other);

// Seconds of a message of a ring between two hosts, by the worse direction; inside one if equal, 0
// if that is unknown.
double pn_hosts_seconds(const pn_host_links *links, int host, int other);

#endif
