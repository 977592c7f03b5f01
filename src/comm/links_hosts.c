// SPDX-License-Identifier: BSD-3-Clause
// The links between hosts. A run waits for this, so each pair is measured as briefly as can be: a
// long message goes there and back again only while that takes no time worth mentioning.
#include "comm/links.h"

#include "base/clock.h"

#include <stdlib.h>

enum { SHORT_BYTES = 8, SHORT_REPEATS = 10, LONG_BYTES = 1 << 18, LONG_REPEATS = 4, TAG_WORLD = 0 };

static const double brief = 0.002; // seconds that may be spent again

// The hosts sit round a table and move on by one place after each round, all but the last; with an
// odd number of them somebody pauses.
int pn_links_partner(int host, int hosts, int round)
{
    int seats = hosts + hosts % 2, turning = seats - 1;
    if (hosts == 1 || round >= turning)
        return round == hosts ? host : -1;
    int partner = (round - host % turning + turning) % turning;
    if (host == turning)
        partner = round % 2 ? (round + turning) / 2 : round / 2;
    else if (partner == host)
        partner = turning;
    return partner < hosts ? partner : -1;
}

// Half of the shortest time there and back. The first byte says whether another round follows.
static double ask(const pn_links_hosts *plan, char *data, size_t bytes, int partner)
{
    int repeats = bytes == SHORT_BYTES ? SHORT_REPEATS : LONG_REPEATS;
    double best = 0, last = 0;
    bool more = true;
    for (int i = 0; more; i++) {
        more = i == 0 || (i + 1 < repeats && last < brief);
        data[0] = more;
        double begin = pn_clock();
        pn_comm_send(plan->comm, data, bytes, partner, plan->tag);
        pn_comm_receive(plan->comm, data, bytes, partner, plan->tag + 1);
        last = pn_clock() - begin;
        if (i > 0 && (best == 0 || 0.5 * last < best)) // the first only opens the link
            best = 0.5 * last;
    }
    return best;
}

static void answer(const pn_links_hosts *plan, char *data, size_t bytes, int partner)
{
    bool more = true;
    while (more) {
        pn_comm_receive(plan->comm, data, bytes, partner, plan->tag);
        more = data[0];
        pn_comm_send(plan->comm, data, bytes, partner, plan->tag + 1);
    }
}

typedef struct tables {
    int hosts;
    double *latency, *bandwidth;
} tables;

static void measure(const pn_links_hosts *plan, char *data, const int ends[2], const tables *t)
{
    int other = ends[0] == ends[1] ? plan->second[ends[0]] : plan->first[ends[1]];
    double latency = ask(plan, data, SHORT_BYTES, other);
    double seconds = ask(plan, data, LONG_BYTES, other);
    double bandwidth = LONG_BYTES / (seconds > 2 * latency ? seconds - latency : seconds);
    for (int way = 0; way < 2; way++) {
        int at = ends[way] * t->hosts + ends[1 - way];
        t->latency[at] = latency;
        t->bandwidth[at] = bandwidth;
    }
}

// This rank's part in a round, if it stands for the host: of two, the first asks.
static void take_part(const pn_links_hosts *plan, int host, int round, char *data, const tables *t)
{
    int rank = plan->comm->rank, partner = pn_links_partner(host, plan->hosts, round), asker = -1;
    if (partner == host && plan->second[host] < 0)
        return;
    if (rank == plan->first[host] && partner >= host)
        measure(plan, data, (int[]){host, partner}, t);
    else if (rank == plan->first[host] && partner >= 0)
        asker = plan->first[partner];
    else if (rank == plan->second[host] && partner == host)
        asker = plan->first[host];
    if (asker >= 0) {
        answer(plan, data, SHORT_BYTES, asker);
        answer(plan, data, LONG_BYTES, asker);
    }
}

pn_status pn_links_measure_hosts(const pn_links_hosts *plan, double *latency, double *bandwidth)
{
    pn_group world = pn_group_world(plan->comm, TAG_WORLD);
    size_t bytes = (size_t)plan->hosts * (size_t)plan->hosts * sizeof *latency;
    tables t = {plan->hosts, latency, bandwidth};
    char *data = calloc(1, LONG_BYTES);
    double missing = !data;
    pn_group_combine(&world, &missing, sizeof missing, pn_combine_max);
    for (int i = 0; i < plan->hosts * plan->hosts; i++)
        latency[i] = bandwidth[i] = 0;
    for (int round = 0; round <= plan->hosts && !(missing > 0); round++)
        for (int host = 0; host < plan->hosts; host++)
            take_part(plan, host, round, data, &t);
    free(data);
    if (missing > 0)
        return pn_fail(PN_ERROR_MEMORY, "no memory to measure links with messages of %d bytes",
                       LONG_BYTES);
    pn_group_combine(&world, latency, bytes, pn_combine_max);
    pn_group_combine(&world, bandwidth, bytes, pn_combine_max);
    return PN_OK;
}
