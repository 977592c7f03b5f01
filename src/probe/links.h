// SPDX-License-Identifier: BSD-3-Clause
// How fast the links are over which messages go: between the two ranks of each of a list of pairs,
// or from each host to each other. In rounds, in each of which a process talks to one other at
// most, so that no pair waits for another.
#ifndef PN_PROBE_LINKS_H
#define PN_PROBE_LINKS_H

#include "comm/comm.h"

typedef struct pn_link {
    int from, to;     // two ranks
    double latency;   // result: seconds one way, of the shortest message
    double bandwidth; // result: bytes a second one way, of a long one
} pn_link;

typedef struct pn_links_plan {
    pn_comm *comm;
    pn_link *links; // [count] the same ranks on every rank of the communicator
    int count;
    int tag; // tag .. tag + 1 are used
} pn_links_plan;

// Every rank calls it; the world's own tags are used between rounds. Results are complete on every
// rank afterwards. Failure: memory, agreed between all.
pn_status pn_links_measure(const pn_links_plan *plan);

// Deals links to rounds, in each of which a rank has one of them at most: round[count]; returns how
// many rounds there are. Few: at most one less than twice the most links that one rank has. busy:
// room for [ranks].
int pn_links_rounds(const pn_link *links, int count, int *round, int *busy, int ranks);

// The ring of all ranks: links[ranks]; returns how many they are.
int pn_links_ring(pn_link *links, int ranks);

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

#endif
