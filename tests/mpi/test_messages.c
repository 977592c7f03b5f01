// SPDX-License-Identifier: BSD-3-Clause
// Point-to-point: sizes on both sides of the limit of one MPI count (lowered here), order within a
// tag, tags apart, cancelled receives, and the idle hook.
#include "harness.h"

#include <string.h>

enum { LIMIT = 1000, TAG = 3 };

static unsigned char pattern(size_t i, int rank)
{
    return (unsigned char)(i * 131 + (size_t)rank * 17 + i / 256);
}

static void check_size(pn_comm *comm, size_t bytes)
{
    int next = (comm->rank + 1) % comm->size, before = (comm->rank + comm->size - 1) % comm->size;
    unsigned char *out = malloc(bytes + 1), *in = malloc(bytes + 1);
    CHECK(comm, out && in);
    for (size_t i = 0; i < bytes; i++)
        out[i] = pattern(i, comm->rank);
    memset(in, 0, bytes + 1);
    in[bytes] = 77;
    pn_request requests[2] = {0};
    pn_comm_receive_start(comm, in, bytes, before, TAG, &requests[0]);
    pn_comm_send_start(comm, out, bytes, next, TAG, &requests[1]);
    pn_comm_wait_all(comm, 2, requests);
    for (size_t i = 0; i < bytes; i++)
        CHECK(comm, in[i] == pattern(i, before));
    CHECK(comm, in[bytes] == 77 && !requests[0].active && !requests[1].active);
    free(out);
    free(in);
}

static void check_order(pn_comm *comm)
{
    enum { COUNT = 20 };
    int next = (comm->rank + 1) % comm->size, before = (comm->rank + comm->size - 1) % comm->size;
    int out[COUNT], in[COUNT];
    pn_request requests[2 * COUNT] = {0};
    for (int i = 0; i < COUNT; i++) {
        out[i] = i;
        pn_comm_send_start(comm, &out[i], sizeof out[i], next, TAG + i % 2, &requests[i]);
    }
    for (int i = COUNT - 1; i >= 0; i -= 2) // the odd tag first
        pn_comm_receive_start(comm, &in[COUNT - i], sizeof in[i], before, TAG + 1,
                              &requests[COUNT + i]);
    for (int i = 0; i < COUNT; i += 2)
        pn_comm_receive_start(comm, &in[i], sizeof in[i], before, TAG, &requests[COUNT + i]);
    pn_comm_wait_all(comm, 2 * COUNT, requests);
    for (int i = 0; i < COUNT; i++)
        CHECK(comm, in[i] == i);
}

static void check_cancel(pn_comm *comm)
{
    int never = 5;
    pn_request request = {0};
    pn_comm_receive_start(comm, &never, sizeof never, comm->size - 1, TAG + 5, &request);
    CHECK(comm, !pn_comm_test(comm, &request));
    pn_comm_cancel(comm, &request);
    CHECK(comm, !request.active && never == 5);
}

// Rank 0 sends what the last rank waits for only from its idle hook, while it waits itself for the
// answer.
static bool send_once(void *context)
{
    pn_comm *comm = context;
    static bool sent;
    if (sent)
        return false;
    sent = true;
    pn_request request = {0};
    int question = 42;
    pn_comm_send_start(comm, &question, sizeof question, comm->size - 1, TAG, &request);
    while (!pn_comm_test(comm, &request))
        ;
    return true;
}

static void check_idle(pn_comm *comm)
{
    int value = 0;
    if (comm->rank == 0 && comm->size > 1) {
        comm->idle = send_once;
        comm->idle_context = comm;
        pn_comm_receive(comm, &value, sizeof value, comm->size - 1, TAG + 1);
        comm->idle = NULL;
        CHECK(comm, value == 43);
    } else if (comm->rank == comm->size - 1 && comm->size > 1) {
        pn_comm_receive(comm, &value, sizeof value, 0, TAG);
        value++;
        pn_comm_send(comm, &value, sizeof value, 0, TAG + 1);
    }
}

int main(int argc, char **argv)
{
    pn_log log;
    pn_comm *comm = harness_open(
        &log, &(pn_comm_request){.argc = &argc, .argv = &argv, .message_limit = LIMIT});
    CHECK(comm, argc < 2 || comm->size == atoi(argv[1]));
    const size_t sizes[] = {
        0,     1,           LIMIT - 1, LIMIT, LIMIT + 1, 2 * LIMIT - 1, 2 * LIMIT, 2 * LIMIT + 1,
        99999, 100 * LIMIT, 1234567};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_size(comm, sizes[i]);
    check_order(comm);
    check_cancel(comm);
    check_idle(comm);
    pn_comm_close(comm);
    return 0;
}
