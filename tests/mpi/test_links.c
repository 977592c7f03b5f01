// SPDX-License-Identifier: BSD-3-Clause
// Every grid that the ranks make has all its links measured, each by its first end, and every rank
// knows them all. The same between hosts, which are made up of the ranks in several ways; each host
// meets each other once.
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

static void check_partners(pn_comm *comm, int hosts)
{
    int met[RANKS_MOST][RANKS_MOST] = {{0}};
    for (int round = 0; round <= hosts; round++)
        for (int host = 0; host < hosts; host++) {
            int partner = pn_links_partner(host, hosts, round);
            CHECK(comm, partner >= -1 && partner < hosts);
            if (partner < 0)
                continue;
            CHECK(comm, pn_links_partner(partner, hosts, round) == host);
            met[host][partner]++;
        }
    for (int host = 0; host < hosts; host++)
        for (int other = 0; other < hosts; other++)
            CHECK(comm, met[host][other] == 1);
}

// Hosts of `a_host` ranks each, the last of what is left; dealt to them in turn if `in_turn`.
static void check_hosts(pn_comm *comm, int a_host, bool in_turn)
{
    static double latency[RANKS_MOST * RANKS_MOST], bandwidth[RANKS_MOST * RANKS_MOST];
    int hosts = (comm->size + a_host - 1) / a_host, first[RANKS_MOST], second[RANKS_MOST];
    for (int host = 0; host < hosts; host++)
        first[host] = second[host] = -1;
    for (int rank = 0; rank < comm->size; rank++) {
        int host = in_turn ? rank % hosts : rank / a_host;
        int *end = first[host] < 0 ? &first[host] : &second[host];
        *end = *end < 0 ? rank : *end;
    }
    pn_links_hosts plan = {
        .comm = comm, .hosts = hosts, .first = first, .second = second, .tag = 40};
    CHECK(comm, pn_links_measure_hosts(&plan, latency, bandwidth) == PN_OK);
    for (int host = 0; host < hosts; host++)
        for (int other = 0; other < hosts; other++) {
            bool there = host != other || second[host] >= 0;
            int at = host * hosts + other, back = other * hosts + host;
            CHECK(comm, (latency[at] > 0) == there && (bandwidth[at] > 0) == there);
            CHECK(comm, latency[at] == latency[back] && bandwidth[at] == bandwidth[back]);
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
    for (int a_host = 1; a_host <= comm->size; a_host++)
        check_hosts(comm, a_host, a_host % 2 == 0);
    for (int hosts = 1; hosts <= RANKS_MOST; hosts++)
        check_partners(comm, hosts);
    pn_comm_close(comm);
    return 0;
}
