// SPDX-License-Identifier: BSD-3-Clause
// How fast the links are over which messages go between the two ranks of each of a list of pairs.
// In rounds, in each of which a process talks to one other at most, so that no pair waits for
// another.
#ifndef PN_PROBE_LINKS_H
#define PN_PROBE_LINKS_H

#include "comm/comm.h"

typedef struct pn_rank_link {
    int from, to;     // two ranks
    double latency;   // result: seconds one way, of the shortest message
    double bandwidth; // result: bytes a second one way, of a long one
} pn_rank_link;

typedef struct pn_links_plan {
    pn_comm *comm;
    pn_rank_link *links; // [count] the same ranks on every rank of the communicator
    int count;
    int tag; // tag .. tag + 1 are used
} pn_links_plan;

// Every rank calls it; the world's own tags are used between rounds. Results are complete on every
// rank afterwards. Failure: memory, agreed between all.
pn_status pn_links_measure(const pn_links_plan *plan);

// Deals links to rounds, in each of which a rank has one of them at most: round[count]; returns how
// many rounds there are. Few: at most one less than twice the most links that one rank has. busy:
// room for [ranks].
int pn_links_rounds(const pn_rank_link *links, int count, int *round, int *busy, int ranks);

// The ring of all ranks: links[ranks]; returns how many they are.
int pn_links_ring(pn_rank_link *links, int ranks);

#endif
