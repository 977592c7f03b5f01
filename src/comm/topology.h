// SPDX-License-Identifier: BSD-3-Clause
// The routes of a broadcast as a table: member `distance` places after the root takes step 0, 1,
// ... of its route; in each it gets one segment from its parent and passes it on to its children,
// in the order given. Between any two members the sender's order of segments is the receiver's.
// Pure.
#ifndef PN_COMM_TOPOLOGY_H
#define PN_COMM_TOPOLOGY_H

#include "base/settings.h"

enum { PN_HOP_CHILDREN = 2 };

typedef struct pn_route {
    pn_topology topology;
    int members;
    int distance;         // 0: the root
    int64_t segments;     // of the whole message
    size_t segment_bytes; // of each; the last ones may be shorter or empty
    int64_t steps;        // on this member's route
} pn_route;

typedef struct pn_hop {
    int64_t segment;
    int parent; // distances from the root; -1 at the root
    int child_count;
    int children[PN_HOP_CHILDREN];
} pn_hop;

// No bytes or no other member: no steps.
pn_route pn_route_plan(pn_topology topology, int members, int distance, size_t bytes,
                       size_t segment_bytes);
pn_hop pn_route_hop(const pn_route *route, int64_t step);

#endif
