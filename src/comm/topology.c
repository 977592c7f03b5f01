// SPDX-License-Identifier: BSD-3-Clause
// In the modified topologies the next owner (distance 1) is a leaf that the root serves completely
// before anyone else, so the root's route has every segment twice: first for the next owner, then
// for the rest.
//
// The long topologies cut the message into rounds of one segment per member of the ring. The root
// hands each member one segment of the round, and the members pass them round: at every moment all
// links of the ring carry a different segment, and nobody sends the message more than once.
#include "comm/topology.h"

static bool is_modified(pn_topology topology)
{
    return topology == PN_RING_MODIFIED || topology == PN_TWO_RINGS_MODIFIED ||
           topology == PN_LONG_MODIFIED;
}

static bool is_long(pn_topology topology)
{
    return topology == PN_LONG || topology == PN_LONG_MODIFIED;
}

// Distance of the first member of the ring or rings.
static int first_in_ring(const pn_route *route)
{
    return is_modified(route->topology) ? 2 : 1;
}

static int ring_members(const pn_route *route)
{
    return (int)pn_max(0, route->members - first_in_ring(route));
}

static void cut_segments(pn_route *route, size_t bytes, size_t segment_bytes)
{
    enum { ALIGNMENT = 64 };
    int64_t total = (int64_t)bytes;
    route->segments = pn_ceil_div(total, (int64_t)segment_bytes);
    route->segment_bytes = segment_bytes;
    int64_t members = ring_members(route);
    if (is_long(route->topology) && members > 0) {
        route->segments = members * pn_ceil_div(total, members * (int64_t)segment_bytes);
        route->segment_bytes = (size_t)pn_round_up(pn_ceil_div(total, route->segments), ALIGNMENT);
    }
}

pn_route pn_route_plan(pn_topology topology, int members, int distance, size_t bytes,
                       size_t segment_bytes)
{
    pn_route route = {.topology = topology, .members = members, .distance = distance};
    if (bytes == 0 || members < 2)
        return route;
    cut_segments(&route, bytes, segment_bytes);
    bool twice = distance == 0 && is_modified(topology) && members > 2;
    route.steps = twice ? 2 * route.segments : route.segments;
    return route;
}

static void add_child(pn_hop *hop, int child)
{
    hop->children[hop->child_count++] = child;
}

// Distance of the first member of the second ring; `members` if there is only one.
static int second_head(const pn_route *route)
{
    bool two = route->topology == PN_TWO_RINGS || route->topology == PN_TWO_RINGS_MODIFIED;
    return two ? first_in_ring(route) + (ring_members(route) + 1) / 2 : route->members;
}

static void hop_of_rings(const pn_route *route, pn_hop *hop)
{
    int first = first_in_ring(route), second = second_head(route);
    if (route->distance == 0) {
        if (first < route->members)
            add_child(hop, first);
        if (second < route->members)
            add_child(hop, second);
        return;
    }
    bool head = route->distance == first || route->distance == second;
    hop->parent = head ? 0 : route->distance - 1;
    int next = route->distance + 1;
    if (next < route->members && next != second)
        add_child(hop, next);
}

static void hop_of_long(const pn_route *route, int64_t step, pn_hop *hop)
{
    int first = first_in_ring(route), members = ring_members(route);
    int turn = (int)(step % members);
    if (route->distance == 0) {
        add_child(hop, first + turn);
        return;
    }
    int place = route->distance - first;
    int piece = (place - turn + members) % members; // its own, its predecessor's, ...
    hop->segment = step - turn + piece;
    hop->parent = turn == 0 ? 0 : first + (place - 1 + members) % members;
    if (turn < members - 1)
        add_child(hop, first + (place + 1) % members);
}

pn_hop pn_route_hop(const pn_route *route, int64_t step)
{
    pn_hop hop = {.segment = step % route->segments, .parent = route->distance == 0 ? -1 : 0};
    if (is_modified(route->topology)) {
        if (route->distance == 1)
            return hop;
        if (route->distance == 0 && step < route->segments) {
            add_child(&hop, 1);
            return hop;
        }
    }
    if (is_long(route->topology))
        hop_of_long(route, step % route->segments, &hop);
    else
        hop_of_rings(route, &hop);
    return hop;
}
