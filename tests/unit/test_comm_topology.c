// SPDX-License-Identifier: BSD-3-Clause
// The routes of broadcasts, for every topology, up to 20 members and many sizes: each member gets
// each segment once, senders and receivers agree on the order, nothing waits for itself, and the
// next owner is served as promised.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "comm/topology.h"

#include <stdlib.h>
#include <string.h>

enum { MEMBERS_MOST = 20, SEGMENT = 64, STEPS_MOST = 256 };

typedef struct member {
    pn_route route;
    int64_t received; // steps whose segment has come
    bool has[STEPS_MOST];
} member;

// Segments under way between two members, in order.
typedef struct channel {
    int64_t segments[2 * STEPS_MOST];
    int sent, taken;
} channel;

static channel channels[MEMBERS_MOST][MEMBERS_MOST];

static void send_all(const member *from, int64_t step)
{
    pn_hop hop = pn_route_hop(&from->route, step);
    for (int i = 0; i < hop.child_count; i++) {
        assert_in_range(hop.children[i], 1, from->route.members - 1);
        channel *line = &channels[from->route.distance][hop.children[i]];
        line->segments[line->sent++] = hop.segment;
    }
}

// Takes what has come for the member's next step and hands it on; false if it has to wait.
static bool take_step(member *receiver)
{
    if (receiver->received == receiver->route.steps)
        return false;
    pn_hop hop = pn_route_hop(&receiver->route, receiver->received);
    assert_in_range(hop.parent, 0, receiver->route.members - 1);
    channel *line = &channels[hop.parent][receiver->route.distance];
    if (line->taken == line->sent)
        return false;
    assert_int_equal(line->segments[line->taken++], hop.segment);
    assert_false(receiver->has[hop.segment]);
    receiver->has[hop.segment] = true;
    send_all(receiver, receiver->received++);
    return true;
}

static void check_complete(const member *members, int count)
{
    for (int i = 1; i < count; i++) {
        assert_int_equal(members[i].received, members[i].route.segments);
        for (int64_t segment = 0; segment < members[i].route.segments; segment++)
            assert_true(members[i].has[segment]);
    }
    for (int from = 0; from < count; from++)
        for (int to = 0; to < count; to++)
            assert_int_equal(channels[from][to].sent, channels[from][to].taken);
}

static void simulate(pn_topology topology, int count, size_t bytes)
{
    static member members[MEMBERS_MOST];
    memset(members, 0, sizeof members);
    memset(channels, 0, sizeof channels);
    for (int i = 0; i < count; i++) {
        members[i].route = pn_route_plan(topology, count, i, bytes, SEGMENT);
        assert_true(members[i].route.segments <= STEPS_MOST);
        if (count > 1)
            assert_true((size_t)members[i].route.segments * members[i].route.segment_bytes >=
                        bytes);
    }
    for (int64_t step = 0; step < members[0].route.steps; step++)
        send_all(&members[0], step);
    for (bool moved = true; moved;) {
        moved = false;
        for (int i = count - 1; i > 0; i--) // against the ring: everybody waits often
            moved |= take_step(&members[i]);
    }
    check_complete(members, count);
}

static void every_member_gets_every_segment_once(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 10 * SEGMENT, 6001};
    for (pn_topology topology = 0; topology < PN_TOPOLOGIES; topology++)
        for (int count = 1; count <= MEMBERS_MOST; count++)
            for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
                simulate(topology, count, sizes[i]);
}

static int children_in_all(pn_topology topology, int count, int distance, size_t bytes)
{
    pn_route route = pn_route_plan(topology, count, distance, bytes, SEGMENT);
    int children = 0;
    for (int64_t step = 0; step < route.steps; step++)
        children += pn_route_hop(&route, step).child_count;
    return children;
}

static void the_next_owner_of_modified_variants_is_a_leaf_served_first(void **state)
{
    (void)state;
    const pn_topology modified[] = {PN_RING_MODIFIED, PN_TWO_RINGS_MODIFIED, PN_LONG_MODIFIED};
    for (int i = 0; i < 3; i++) {
        for (int count = 2; count <= MEMBERS_MOST; count++) {
            pn_route root = pn_route_plan(modified[i], count, 0, 1000, SEGMENT);
            for (int64_t step = 0; step < root.steps; step++) {
                pn_hop hop = pn_route_hop(&root, step);
                assert_int_equal(hop.children[0] == 1, step < root.segments);
            }
            assert_int_equal(children_in_all(modified[i], count, 1, 1000), 0);
        }
    }
}

static void the_plain_rings_serve_the_next_owner_first(void **state)
{
    (void)state;
    for (int count = 2; count <= MEMBERS_MOST; count++) {
        pn_route ring = pn_route_plan(PN_RING, count, 0, 1000, SEGMENT);
        pn_route two = pn_route_plan(PN_TWO_RINGS, count, 0, 1000, SEGMENT);
        pn_route spread = pn_route_plan(PN_LONG, count, 0, 1000, SEGMENT);
        assert_int_equal(pn_route_hop(&ring, 0).children[0], 1);
        assert_int_equal(pn_route_hop(&two, 0).children[0], 1);
        assert_int_equal(pn_route_hop(&spread, 0).children[0], 1);
    }
}

// In a ring the root sends the message once, in two rings twice; LONG sends each piece once and
// lets nobody relay more than the whole.
static void nobody_sends_more_than_the_topology_says(void **state)
{
    (void)state;
    enum { COUNT = 9, BYTES = 80 * SEGMENT };
    const int root_copies[PN_TOPOLOGIES] = {1, 2, 2, 3, 1, 2};
    for (pn_topology topology = 0; topology < PN_TOPOLOGIES; topology++) {
        int64_t segments = pn_route_plan(topology, COUNT, 0, BYTES, SEGMENT).segments;
        assert_int_equal(children_in_all(topology, COUNT, 0, BYTES),
                         root_copies[topology] * segments);
        for (int distance = 1; distance < COUNT; distance++)
            assert_true(children_in_all(topology, COUNT, distance, BYTES) <= segments);
    }
}

// While the pieces of a round go round, all links of the ring are busy at once: with every member
// doing one step a tick the last one has all pieces after as many ticks as there are pieces.
static void long_keeps_all_links_busy(void **state)
{
    (void)state;
    enum { COUNT = 8 };
    for (int distance = 1; distance < COUNT; distance++) {
        pn_route route = pn_route_plan(PN_LONG, COUNT, distance, (COUNT - 1) * SEGMENT, SEGMENT);
        assert_int_equal(route.segments, COUNT - 1);
        assert_int_equal(pn_route_hop(&route, 0).parent, 0);
        assert_int_equal(pn_route_hop(&route, 0).segment, distance - 1);
        for (int64_t step = 1; step < route.steps; step++) {
            int before = distance == 1 ? COUNT - 1 : distance - 1;
            pn_route feeder = pn_route_plan(PN_LONG, COUNT, before, (COUNT - 1) * SEGMENT, SEGMENT);
            assert_int_equal(pn_route_hop(&route, step).parent, before);
            assert_int_equal(pn_route_hop(&route, step).segment,
                             pn_route_hop(&feeder, step - 1).segment);
        }
    }
}

static void a_message_beyond_32_bits_is_cut_right(void **state)
{
    (void)state;
    const size_t bytes = (size_t)5 << 32, segment = (size_t)1 << 20;
    for (pn_topology topology = 0; topology < PN_TOPOLOGIES; topology++) {
        pn_route route = pn_route_plan(topology, 7, 3, bytes, segment);
        assert_true((size_t)route.segments * route.segment_bytes >= bytes);
        assert_true(route.segment_bytes <= segment);
        assert_true(pn_route_hop(&route, route.steps - 1).segment < route.segments);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_gets_every_segment_once),
        cmocka_unit_test(the_next_owner_of_modified_variants_is_a_leaf_served_first),
        cmocka_unit_test(the_plain_rings_serve_the_next_owner_first),
        cmocka_unit_test(nobody_sends_more_than_the_topology_says),
        cmocka_unit_test(long_keeps_all_links_busy),
        cmocka_unit_test(a_message_beyond_32_bits_is_cut_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
