// SPDX-License-Identifier: BSD-3-Clause
// All links of a list are measured, in rounds in which nobody meets two others, and every rank
// knows them all. The same between hosts, which are made up of the ranks in several ways; each host
// meets each other once.
#include "harness.h"

#include "comm/group.h"
#include "probe/links.h"
#include "probe/links_hosts.h"

enum { RANKS_MOST = 64 };

// The links that were asked for, measured; the results are the same on all ranks.
static void check_links(pn_comm *comm, pn_rank_link *links, int count)
{
    double sums[2] = {0}, most[2];
    pn_group world = pn_group_world(comm, 0);
    pn_rank_link asked[2 * RANKS_MOST];
    CHECK(comm, count <= 2 * RANKS_MOST);
    for (int i = 0; i < count; i++)
        asked[i] = links[i];
    CHECK(comm, pn_links_measure(&(pn_links_plan){comm, links, count, 40}) == PN_OK);
    for (int i = 0; i < count; i++) {
        CHECK(comm, links[i].from == asked[i].from && links[i].to == asked[i].to);
        CHECK(comm, links[i].latency > 0 && links[i].bandwidth > 0);
        sums[0] += links[i].latency;
        sums[1] += links[i].bandwidth;
    }
    most[0] = sums[0];
    most[1] = sums[1];
    pn_group_combine(&world, most, sizeof most, pn_combine_max);
    CHECK(comm, most[0] == sums[0] && most[1] == sums[1]);
}

// Nobody is in two links of a round, and rounds are few.
static void check_rounds(pn_comm *comm, const pn_rank_link *links, int count, int degree)
{
    int round[2 * RANKS_MOST], busy[RANKS_MOST];
    int rounds = pn_links_rounds(links, count, round, busy, comm->size);
    CHECK(comm, rounds <= (degree > 0 ? 2 * degree - 1 : 0));
    for (int i = 0; i < count; i++) {
        CHECK(comm, round[i] >= 0 && round[i] < rounds);
        for (int j = 0; j < i; j++) {
            bool meet = links[i].from == links[j].from || links[i].from == links[j].to ||
                        links[i].to == links[j].from || links[i].to == links[j].to;
            CHECK(comm, !meet || round[i] != round[j]);
        }
    }
}

static void check_ring(pn_comm *comm)
{
    pn_rank_link links[RANKS_MOST];
    int size = comm->size, count = pn_links_ring(links, size);
    CHECK(comm, count == (size > 2 ? size : size - 1));
    check_rounds(comm, links, count, size > 2 ? 2 : size - 1);
    check_links(comm, links, count);
}

// One rank in the middle of all, as a device beside a high column of processors; the last rank
// asks in place of the first half the time.
static void check_star(pn_comm *comm)
{
    pn_rank_link links[RANKS_MOST];
    int count = comm->size - 1;
    for (int i = 0; i < count; i++)
        links[i] =
            i % 2 ? (pn_rank_link){.from = count, .to = i} : (pn_rank_link){.from = i, .to = count};
    check_rounds(comm, links, count, count);
    check_links(comm, links, count);
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
    check_ring(comm);
    check_star(comm);
    for (int a_host = 1; a_host <= comm->size; a_host++)
        check_hosts(comm, a_host, a_host % 2 == 0);
    for (int hosts = 1; hosts <= RANKS_MOST; hosts++)
        check_partners(comm, hosts);
    pn_comm_close(comm);
    return 0;
}
