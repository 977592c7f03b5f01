// SPDX-License-Identifier: BSD-3-Clause
// The links between hosts. A run waits for this, so each pair is measured as briefly as can be: a
// long message goes there and back again only while that takes no time worth mentioning.
#include "probe/links_hosts.h"

#include "base/clock.h"
#include "comm/group.h"

#include <stdlib.h>

enum { SHORT = 8, MIDDLE = 1 << 16, LONG = 1 << 20, REPEATS = 8, TAG_WORLD = 0 };

static const double brief = 0.002; // seconds that may be spent again

// The hosts sit round a table and move on by one place after each round, all but the last; with an
// odd number of them somebody pauses.
int pn_links_partner(int host, int hosts, int round)
{
    int places = hosts + hosts % 2, turning = places - 1;
    if (hosts == 1 || round >= turning)
        return round == hosts ? host : -1;
    int partner = (round - host % turning + turning) % turning;
    if (host == turning)
        partner = round % 2 ? (round + turning) / 2 : round / 2;
    else if (partner == host)
        partner = turning;
    return partner < hosts ? partner : -1;
}

typedef struct talk { // of a host with its partner
    const pn_links_hosts *plan;
    int partner;
    char *data;  // [LONG]
    double last; // seconds that a message has taken, or may take, there and back
} talk;

// Half of the shortest time there and back. The first byte says whether another one follows.
static double ask(talk *t, size_t bytes)
{
    double best = 0;
    bool more = true;
    for (int i = 0; more; i++) {
        more = i + 1 < REPEATS && t->last < brief;
        t->data[0] = more;
        double begin = pn_clock();
        pn_comm_send(t->plan->comm, t->data, bytes, t->partner, t->plan->tag);
        pn_comm_receive(t->plan->comm, t->data, bytes, t->partner, t->plan->tag + 1);
        t->last = pn_clock() - begin;
        if (best == 0 || 0.5 * t->last < best)
            best = 0.5 * t->last;
    }
    return best;
}

static void answer(const talk *t, size_t bytes)
{
    bool more = true;
    while (more) {
        pn_comm_receive(t->plan->comm, t->data, bytes, t->partner, t->plan->tag);
        more = t->data[0];
        pn_comm_send(t->plan->comm, t->data, bytes, t->partner, t->plan->tag + 1);
    }
}

typedef struct tables {
    int hosts;
    double *latency, *bandwidth;
} tables;

static void measure(talk *t, const int ends[2], const tables *into)
{
    double latency = ask(t, SHORT);
    t->last = 0;
    ask(t, MIDDLE); // opens the window of a connection, and foretells the long one
    t->last *= (double)LONG / MIDDLE;
    double seconds = ask(t, LONG);
    double bandwidth = LONG / (seconds > 2 * latency ? seconds - latency : seconds);
    for (int way = 0; way < 2; way++) {
        int at = ends[way] * into->hosts + ends[1 - way];
        into->latency[at] = latency;
        into->bandwidth[at] = bandwidth;
    }
}

// This rank's part in a round, if it stands for the host: of two, the first asks.
static void take_part(const pn_links_hosts *plan, int host, int round, char *data,
                      const tables *into)
{
    int rank = plan->comm->rank, partner = pn_links_partner(host, plan->hosts, round);
    talk t = {plan, -1, data, 0};
    bool asks = rank == plan->first[host] && partner >= host;
    if (asks)
        t.partner = partner == host ? plan->second[host] : plan->first[partner];
    else if (rank == plan->first[host] && partner >= 0)
        t.partner = plan->first[partner];
    else if (rank == plan->second[host] && partner == host)
        t.partner = plan->first[host];
    if (t.partner < 0)
        return;
    if (asks) {
        measure(&t, (int[]){host, partner}, into);
    } else {
        answer(&t, SHORT);
        answer(&t, MIDDLE);
        answer(&t, LONG);
    }
}

pn_status pn_links_measure_hosts(const pn_links_hosts *plan, double *latency, double *bandwidth)
{
    pn_group world = pn_group_world(plan->comm, TAG_WORLD);
    size_t bytes = (size_t)plan->hosts * (size_t)plan->hosts * sizeof *latency;
    tables t = {plan->hosts, latency, bandwidth};
    char *data = calloc(1, LONG);
    double missing = !data;
    pn_group_combine(&world, &missing, sizeof missing, pn_combine_max);
    for (int i = 0; i < plan->hosts * plan->hosts; i++)
        latency[i] = bandwidth[i] = 0;
    for (int round = 0; round <= plan->hosts && !(missing > 0); round++)
        for (int host = 0; host < plan->hosts; host++)
            take_part(plan, host, round, data, &t);
    free(data);
    if (missing > 0)
        return pn_fail_memory("to measure links with messages of %d bytes", LONG);
    pn_group_combine(&world, latency, bytes, pn_combine_max);
    pn_group_combine(&world, bandwidth, bytes, pn_combine_max);
    return PN_OK;
}
