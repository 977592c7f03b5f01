// SPDX-License-Identifier: BSD-3-Clause
// Every grid that the ranks make has all its links measured, each by its first end, and every rank
// knows them all.
#include "harness.h"

#include "comm/links.h"

enum { RANKS_MOST = 64 };

static void check_link(const pn_links_plan *plan, const pn_link *link, int rank, int to, int size,
                       int at)
{
    pn_comm *comm = plan->comm;
    CHECK(comm, link->from == rank);
    if (pn_links_round(at, size) < 0) {
        CHECK(comm, link->to == rank);
        return;
    }
    CHECK(comm, link->to == to);
    CHECK(comm, link->latency > 0.0);
    CHECK(comm, link->bandwidth > 0.0);
}

static void check_grid(pn_comm *comm, int p, bool column_major)
{
    static pn_link links[RANKS_MOST][PN_LINKS_A_RANK];
    int q = comm->size / p;
    pn_links_plan plan = {
        .comm = comm, .p = p, .q = q, .column_major_ranks = column_major, .tag = 40};
    CHECK(comm, pn_links_measure(&plan, links[0]) == PN_OK);
    for (int rank = 0; rank < comm->size; rank++) {
        int row = column_major ? rank % p : rank / q, column = column_major ? rank / p : rank % q;
        int right = (column + 1) % q, down = (row + 1) % p;
        check_link(&plan, &links[rank][0], rank, column_major ? right * p + row : row * q + right,
                   q, column);
        check_link(&plan, &links[rank][1], rank,
                   column_major ? column * p + down : down * q + column, p, row);
    }
}

int main(int argc, char **argv)
{
    pn_log log;
    pn_comm *comm = harness_open(&log, &(pn_comm_request){.argc = &argc, .argv = &argv});
    CHECK(comm, argc == 2 && comm->size == atoi(argv[1]) && comm->size <= RANKS_MOST);
    for (int p = 1; p <= comm->size; p++)
        if (comm->size % p == 0)
            check_grid(comm, p, p % 2 == 0);
    pn_comm_close(comm);
    return 0;
}
