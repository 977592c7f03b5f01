// SPDX-License-Identifier: BSD-3-Clause
// The order of hosts on made-up networks: islands stay together and are left by the slow links only
// once, a slow host stands at an end, a line is gone round as shortly as any order of it allows.
#include "tune/host_order.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 40 };

typedef struct network {
    int hosts;
    double latency[MOST * MOST], bandwidth[MOST * MOST];
    int place[MOST], gaps[MOST];
} network;

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

static void set_link(network *n, int host, int other, double gigabytes)
{
    for (int way = 0; way < 2; way++) {
        int at = way ? other * n->hosts + host : host * n->hosts + other;
        n->latency[at] = 1e-6;
        n->bandwidth[at] = 1e9 * gigabytes;
    }
}

// All links alike, those inside hosts faster.
static void fill(network *n, int hosts, double gigabytes)
{
    memset(n, 0, sizeof *n);
    n->hosts = hosts;
    for (int host = 0; host < hosts; host++)
        for (int other = 0; other <= host; other++)
            set_link(n, host, other, host == other ? 2 * gigabytes : gigabytes);
}

static pn_host_order order_of(network *n)
{
    pn_host_links links = {n->hosts, n->latency, n->bandwidth};
    pn_host_order order = {n->place, n->gaps};
    bool seen[MOST] = {false};
    if (pn_hosts_order(&links, &order) != PN_OK)
        fail_msg("%s", pn_fail_message());
    for (int host = 0; host < n->hosts; host++) {
        assert_in_range(n->place[host], 0, n->hosts - 1);
        assert_false(seen[n->place[host]]);
        seen[n->place[host]] = true;
    }
    return order;
}

static void leaves_alike_hosts_alone(void **state)
{
    (void)state;
    network n;
    uint64_t seed = 3;
    for (int hosts = 2; hosts <= 30; hosts += 7) {
        fill(&n, hosts, 10);
        for (int host = 0; host < hosts; host++)
            for (int other = 0; other < host; other++) // measured with an error of 2 %
                set_link(&n, host, other, 10 * (0.98 + 0.04 * random_below(&seed, 100) / 100));
        order_of(&n);
        for (int host = 0; host < hosts; host++)
            assert_int_equal(n.place[host], host);
        for (int place = 1; place < hosts; place++)
            assert_int_equal(n.gaps[place], 1); // slower than inside a host, all alike
    }
}

static void finds_no_gap_where_hosts_are_as_near_as_ranks(void **state)
{
    (void)state;
    network n;
    fill(&n, 4, 10);
    for (int host = 0; host < 4; host++)
        set_link(&n, host, host, 11);
    order_of(&n);
    for (int place = 0; place < 4; place++)
        assert_int_equal(n.gaps[place], 0);
    fill(&n, 3, 10);
    for (int host = 0; host < 3; host++)
        set_link(&n, host, host, 0); // one rank a host: unknown
    order_of(&n);
    assert_true(n.gaps[1] == 0 && n.gaps[2] == 0);
}

static void keeps_islands_together(void **state)
{
    (void)state;
    network n;
    fill(&n, 6, 1); // even and odd hosts are far from each other
    for (int host = 0; host < 6; host++)
        for (int other = 0; other < host; other++)
            if (host % 2 == other % 2)
                set_link(&n, host, other, 10);
    pn_host_order order = order_of(&n);
    assert_true(n.place[0] == 0 && n.place[2] == 1 && n.place[4] == 2);
    assert_true(n.place[1] == 3 && n.place[3] == 4 && n.place[5] == 5);
    int widest = n.gaps[3];
    assert_true(widest > 0 && n.gaps[1] < widest && n.gaps[2] < widest);
    assert_true(n.gaps[4] < widest && n.gaps[5] < widest);
    assert_int_equal(pn_hosts_gap(&order, 1, 4), widest);
    assert_int_equal(pn_hosts_gap(&order, 5, 3), n.gaps[4]);
    assert_int_equal(pn_hosts_gap(&order, 2, 2), 0);
}

static void puts_a_slow_host_at_an_end(void **state)
{
    (void)state;
    for (int slow = 0; slow < 5; slow++) {
        network n;
        fill(&n, 5, 10);
        for (int host = 0; host < 5; host++)
            if (host != slow)
                set_link(&n, host, slow, 0.1);
        order_of(&n);
        int place = n.place[slow];
        assert_true(place == 0 || place == 4);
        for (int at = 1; at < 5; at++) {
            bool beside = at == (place == 0 ? 1 : 4);
            assert_int_equal(n.gaps[at], beside ? 2 : 1);
        }
    }
}

static double round_trip(const network *n, const int *hosts)
{
    pn_host_links links = {n->hosts, n->latency, n->bandwidth};
    double sum = 0;
    for (int i = 0; i < n->hosts; i++)
        sum += pn_hosts_seconds(&links, hosts[i], hosts[(i + 1) % n->hosts]);
    return sum;
}

static double shortest(const network *n, int *hosts, int at)
{
    double least = at == n->hosts ? round_trip(n, hosts) : INFINITY;
    for (int i = at; i < n->hosts; i++) {
        int here = hosts[at];
        hosts[at] = hosts[i];
        hosts[i] = here;
        least = fmin(least, shortest(n, hosts, at + 1));
        hosts[i] = hosts[at];
        hosts[at] = here;
    }
    return least;
}

static void check_round_trip(network *n)
{
    int hosts[MOST], by_place[MOST];
    for (int host = 0; host < n->hosts; host++) {
        hosts[host] = host;
        by_place[n->place[host]] = host;
    }
    double least = shortest(n, hosts, 1);
    assert_true(round_trip(n, by_place) <= least / 0.95 + 1e-12);
}

// Hosts on a line in a jumbled order: a message over d of its links takes d times as long.
static void goes_round_a_line(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int go = 0; go < 10; go++) {
        network n;
        int hosts = 3 + go % 5, at[MOST];
        fill(&n, hosts, 1);
        for (int host = 0; host < hosts; host++) {
            int other = (int)random_below(&seed, (unsigned)host + 1);
            at[host] = at[other];
            at[other] = host;
        }
        for (int host = 0; host < hosts; host++)
            for (int other = 0; other < host; other++)
                set_link(&n, host, other, 1.0 / abs(at[host] - at[other]));
        order_of(&n);
        check_round_trip(&n);
    }
}

// Too many for all orders: at least no worse than the natural one, and islands are whole.
static void orders_many_hosts(void **state)
{
    (void)state;
    network n;
    fill(&n, MOST, 1);
    for (int host = 0; host < MOST; host++)
        for (int other = 0; other <= host; other++)
            if (host % 4 == other % 4)
                set_link(&n, host, other, 20);
            else if (host % 2 == other % 2)
                set_link(&n, host, other, 5);
    order_of(&n);
    int by_place[MOST];
    for (int host = 0; host < MOST; host++)
        by_place[n.place[host]] = host;
    for (int place = 0; place < MOST; place++) {
        assert_int_equal(by_place[place] % 4, by_place[place / 10 * 10] % 4);
        assert_int_equal(by_place[place] % 2, by_place[place / 20 * 20] % 2);
    }
    assert_true(n.gaps[20] > n.gaps[10] && n.gaps[10] > n.gaps[5]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_alike_hosts_alone),
        cmocka_unit_test(finds_no_gap_where_hosts_are_as_near_as_ranks),
        cmocka_unit_test(keeps_islands_together),
        cmocka_unit_test(puts_a_slow_host_at_an_end),
        cmocka_unit_test(goes_round_a_line),
        cmocka_unit_test(orders_many_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
