// SPDX-License-Identifier: BSD-3-Clause
// Panel broadcasts: every topology and root, rings in order and in a jumble, sizes around the
// segment's, several in flight between the same members, finished in another order than they were
// started, with other collectives in between.
#include "harness.h"

#include "comm/broadcast.h"
#include "comm/group.h"

#include <string.h>

enum { SEGMENT = 128, FLIGHTS = 3, BYTES_MOST = 5000, RANKS_MOST = 64 };

typedef struct panel {
    pn_broadcast *broadcast;
    pn_group group;
    int root;
    int serial; // tells this broadcast's bytes from any other's
    unsigned char data[BYTES_MOST];
} panel;

static unsigned char pattern(size_t i, int serial)
{
    return (unsigned char)(i * 29 + i / 251 + (size_t)serial * 101);
}

// The root first; then the others by their places or, every other time, in a jumble.
static void make_ring(int *ring, int size, int root, int serial)
{
    for (int i = 0; i < size; i++)
        ring[i] = (root + i) % size;
    for (int i = size - 1; i > 1 && serial % 2; i--) {
        int other = 1 + (serial * 7 + i * 13) % i, place = ring[i];
        ring[i] = ring[other];
        ring[other] = place;
    }
}

static void begin(panel *flight, size_t bytes, int root, int serial)
{
    flight->root = root;
    flight->serial = serial;
    for (size_t i = 0; i < bytes; i++)
        flight->data[i] = flight->group.me == root ? pattern(i, serial) : 0;
    int ring[RANKS_MOST];
    make_ring(ring, flight->group.size, root, serial);
    pn_broadcast_start(flight->broadcast, flight->data, bytes, ring);
}

static void check_data(const panel *flight, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        CHECK(flight->group.comm, flight->data[i] == pattern(i, flight->serial));
}

// The members wait in unlike ways: some only poll, some only block, some do both.
static void await(panel *flight, size_t bytes, int way)
{
    if (way % 3 == 0)
        for (long spins = 0; !pn_broadcast_progress(flight->broadcast);)
            pn_comm_pause(flight->group.comm, &spins);
    if (way % 3 == 0)
        check_data(flight, bytes);
    if (way % 3 == 1)
        pn_broadcast_progress(flight->broadcast);
    pn_broadcast_finish(flight->broadcast);
    check_data(flight, bytes);
}

static void check_size(panel flights[FLIGHTS], size_t bytes, int root)
{
    const pn_group *group = &flights[0].group;
    for (int i = 0; i < FLIGHTS; i++)
        begin(&flights[i], bytes, (root + i) % group->size, root + 7 * i + (int)bytes);
    if (root % 2)
        pn_group_barrier(group); // relays go on in the background
    for (int i = 0; i < FLIGHTS; i++) {
        panel *next = &flights[(i + root) % FLIGHTS];
        await(next, bytes, group->me + i);
    }
}

static void check_topology(const pn_group *group, pn_topology topology)
{
    const size_t sizes[] = {0,           1,           SEGMENT - 1,     SEGMENT,
                            SEGMENT + 1, 5 * SEGMENT, 7 * SEGMENT + 3, BYTES_MOST};
    const int windows[FLIGHTS] = {1, 3, 32};
    panel *flights = calloc(FLIGHTS, sizeof *flights);
    CHECK(group->comm, flights);
    for (int i = 0; i < FLIGHTS; i++) {
        flights[i].group = *group;
        flights[i].group.tag += i * PN_GROUP_TAGS;
        CHECK(group->comm,
              pn_broadcast_create(&flights[i].broadcast, &flights[i].group,
                                  &(pn_broadcast_way){topology, SEGMENT, windows[i]}) == PN_OK);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int root = 0; root < group->size; root += 1 + group->size / 5)
            check_size(flights, sizes[i], root);
    for (int i = 0; i < FLIGHTS; i++)
        pn_broadcast_destroy(flights[i].broadcast);
    free(flights);
}

int main(int argc, char **argv)
{
    pn_log log;
    pn_comm *comm = harness_open(&log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, comm->size <= RANKS_MOST && (argc < 2 || comm->size == atoi(argv[1])));
    int turned[RANKS_MOST];
    for (int i = 0; i < comm->size; i++)
        turned[i] = (i + 2) % comm->size;
    for (int turn = 0; turn < 2 * PN_TOPOLOGIES; turn++) {
        pn_topology topology = (pn_topology)(turn % PN_TOPOLOGIES);
        if (turn == PN_TOPOLOGIES) // once more beside a thread that moves messages on
            pn_comm_help(comm);
        int place = (comm->rank - 2 + 2 * comm->size) % comm->size;
        check_topology(
            &(pn_group){.comm = comm, .size = comm->size, .me = place, .ranks = turned, .tag = 8},
            topology);
    }
    CHECK(comm, comm->background == NULL);
    pn_comm_close(comm);
    return 0;
}
