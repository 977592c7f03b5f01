// SPDX-License-Identifier: BSD-3-Clause
// One rank of each host measures for all of them; with many hosts the rounds would take too long,
// and the usual links of a cluster are assumed.
#include "job/host_links.h"

#include "base/clock.h"
#include "probe/links_hosts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_LINKS = 64, ORDER_LETTERS = 400 };

typedef struct hosts { // in the order of their first ranks
    int count;
    int first[PN_HOSTS_MOST + 1], second[PN_HOSTS_MOST + 1]; // -1: there is none
} hosts;

static void list_hosts(const pn_job *job, hosts *h)
{
    h->count = 0;
    for (int rank = 0; rank < job->comm->size && h->count <= PN_HOSTS_MOST; rank++) {
        int host = job->info[rank].host_id; // numbered as they appear
        if (host == h->count) {
            h->first[h->count] = rank;
            h->second[h->count++] = -1;
        } else if (h->second[host] < 0) {
            h->second[host] = rank;
        }
    }
}

// Links so slow go through the processor. A thread of MPI's own would not see a device's memory.
static void ask_for_help(pn_job *job)
{
    const pn_host_links *links = &job->links;
    static const double slow = 2e9; // bytes a second
    bool wanted = false;
    for (int host = 0; host < links->hosts; host++)
        for (int other = 0; other < host; other++)
            wanted |= links->bandwidth[host * links->hosts + other] < slow;
    for (int rank = 0; rank < job->comm->size; rank++)
        wanted &= !job->info[rank].is_device;
    job->helped = wanted && pn_comm_help(job->comm);
}

pn_status pn_host_links_measure(pn_job *job)
{
    hosts h;
    list_hosts(job, &h);
    if (h.count < 2 || h.count > PN_HOSTS_MOST)
        return PN_OK;
    size_t pairs = (size_t)h.count * (size_t)h.count;
    double *memory = calloc(2 * pairs, sizeof *memory), begin = pn_clock();
    pn_status status = memory ? PN_OK : pn_fail_memory("for the links of %d hosts", h.count);
    PN_TRY(pn_job_agree(job, status));
    pn_links_hosts plan = {.comm = job->comm,
                           .hosts = h.count,
                           .first = h.first,
                           .second = h.second,
                           .tag = TAG_LINKS};
    PN_TRY(pn_job_agree(job, pn_links_measure_hosts(&plan, memory, memory + pairs)));
    job->links = (pn_host_links){h.count, memory, memory + pairs};
    job->link_memory = memory;
    job->link_seconds = pn_clock() - begin;
    ask_for_help(job);
    return PN_OK;
fail:
    free(memory);
    return status;
}

void pn_host_links_release(pn_job *job)
{
    free(job->link_memory);
    job->link_memory = NULL;
    job->links = (pn_host_links){0};
}

typedef struct range {
    double least, most;
} range;

static void widen(range *r, double value)
{
    r->least = fmin(r->least, value);
    r->most = fmax(r->most, value);
}

static void tell_ranges(pn_job *job)
{
    const pn_host_links *links = &job->links;
    range latency = {INFINITY, 0}, bandwidth = {INFINITY, 0};
    char value[32];
    for (int host = 0; host < links->hosts; host++)
        for (int other = 0; other < host; other++) {
            widen(&latency, links->latency[host * links->hosts + other]);
            widen(&bandwidth, links->bandwidth[host * links->hosts + other]);
        }
    snprintf(value, sizeof value, "%d hosts", links->hosts);
    pn_log_all(&job->log,
               "  %-10s %-18s %.3g to %.3g us, %.3g to %.3g GB/s between two of them, measured in "
               "%.2g s%s",
               "links", value, 1e6 * latency.least, 1e6 * latency.most, 1e-9 * bandwidth.least,
               1e-9 * bandwidth.most, job->link_seconds,
               job->helped ? "; a thread keeps messages moving" : "");
}

// Hosts in the order of the ring, with a bar where the links between neighbours are slower.
static void tell_order(pn_job *job, const pn_host_order *order)
{
    hosts h;
    char text[ORDER_LETTERS];
    size_t used = 0;
    list_hosts(job, &h);
    for (int place = 0; place < h.count && used < sizeof text; place++) {
        int host = 0;
        while (order->place[host] != place)
            host++;
        const char *gap = place == 0 ? "" : order->gaps[place] > 1 ? " | " : " ";
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.63s", gap,
                                 job->info[h.first[host]].host);
    }
    pn_log_all(&job->log, "  %-10s %s%s", "ring", text, used < sizeof text ? "" : "...");
}

void pn_host_links_tell(pn_job *job)
{
    int place[PN_HOSTS_MOST], gaps[PN_HOSTS_MOST];
    pn_host_order order = {place, gaps};
    if (job->links.hosts < 2 || job->comm->rank != 0)
        return;
    tell_ranges(job);
    if (job->links.hosts > 2 && pn_hosts_order(&job->links, &order) == PN_OK)
        tell_order(job, &order);
}
