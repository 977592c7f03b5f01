// SPDX-License-Identifier: BSD-3-Clause
// How fast the links are over which a run's messages go: from each process of a grid to the next in
// its row and to the next in its column, or from each host to each other. In rounds, in each of
// which a process talks to one other at most, so that no pair waits for another.
#ifndef PN_COMM_LINKS_H
#define PN_COMM_LINKS_H

#include "comm/comm.h"

typedef struct pn_link {
    int from, to;     // ranks; from = to: there is no such neighbour
    double latency;   // seconds one way, of the shortest message
    double bandwidth; // bytes a second one way, of a long one
} pn_link;

enum { PN_LINKS_A_RANK = 2 }; // to the next in the row, to the next in the column

typedef struct pn_links_plan {
    pn_comm *comm; // of p * q ranks
    int p, q;
    bool column_major_ranks;
    int tag; // tag .. tag + 1 are used
} pn_links_plan;

// Every rank calls it; the barrier tags of the world are used between rounds. links: [size][2],
// complete on every rank afterwards. Failure: memory, which is each rank's own: agree afterwards.
pn_status pn_links_measure(const pn_links_plan *plan, pn_link *links);

// One link between each two of a number of hosts, and one inside each that has two ranks.
typedef struct pn_links_hosts {
    pn_comm *comm;
    int hosts;
    const int *first, *second; // [hosts] two ranks of each; -1 for a second that is not there
    int tag;                   // tag .. tag + 1 are used
} pn_links_hosts;

// Every rank calls it; in rounds, in each of which a host talks to one other. latency[hosts *
// hosts] and bandwidth[hosts * hosts] are complete on every rank afterwards, both directions of a
// link alike; 0 on the diagonal where there is one rank. Failure: memory, agreed between all.
pn_status pn_links_measure_hosts(const pn_links_hosts *plan, double *latency, double *bandwidth);

// With whom a host talks in a round of 0 .. hosts: the last is its own. -1: with nobody.
int pn_links_partner(int host, int hosts, int round);

// The round in which member `at` of a ring of `size` talks to the next one; -1: it never does (a
// ring of two has one link). At most PN_LINKS_ROUNDS rounds.
enum { PN_LINKS_ROUNDS = 3 };
int pn_links_round(int at, int size);

#endif
