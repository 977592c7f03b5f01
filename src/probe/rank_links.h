// SPDX-License-Identifier: BSD-3-Clause
// The links between neighbouring ranks, inside hosts and between them, and what a combination of
// all of them costs while they all take part, as in the search for a pivot.
#ifndef PN_PROBE_RANK_LINKS_H
#define PN_PROBE_RANK_LINKS_H

#include "comm/comm.h"

enum { PN_RANK_LINKS_NB = 192 }; // numbers of two rows that are combined

typedef struct pn_rank_links {         // 0 where there are none
    double latency, bandwidth;         // between neighbours on one host: the median link
    double far_latency, far_bandwidth; // between neighbours on different hosts
    double exchange; // seconds of a combination of all ranks, for each of its rounds
} pn_rank_links;

// host_of[comm->size]: equal on ranks of one host. Every rank calls it; the same on all. Failure:
// memory, on all ranks.
pn_status pn_rank_links_measure(pn_rank_links *found, pn_comm *comm, const int *host_of);

#endif
