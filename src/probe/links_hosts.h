// SPDX-License-Identifier: BSD-3-Clause
// How fast the links are from each host to each other. In rounds, in each of which a host talks to
// one other at most, so that no pair waits for another.
#ifndef PN_PROBE_LINKS_HOSTS_H
#define PN_PROBE_LINKS_HOSTS_H

#include "comm/comm.h"

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
