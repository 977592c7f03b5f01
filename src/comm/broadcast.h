// SPDX-License-Identifier: BSD-3-Clause
// Panel broadcast along a process row, segment by segment, in the background. Every topology is one
// table: for each segment, who receives it from whom. The owner of the next panel is served first.
#ifndef PN_COMM_BROADCAST_H
#define PN_COMM_BROADCAST_H

#include "base/settings.h"
#include "comm/comm.h"
#include "comm/group.h"

typedef struct pn_broadcast pn_broadcast;

typedef struct pn_broadcast_way {
    pn_topology topology;
    size_t segment_bytes; // > 0
    int window;           // > 0: transfers that a member has under way at once, each way
} pn_broadcast_way;

// One broadcast at a time per object; make one for each panel buffer, each with a group of its own
// tags (the same on all members), since several may be in flight between the same members. The
// group's `ranks` are borrowed.
pn_status pn_broadcast_create(pn_broadcast **broadcast, const pn_group *group,
                              const pn_broadcast_way *way);
void pn_broadcast_destroy(pn_broadcast *broadcast);

// Begins: the root's `data` is complete; elsewhere it is filled from now on. ring[size]: the places
// of all members in the order of the ring, the root first (copied). All members call it in the same
// order with the same bytes and ring. From here to the end of pn_broadcast_finish it also moves
// along during every blocking call of the communicator.
void pn_broadcast_start(pn_broadcast *broadcast, void *data, size_t bytes, const int *ring);
// Moves things along without blocking; true once `data` is complete here. Relaying may go on.
bool pn_broadcast_progress(pn_broadcast *broadcast);
// Blocks until complete here *and* nothing of `data` is still being sent: it may be reused.
void pn_broadcast_finish(pn_broadcast *broadcast);

#endif
