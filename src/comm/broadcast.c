// SPDX-License-Identifier: BSD-3-Clause
// Performs the routes of topology.h. A member posts the receives of its next steps ahead of time,
// in the order of its route, and hands a segment on as soon as it and those before it have come.
// Both directions run in windows of fixed size, so a broadcast of any length takes no more memory.
#include "comm/broadcast.h"

#include "comm/group.h"
#include "comm/topology.h"

#include <assert.h>
#include <stdlib.h>

// Transfers number done .. started-1 are under way, each in request number % size.
typedef struct window {
    pn_request *requests; // [size]
    int size;
    int64_t started, done;
} window;

struct pn_broadcast {
    pn_background background; // first: the communicator knows the object by it
    pn_group group;
    pn_topology topology;
    size_t segment_bytes;
    char *data; // of the broadcast under way; NULL if none
    size_t bytes;
    int *ring; // [size] places of the group, by their distance from the root
    pn_route route;
    window receives; // numbered by step; complete from the start at the root
    window sends;
    int64_t send_step; // the next to pass on, and to which child
    int send_child;
};

static int rank_at(const pn_broadcast *broadcast, int distance)
{
    return pn_group_rank(&broadcast->group, broadcast->ring[distance]);
}

static size_t segment_offset(const pn_broadcast *broadcast, int64_t segment)
{
    return (size_t)pn_min(segment * (int64_t)broadcast->route.segment_bytes,
                          (int64_t)broadcast->bytes);
}

static size_t segment_length(const pn_broadcast *broadcast, int64_t segment)
{
    return segment_offset(broadcast, segment + 1) - segment_offset(broadcast, segment);
}

static bool retire(pn_comm *comm, window *transfers)
{
    bool moved = false;
    while (transfers->done < transfers->started &&
           pn_comm_test(comm, &transfers->requests[transfers->done % transfers->size])) {
        transfers->done++;
        moved = true;
    }
    return moved;
}

static bool has_room(const window *transfers)
{
    return transfers->started - transfers->done < transfers->size;
}

static void post_receives(pn_broadcast *broadcast)
{
    window *receives = &broadcast->receives;
    while (receives->started < broadcast->route.steps && has_room(receives)) {
        pn_hop hop = pn_route_hop(&broadcast->route, receives->started);
        pn_comm_receive_start(broadcast->group.comm,
                              broadcast->data + segment_offset(broadcast, hop.segment),
                              segment_length(broadcast, hop.segment),
                              rank_at(broadcast, hop.parent), broadcast->group.tag + PN_TAG_PANEL,
                              &receives->requests[receives->started % receives->size]);
        receives->started++;
    }
}

static void send_segment(pn_broadcast *broadcast, int64_t segment, int child)
{
    window *sends = &broadcast->sends;
    pn_comm_send_start(broadcast->group.comm, broadcast->data + segment_offset(broadcast, segment),
                       segment_length(broadcast, segment), rank_at(broadcast, child),
                       broadcast->group.tag + PN_TAG_PANEL,
                       &sends->requests[sends->started % sends->size]);
    sends->started++;
}

static void pass_on(pn_broadcast *broadcast)
{
    while (broadcast->send_step < broadcast->receives.done && has_room(&broadcast->sends)) {
        pn_hop hop = pn_route_hop(&broadcast->route, broadcast->send_step);
        if (broadcast->send_child < hop.child_count) {
            send_segment(broadcast, hop.segment, hop.children[broadcast->send_child++]);
        } else {
            broadcast->send_step++;
            broadcast->send_child = 0;
        }
    }
}

static bool advance(pn_background *background)
{
    pn_broadcast *broadcast = (pn_broadcast *)background;
    bool moved = retire(broadcast->group.comm, &broadcast->receives);
    post_receives(broadcast);
    moved |= retire(broadcast->group.comm, &broadcast->sends);
    pass_on(broadcast);
    return moved;
}

static bool is_here(const pn_broadcast *broadcast)
{
    return broadcast->receives.done == broadcast->route.steps;
}

static bool is_over(const pn_broadcast *broadcast)
{
    return is_here(broadcast) && broadcast->send_step == broadcast->route.steps &&
           broadcast->sends.done == broadcast->sends.started;
}

static bool make_window(window *transfers, int size)
{
    *transfers = (window){.requests = calloc((size_t)size, sizeof(pn_request)), .size = size};
    return transfers->requests != NULL;
}

pn_status pn_broadcast_create(pn_broadcast **broadcast, const pn_group *group,
                              const pn_broadcast_way *way)
{
    assert(way->segment_bytes > 0 && way->window > 0 && way->topology < PN_TOPOLOGIES);
    pn_broadcast *created = calloc(1, sizeof *created);
    if (!created)
        return pn_fail_memory("for a broadcast's requests");
    created->group = *group;
    created->ring = calloc((size_t)group->size, sizeof *created->ring);
    bool is_whole = make_window(&created->receives, way->window);
    is_whole = make_window(&created->sends, way->window) && is_whole;
    if (!created->ring || !is_whole) {
        pn_broadcast_destroy(created);
        return pn_fail_memory("for a broadcast's requests");
    }
    created->background.advance = advance;
    created->topology = way->topology;
    created->segment_bytes = way->segment_bytes;
    *broadcast = created;
    return PN_OK;
}

static void end(pn_broadcast *broadcast)
{
    if (broadcast->data)
        pn_comm_background_remove(broadcast->group.comm, &broadcast->background);
    broadcast->data = NULL;
}

void pn_broadcast_destroy(pn_broadcast *broadcast)
{
    if (!broadcast)
        return;
    window *both[] = {&broadcast->receives, &broadcast->sends};
    for (int w = 0; w < 2; w++) {
        for (int i = 0; both[w]->requests && i < both[w]->size; i++)
            pn_comm_cancel(broadcast->group.comm, &both[w]->requests[i]);
        free(both[w]->requests);
    }
    end(broadcast);
    free(broadcast->ring);
    free(broadcast);
}

// Takes the ring over; this member's distance from the root.
static int take_ring(pn_broadcast *broadcast, const int *ring)
{
    const pn_group *group = &broadcast->group;
    int distance = -1;
    for (int i = 0; i < group->size; i++) {
        assert(ring[i] >= 0 && ring[i] < group->size);
        broadcast->ring[i] = ring[i];
        if (ring[i] == group->me)
            distance = i;
    }
    assert(distance >= 0);
    return distance;
}

void pn_broadcast_start(pn_broadcast *broadcast, void *data, size_t bytes, const int *ring)
{
    const pn_group *group = &broadcast->group;
    assert(!broadcast->data);
    int distance = take_ring(broadcast, ring);
    broadcast->route =
        pn_route_plan(broadcast->topology, group->size, distance, bytes, broadcast->segment_bytes);
    broadcast->data = data;
    broadcast->bytes = bytes;
    int64_t ready = distance == 0 ? broadcast->route.steps : 0;
    broadcast->receives.started = broadcast->receives.done = ready;
    broadcast->sends.started = broadcast->sends.done = 0;
    broadcast->send_step = 0;
    broadcast->send_child = 0;
    if (broadcast->data)
        pn_comm_background_add(group->comm, &broadcast->background);
    advance(&broadcast->background);
}

// Without what comes from before there is nothing to pass on.
static void note_awaited(const pn_broadcast *broadcast)
{
    const window *receives = &broadcast->receives, *sends = &broadcast->sends;
    if (receives->done < receives->started)
        broadcast->group.comm->awaited = receives->requests[receives->done % receives->size].peer;
    else if (sends->done < sends->started)
        broadcast->group.comm->awaited = sends->requests[sends->done % sends->size].peer;
}

bool pn_broadcast_progress(pn_broadcast *broadcast)
{
    advance(&broadcast->background);
    if (!is_here(broadcast))
        note_awaited(broadcast);
    return is_here(broadcast);
}

void pn_broadcast_finish(pn_broadcast *broadcast)
{
    long spins = 0;
    while (!is_over(broadcast)) {
        advance(&broadcast->background);
        note_awaited(broadcast);
        if (!is_over(broadcast))
            pn_comm_pause(broadcast->group.comm, &spins);
    }
    end(broadcast);
}
