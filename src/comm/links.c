// SPDX-License-Identifier: BSD-3-Clause
// Each link is measured by ping-pong, the quickest of several goes: what disturbs only delays.
#include "comm/links.h"

#include "base/clock.h"

#include <stdlib.h>

enum {
    SHORT_BYTES = 8,
    LONG_BYTES = 1 << 21,
    SHORT_REPEATS = 60,
    LONG_REPEATS = 8,
    WARM_UPS = 2,
    TAG_WORLD = 0
};

int pn_links_round(int at, int size)
{
    if (size < 2 || (size == 2 && at == 1))
        return -1;
    return at == size - 1 && size % 2 == 1 ? 2 : at % 2;
}

// Half of the shortest time there and back; the partner answers.
static double ping(const pn_links_plan *plan, void *data, size_t bytes, int repeats, int partner)
{
    double best = 0.0;
    for (int i = 0; i < repeats + WARM_UPS; i++) {
        double begin = pn_clock();
        pn_comm_send(plan->comm, data, bytes, partner, plan->tag);
        pn_comm_receive(plan->comm, data, bytes, partner, plan->tag + 1);
        double half = 0.5 * (pn_clock() - begin);
        if (i >= WARM_UPS && (best == 0.0 || half < best))
            best = half;
    }
    return best;
}

static void answer(const pn_links_plan *plan, void *data, size_t bytes, int repeats, int partner)
{
    for (int i = 0; i < repeats + WARM_UPS; i++) {
        pn_comm_receive(plan->comm, data, bytes, partner, plan->tag);
        pn_comm_send(plan->comm, data, bytes, partner, plan->tag + 1);
    }
}

static void measure(const pn_links_plan *plan, void *data, pn_link *link)
{
    link->latency = ping(plan, data, SHORT_BYTES, SHORT_REPEATS, link->to);
    double seconds = ping(plan, data, LONG_BYTES, LONG_REPEATS, link->to);
    link->bandwidth = seconds > 0.0 ? LONG_BYTES / seconds : 0.0;
}

typedef struct ring { // this rank's row or column
    int at, size;
    int next, previous; // ranks
} ring;

static int rank_at(const pn_links_plan *plan, int row, int column)
{
    return plan->column_major_ranks ? column * plan->p + row : row * plan->q + column;
}

static ring ring_of(const pn_links_plan *plan, int direction)
{
    int rank = plan->comm->rank, p = plan->p, q = plan->q;
    int row = plan->column_major_ranks ? rank % p : rank / q;
    int column = plan->column_major_ranks ? rank / p : rank % q;
    if (direction == 0)
        return (ring){column, q, rank_at(plan, row, (column + 1) % q),
                      rank_at(plan, row, (column + q - 1) % q)};
    return (ring){row, p, rank_at(plan, (row + 1) % p, column),
                  rank_at(plan, (row + p - 1) % p, column)};
}

static void take_part(const pn_links_plan *plan, const ring *r, int round, void *data,
                      pn_link *link)
{
    if (pn_links_round(r->at, r->size) == round) {
        link->to = r->next;
        measure(plan, data, link);
    } else if (pn_links_round((r->at + r->size - 1) % r->size, r->size) == round) {
        answer(plan, data, SHORT_BYTES, SHORT_REPEATS, r->previous);
        answer(plan, data, LONG_BYTES, LONG_REPEATS, r->previous);
    }
}

pn_status pn_links_measure(const pn_links_plan *plan, pn_link *links)
{
    pn_group world = pn_group_world(plan->comm, TAG_WORLD);
    pn_link *mine = links + (size_t)PN_LINKS_A_RANK * (size_t)plan->comm->rank;
    void *data = calloc(1, LONG_BYTES);
    double missing = !data;
    pn_group_combine(&world, &missing, sizeof missing, pn_combine_max);
    for (int direction = 0; direction < PN_LINKS_A_RANK; direction++) {
        ring r = ring_of(plan, direction);
        mine[direction] = (pn_link){.from = plan->comm->rank, .to = plan->comm->rank};
        for (int round = 0; round < PN_LINKS_ROUNDS && !(missing > 0.0); round++) {
            pn_group_barrier(&world);
            take_part(plan, &r, round, data, &mine[direction]);
        }
    }
    free(data);
    if (missing > 0.0)
        return pn_fail(PN_ERROR_MEMORY, "no memory to measure links with messages of %d bytes",
                       LONG_BYTES);
    pn_group_gather_all(&world, links, PN_LINKS_A_RANK * sizeof *links);
    return PN_OK;
}
