// SPDX-License-Identifier: BSD-3-Clause
// Collectives of a group, made of point-to-point messages with the group's tags. Each call of a
// collective may overtake another member's previous one: messages between two members keep their
// order, and no collective receives twice from one member in an order the sender does not share.
#include "comm/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

pn_group pn_group_world(pn_comm *comm, int tag)
{
    return (pn_group){.comm = comm, .size = comm->size, .me = comm->rank, .tag = tag};
}

int pn_group_rank(const pn_group *group, int place)
{
    return group->ranks ? group->ranks[place] : place;
}

static void send_to(const pn_group *group, int place, int offset, const void *data, size_t bytes)
{
    pn_comm_send(group->comm, data, bytes, pn_group_rank(group, place), group->tag + offset);
}

static void receive_from(const pn_group *group, int place, int offset, void *data, size_t bytes)
{
    pn_comm_receive(group->comm, data, bytes, pn_group_rank(group, place), group->tag + offset);
}

typedef struct exchange {
    const void *send;
    int to;
    void *receive;
    int from;
    size_t bytes; // each way
} exchange;

static void exchange_with(const pn_group *group, int offset, const exchange *task)
{
    pn_request requests[2] = {0};
    int tag = group->tag + offset;
    pn_comm_receive_start(group->comm, task->receive, task->bytes, pn_group_rank(group, task->from),
                          tag, &requests[0]);
    pn_comm_send_start(group->comm, task->send, task->bytes, pn_group_rank(group, task->to), tag,
                       &requests[1]);
    pn_comm_wait_all(group->comm, 2, requests);
}

// Dissemination: after the round at distance d a member has heard of the 2 d members before it.
void pn_group_barrier(const pn_group *group)
{
    for (int distance = 1; distance < group->size; distance *= 2) {
        exchange task = {.to = (group->me + distance) % group->size,
                         .from = (group->me - distance + group->size) % group->size};
        exchange_with(group, PN_TAG_BARRIER, &task);
    }
}

// Binomial tree over the distances from the root.
void pn_group_broadcast(const pn_group *group, void *data, size_t bytes, int root)
{
    int size = group->size;
    int distance = (group->me - root + size) % size;
    int reach = 1; // becomes the lowest set bit of the distance; the root's reach covers all
    while (reach < size && !(distance & reach))
        reach *= 2;
    if (distance)
        receive_from(group, (root + distance - reach) % size, PN_TAG_BROADCAST, data, bytes);
    for (reach /= 2; reach > 0; reach /= 2)
        if (distance + reach < size)
            send_to(group, (root + distance + reach) % size, PN_TAG_BROADCAST, data, bytes);
}

// Slots [first, first + count) of a ring of `size`, as one run of memory or, where they wrap, two.
typedef struct run {
    char *data;
    size_t bytes;
} run;

static int cut_slots(run runs[2], char *data, size_t bytes, int size, int first, int count)
{
    int before_end = (int)pn_min(count, size - first);
    runs[0] = (run){data + (size_t)first * bytes, (size_t)before_end * bytes};
    runs[1] = (run){data, (size_t)(count - before_end) * bytes};
    return count > before_end ? 2 : 1;
}

// Members have slots [me, me + have) round the ring. Each round fetches the slots that follow from
// the member `have` places on, and hands one's own to the member `have` places back; both sides
// cut the same slots, hence the same messages.
void pn_group_gather_all(const pn_group *group, void *data, size_t bytes)
{
    int size = group->size, tag = group->tag + PN_TAG_GATHER;
    for (int have = 1, count; have < size; have += count) {
        count = (int)pn_min(have, size - have);
        int to = (group->me - have + size) % size, from = (group->me + have) % size;
        run in[2], out[2];
        int ins = cut_slots(in, data, bytes, size, from, count);
        int outs = cut_slots(out, data, bytes, size, group->me, count);
        pn_request requests[4] = {0};
        for (int i = 0; i < ins; i++)
            pn_comm_receive_start(group->comm, in[i].data, in[i].bytes, pn_group_rank(group, from),
                                  tag, &requests[i]);
        for (int i = 0; i < outs; i++)
            pn_comm_send_start(group->comm, out[i].data, out[i].bytes, pn_group_rank(group, to),
                               tag, &requests[2 + i]);
        pn_comm_wait_all(group->comm, 4, requests);
    }
}

// data := the member's value (+) its partner's, the lower place's value always first, so that both
// compute the same bits.
static void combine_with(const pn_group *group, int partner, void *data, void *other, size_t bytes,
                         pn_combine *combine)
{
    exchange task = {data, partner, other, partner, bytes};
    exchange_with(group, PN_TAG_COMBINE, &task);
    if (group->me < partner) {
        combine(data, other, bytes);
    } else {
        combine(other, data, bytes);
        memcpy(data, other, bytes);
    }
}

// Recursive doubling among the first `core` members, a power of two; the others fold their values
// into the core before and get the result after.
static void combine_using(const pn_group *group, void *data, void *other, size_t bytes,
                          pn_combine *combine)
{
    int core = 1;
    while (2 * core <= group->size)
        core *= 2;
    if (group->me >= core) {
        send_to(group, group->me - core, PN_TAG_COMBINE, data, bytes);
        receive_from(group, group->me - core, PN_TAG_COMBINE, data, bytes);
        return;
    }
    bool folds = group->me + core < group->size;
    if (folds) {
        receive_from(group, group->me + core, PN_TAG_COMBINE, other, bytes);
        combine(data, other, bytes);
    }
    for (int bit = 1; bit < core; bit *= 2)
        combine_with(group, group->me ^ bit, data, other, bytes, combine);
    if (folds)
        send_to(group, group->me + core, PN_TAG_COMBINE, data, bytes);
}

void pn_group_combine(const pn_group *group, void *data, size_t bytes, pn_combine *combine)
{
    if (group->size == 1)
        return;
    _Alignas(max_align_t) char small[8192];
    bool is_lent = bytes > sizeof small && bytes <= group->scratch_bytes;
    void *other = bytes <= sizeof small ? small : is_lent ? group->scratch : malloc(bytes);
    if (!other) {
        pn_log_rank(group->comm->log, "no memory for the %zu bytes of a reduction", bytes);
        pn_comm_abort(group->comm, 2);
        return;
    }
    combine_using(group, data, other, bytes, combine);
    if (other != small && !is_lent)
        free(other);
}

void pn_combine_sum(void *into, const void *from, size_t bytes)
{
    double *sum = into;
    const double *term = from;
    for (size_t i = 0; i < bytes / sizeof *sum; i++)
        sum[i] += term[i];
}

void pn_combine_max(void *into, const void *from, size_t bytes)
{
    double *largest = into;
    const double *value = from;
    for (size_t i = 0; i < bytes / sizeof *largest; i++)
        if (value[i] > largest[i] || isnan(value[i]))
            largest[i] = value[i];
}
