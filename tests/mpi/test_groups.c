// SPDX-License-Identifier: BSD-3-Clause
// Every collective over the world and over groups whose places are not the ranks, each with values
// that tell who contributed what. Many calls follow each other without a barrier between them.
#include "comm/group.h"
#include "harness.h"

#include <math.h>
#include <string.h>

enum { RANKS_MOST = 64, WORDS_MOST = 3000 };

static void check_gather(const pn_group *group, int words)
{
    static int64_t data[RANKS_MOST * WORDS_MOST];
    memset(data, 0, sizeof data);
    for (int i = 0; i < words; i++)
        data[group->me * words + i] = 1000000 * (group->me + 1) + i;
    pn_group_gather_all(group, data, (size_t)words * sizeof *data);
    for (int place = 0; place < group->size; place++)
        for (int i = 0; i < words; i++)
            CHECK(group->comm, data[place * words + i] == 1000000 * (place + 1) + i);
}

static void check_broadcast(const pn_group *group, int words)
{
    int64_t data[WORDS_MOST];
    for (int root = 0; root < group->size; root++) {
        for (int i = 0; i < words; i++)
            data[i] = group->me == root ? 100 * root + i : -1;
        pn_group_broadcast(group, data, (size_t)words * sizeof *data, root);
        for (int i = 0; i < words; i++)
            CHECK(group->comm, data[i] == 100 * root + i);
    }
}

// Terms of very unlike size: the sum depends on the order of additions, which all must share.
static void check_same_bits(const pn_group *group)
{
    double sums[RANKS_MOST] = {0};
    double exact = 0;
    double term = pow(3.0, group->me % 40) / 7.0;
    for (int place = 0; place < group->size; place++)
        exact += pow(3.0, place % 40) / 7.0;
    sums[group->me] = term;
    pn_group_combine(group, &sums[group->me], sizeof(double), pn_combine_sum);
    CHECK(group->comm, fabs(sums[group->me] - exact) <= 1e-14 * exact);
    pn_group_gather_all(group, sums, sizeof(double));
    for (int place = 1; place < group->size; place++)
        CHECK(group->comm, memcmp(&sums[place], &sums[0], sizeof(double)) == 0);
}

static void check_combine(const pn_group *group, int words)
{
    double data[WORDS_MOST];
    for (int i = 0; i < words; i++)
        data[i] = group->me + i;
    pn_group_combine(group, data, (size_t)words * sizeof *data, pn_combine_sum);
    int size = group->size;
    for (int i = 0; i < words; i++)
        CHECK(group->comm, data[i] == size * (size - 1) / 2 + (double)size * i);
    for (int loudest = 0; loudest < size; loudest++) {
        double value = group->me == loudest ? 5 : -group->me;
        pn_group_combine(group, &value, sizeof value, pn_combine_max);
        CHECK(group->comm, value == 5);
        value = group->me == loudest ? NAN : 1;
        pn_group_combine(group, &value, sizeof value, pn_combine_max);
        CHECK(group->comm, isnan(value));
    }
}

// The first value differs from the others in its place; into (+) from keeps the left one.
static void keep_left(void *into, const void *from, size_t bytes)
{
    (void)into;
    (void)from;
    (void)bytes;
}

static void check_order(const pn_group *group)
{
    int winner = group->me;
    pn_group_combine(group, &winner, sizeof winner, keep_left);
    CHECK(group->comm, winner == 0);
}

// A barrier is left only after all have come: a flag sent before it must be in the mailbox after.
static void check_barrier(const pn_group *group)
{
    pn_comm *comm = group->comm;
    for (int late = 0; late < group->size; late++) {
        int token = group->me;
        pn_request requests[2] = {0};
        int next = pn_group_rank(group, (group->me + 1) % group->size);
        int before = pn_group_rank(group, (group->me + group->size - 1) % group->size);
        int received = -1;
        pn_comm_receive_start(comm, &received, sizeof received, before, group->tag + PN_TAG_FREE,
                              &requests[0]);
        pn_comm_send_start(comm, &token, sizeof token, next, group->tag + PN_TAG_FREE,
                           &requests[1]);
        pn_group_barrier(group);
        pn_comm_wait_all(comm, 2, requests);
        CHECK(comm, received == (group->me + group->size - 1) % group->size);
    }
}

static void check_all(const pn_group *group)
{
    const int words[] = {1, 2, 17, WORDS_MOST};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        check_gather(group, words[i]);
        check_broadcast(group, words[i]);
        check_combine(group, words[i]);
    }
    check_same_bits(group);
    check_order(group);
    check_barrier(group);
    pn_group_barrier(group);
}

int main(int argc, char **argv)
{
    pn_log log;
    pn_comm *comm = harness_open(&log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, comm->size <= RANKS_MOST && (argc < 2 || comm->size == atoi(argv[1])));
    pn_group world = pn_group_world(comm, 0);
    check_all(&world);
    int backwards[RANKS_MOST], parity[RANKS_MOST];
    for (int i = 0; i < comm->size; i++)
        backwards[i] = comm->size - 1 - i;
    check_all(&(pn_group){.comm = comm,
                          .size = comm->size,
                          .me = comm->size - 1 - comm->rank,
                          .ranks = backwards,
                          .tag = 8});
    for (int i = 0; 2 * i < comm->size; i++)
        parity[i] = 2 * i + comm->rank % 2;
    int halves = (comm->size + 1 - comm->rank % 2) / 2;
    check_all(&(pn_group){
        .comm = comm, .size = halves, .me = comm->rank / 2, .ranks = parity, .tag = 16});
    pn_comm_close(comm);
    return 0;
}
