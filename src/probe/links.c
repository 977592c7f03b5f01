// SPDX-License-Identifier: BSD-3-Clause
// Each link is measured by ping-pong, the quickest of several goes: what disturbs only delays.
#include "probe/links.h"

#include "base/clock.h"
#include "comm/group.h"
#include "probe/repeat.h"

#include <stdlib.h>

enum {
    SHORT_BYTES = 8,
    LONG_BYTES = 1 << 21,
    SHORT_REPEATS = 60,
    LONG_REPEATS = 8,
    WARM_UPS = 2,
    TAG_WORLD = 0
};

int pn_links_rounds(const pn_rank_link *links, int count, int *round, int *busy, int ranks)
{
    int left = count, rounds = 0;
    for (int rank = 0; rank < ranks; rank++)
        busy[rank] = -1;
    for (int i = 0; i < count; i++)
        round[i] = -1;
    for (; left > 0; rounds++)
        for (int i = 0; i < count; i++) {
            int *from = &busy[links[i].from], *to = &busy[links[i].to];
            if (round[i] >= 0 || *from == rounds || *to == rounds)
                continue;
            round[i] = *from = *to = rounds;
            left--;
        }
    return rounds;
}

int pn_links_ring(pn_rank_link *links, int ranks)
{
    int count = ranks > 2 ? ranks : ranks - 1;
    for (int i = 0; i < count; i++)
        links[i] = (pn_rank_link){.from = i, .to = (i + 1) % ranks};
    return count;
}

typedef struct pinging {
    const pn_links_plan *plan;
    void *data;
    size_t bytes;
    int partner; // it answers
} pinging;

// Half of the time there and back.
static double ping_once(void *context, int go)
{
    const pinging *p = context;
    double begin = pn_clock();
    (void)go;
    pn_comm_send(p->plan->comm, p->data, p->bytes, p->partner, p->plan->tag);
    pn_comm_receive(p->plan->comm, p->data, p->bytes, p->partner, p->plan->tag + 1);
    return 0.5 * (pn_clock() - begin);
}

static double ping(const pn_links_plan *plan, void *data, size_t bytes, int repeats, int partner)
{
    pinging p = {plan, data, bytes, partner};
    pn_repeat_plan often = {.warm_ups = WARM_UPS, .least = repeats, .most = repeats};
    return pn_repeat(&often, ping_once, &p).best;
}

static void answer(const pn_links_plan *plan, void *data, size_t bytes, int repeats, int partner)
{
    for (int i = 0; i < repeats + WARM_UPS; i++) {
        pn_comm_receive(plan->comm, data, bytes, partner, plan->tag);
        pn_comm_send(plan->comm, data, bytes, partner, plan->tag + 1);
    }
}

static void measure(const pn_links_plan *plan, void *data, pn_rank_link *link)
{
    link->latency = ping(plan, data, SHORT_BYTES, SHORT_REPEATS, link->to);
    double seconds = ping(plan, data, LONG_BYTES, LONG_REPEATS, link->to);
    link->bandwidth = seconds > 0.0 ? LONG_BYTES / seconds : 0.0;
}

static void take_part(const pn_links_plan *plan, void *data, pn_rank_link *link)
{
    int rank = plan->comm->rank;
    if (link->from == rank) {
        measure(plan, data, link);
    } else if (link->to == rank) {
        answer(plan, data, SHORT_BYTES, SHORT_REPEATS, link->from);
        answer(plan, data, LONG_BYTES, LONG_REPEATS, link->from);
    }
}

typedef struct room {
    void *data;     // [LONG_BYTES]
    double *all;    // [2 count] latencies and bandwidths of the links, on their way
    int *round;     // [count]
    int *busy;      // [ranks]
    double missing; // on any rank
} room;

static room make_room(const pn_links_plan *plan, const pn_group *world)
{
    size_t count = (size_t)plan->count + 1;
    room r = {.data = calloc(1, LONG_BYTES),
              .all = calloc(2 * count, sizeof *r.all),
              .round = calloc(count, sizeof *r.round),
              .busy = calloc((size_t)plan->comm->size, sizeof *r.busy)};
    r.missing = !r.data || !r.all || !r.round || !r.busy;
    pn_group_combine(world, &r.missing, sizeof r.missing, pn_combine_max);
    return r;
}

// Each link has been measured by one of its ranks.
static void share_results(const pn_links_plan *plan, const pn_group *world, double *all)
{
    for (int i = 0; i < plan->count; i++)
        if (plan->links[i].from == plan->comm->rank) {
            all[2 * i] = plan->links[i].latency;
            all[2 * i + 1] = plan->links[i].bandwidth;
        }
    pn_group_combine(world, all, 2 * (size_t)plan->count * sizeof *all, pn_combine_max);
    for (int i = 0; i < plan->count; i++) {
        plan->links[i].latency = all[2 * i];
        plan->links[i].bandwidth = all[2 * i + 1];
    }
}

static void measure_all(const pn_links_plan *plan, const pn_group *world, const room *r)
{
    int rounds = pn_links_rounds(plan->links, plan->count, r->round, r->busy, plan->comm->size);
    for (int round = 0; round < rounds; round++) {
        pn_group_barrier(world);
        for (int i = 0; i < plan->count; i++)
            if (r->round[i] == round)
                take_part(plan, r->data, &plan->links[i]);
    }
    share_results(plan, world, r->all);
}

pn_status pn_links_measure(const pn_links_plan *plan)
{
    pn_group world = pn_group_world(plan->comm, TAG_WORLD);
    room r = make_room(plan, &world);
    if (plan->count > 0 && !(r.missing > 0))
        measure_all(plan, &world, &r);
    free(r.data);
    free(r.all);
    free(r.round);
    free(r.busy);
    if (r.missing > 0)
        return pn_fail_memory("to measure %d links with messages of %d bytes", plan->count,
                              LONG_BYTES);
    return PN_OK;
}
