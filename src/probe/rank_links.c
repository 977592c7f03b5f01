// SPDX-License-Identifier: BSD-3-Clause
#include "probe/rank_links.h"

#include "base/clock.h"
#include "base/median.h"
#include "comm/group.h"
#include "probe/links.h"
#include "probe/repeat.h"

#include <math.h>
#include <stdlib.h>

enum { TAG = 0, TAG_LINKS = 64, GOES = 15, COMBINATIONS = 40, ROWS = 2 };

typedef struct ring { // of all ranks, once round
    pn_rank_link *links;
    double *values; // room for one of each
    int count;
    const int *host_of;
} ring;

// Median of the links within hosts, or between them; 0: there is none.
static double median_of(const ring *r, bool far, bool latency)
{
    int count = 0;
    for (int i = 0; i < r->count; i++) {
        const pn_rank_link *link = &r->links[i];
        if ((r->host_of[link->from] != r->host_of[link->to]) == far)
            r->values[count++] = latency ? link->latency : link->bandwidth;
    }
    return count > 0 ? pn_median(r->values, count) : 0;
}

typedef struct combining {
    pn_group world;
    double data[ROWS * PN_RANK_LINKS_NB];
} combining;

static double combine(void *context, int go)
{
    combining *c = context;
    (void)go;
    pn_group_barrier(&c->world);
    double begin = pn_clock();
    for (int i = 0; i < COMBINATIONS; i++)
        pn_group_combine(&c->world, c->data, sizeof c->data, pn_combine_max);
    return (pn_clock() - begin) / COMBINATIONS;
}

// Seconds of one round of a combination, of which it takes log2 of the ranks.
static double exchange_seconds(pn_comm *comm)
{
    combining c = {.world = pn_group_world(comm, TAG)};
    pn_repeat_plan plan = {.least = GOES, .most = GOES};
    double seconds = pn_repeat(&plan, combine, &c).median / ceil(log2(comm->size));
    pn_group_combine(&c.world, &seconds, sizeof seconds, pn_combine_max);
    return seconds;
}

pn_status pn_rank_links_measure(pn_rank_links *found, pn_comm *comm, const int *host_of)
{
    *found = (pn_rank_links){.latency = 0};
    if (comm->size == 1)
        return PN_OK;
    ring r = {.links = calloc((size_t)comm->size, sizeof *r.links),
              .values = calloc((size_t)comm->size, sizeof *r.values),
              .host_of = host_of};
    pn_group world = pn_group_world(comm, TAG);
    double missing = !r.links || !r.values;
    pn_group_combine(&world, &missing, sizeof missing, pn_combine_max);
    pn_status status = PN_OK;
    if (missing > 0) {
        status = pn_fail_memory("for the links of %d ranks", comm->size);
        goto fail;
    }
    r.count = pn_links_ring(r.links, comm->size);
    pn_links_plan plan = {.comm = comm, .links = r.links, .count = r.count, .tag = TAG_LINKS};
    PN_TRY(pn_links_measure(&plan));
    *found = (pn_rank_links){.latency = median_of(&r, false, true),
                             .bandwidth = median_of(&r, false, false),
                             .far_latency = median_of(&r, true, true),
                             .far_bandwidth = median_of(&r, true, false),
                             .exchange = exchange_seconds(comm)};
fail:
    free(r.links);
    free(r.values);
    return status;
}
