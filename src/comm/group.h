// SPDX-License-Identifier: BSD-3-Clause
// Collectives of a few ranks, a process row or column or all of them: barrier, broadcast, gathering
// and reduction, made of point-to-point messages (comm/comm.h). All members call the same in the
// same order; a failure ends the job.
#ifndef PN_COMM_GROUP_H
#define PN_COMM_GROUP_H

#include "comm/comm.h"

// An ordered set of ranks that work together (a process row, a process column, the world).
// `me` is this rank's place in it; tags tag..tag+PN_GROUP_TAGS-1 are the group's own.
typedef struct pn_group {
    pn_comm *comm;
    int size;
    int me;
    const int *ranks; // borrowed; NULL means 0..size-1
    int tag;
    // Borrowed: memory for a value of a reduction, so that none is taken while a clock runs. NULL:
    // values of some kilobytes need none, and longer ones take it for the time of the call.
    void *scratch;
    size_t scratch_bytes;
} pn_group;

enum { PN_GROUP_TAGS = 8 };

// What the group's tags are for, as offsets; those from PN_TAG_FREE on are the caller's.
enum {
    PN_TAG_BARRIER,
    PN_TAG_BROADCAST,
    PN_TAG_GATHER,
    PN_TAG_COMBINE,
    PN_TAG_PANEL, // pn_broadcast
    PN_TAG_FREE
};

// All of the communicator's ranks.
pn_group pn_group_world(pn_comm *comm, int tag);
// The rank of the member at `place`.
int pn_group_rank(const pn_group *group, int place);

void pn_group_barrier(const pn_group *group);
void pn_group_broadcast(const pn_group *group, void *data, size_t bytes, int root);
// data: size * bytes, one slot a member; the member's own slot is filled before the call.
void pn_group_gather_all(const pn_group *group, void *data, size_t bytes);

// into := into (+) from, for `bytes` bytes; associative and commutative.
typedef void pn_combine(void *into, const void *from, size_t bytes);
// Every member ends with the same bits: partial results are combined in one order.
void pn_group_combine(const pn_group *group, void *data, size_t bytes, pn_combine *combine);
void pn_combine_sum(void *into, const void *from, size_t bytes); // doubles
void pn_combine_max(void *into, const void *from, size_t bytes); // doubles; a NaN wins

#endif
