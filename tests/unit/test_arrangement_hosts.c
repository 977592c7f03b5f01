// SPDX-License-Identifier: BSD-3-Clause
// Ranks on hosts with measured links: process columns stand beside each other as their hosts do, no
// rows are exchanged over slow links where that can be, and nobody loses a place or a share by it.
#include "grid/place.h"
#include "request.h"
#include "tune/choose.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_HOSTS = 12, MOST_RANKS = 60 };
#define GIB ((int64_t)1 << 30)

typedef struct job {
    int hosts, ranks;
    pn_rank_info info[MOST_RANKS];
    int host[MOST_RANKS]; // as numbered in the links
    double latency[MOST_HOSTS * MOST_HOSTS], bandwidth[MOST_HOSTS * MOST_HOSTS];
    pn_host_links links;
} job;

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

static void set_link(job *j, int host, int other, double gigabytes)
{
    for (int way = 0; way < 2; way++) {
        int at = way ? other * j->hosts + host : host * j->hosts + other;
        j->latency[at] = 2e-6;
        j->bandwidth[at] = 1e9 * gigabytes;
    }
}

static void add_rank(job *j, int host, double rate)
{
    pn_rank_info *info = &j->info[j->ranks];
    memset(info, 0, sizeof *info);
    snprintf(info->host, sizeof info->host, "node%02d", host);
    snprintf(info->kind, sizeof info->kind, "kind of %g", rate);
    info->cores = info->host_cores = 1;
    info->memory_available = 64 * GIB;
    info->rate = 1e9 * rate;
    info->panel_rate = 1e8 * rate;
    j->host[j->ranks++] = host;
}

static void begin(job *j, int hosts, double gigabytes)
{
    *j = (job){.hosts = hosts};
    for (int host = 0; host < hosts; host++)
        for (int other = 0; other <= host; other++)
            set_link(j, host, other, host == other ? 10 : gigabytes);
    j->links = (pn_host_links){hosts, j->latency, j->bandwidth};
}

static pn_choice choose(job *j, pn_choice_request request)
{
    pn_choice choice;
    request.links = &j->links;
    if (pn_choose(&choice, &request, j->info, j->ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

// The layout that a run would have seats every rank where the tables say.
static void check_places(const job *j, const pn_choice *choice)
{
    const pn_arrangement *a = &choice->arrangement;
    pn_layout *layout;
    pn_layout_request request = {.n = choice->settings.n,
                                 .nb = choice->settings.nb,
                                 .columns = a->columns,
                                 .heights = a->table.heights,
                                 .virtual_rows = a->virtual_rows,
                                 .shares = a->table.shares,
                                 .column_major_ranks = a->column_major,
                                 .order = a->table.order,
                                 .weights = a->weighted ? a->table.weights : NULL,
                                 .gaps = a->table.gaps};
    assert_int_equal(a->used, j->ranks);
    if (pn_layout_create(&layout, &request) != PN_OK)
        fail_msg("%s", pn_fail_message());
    for (int rank = 0; rank < j->ranks; rank++) {
        pn_place place;
        assert_int_equal(pn_place_create(&place, layout, rank), PN_OK);
        assert_int_equal(place.row, a->table.row[rank]);
        assert_int_equal(place.column, a->table.column[rank]);
        assert_int_equal(place.hosted, a->table.hosted[rank]);
        pn_place_release(&place);
    }
    pn_layout_destroy(layout);
}

static int host_at(const job *j, const pn_choice *choice, int row, int column)
{
    const pn_arrangement *a = &choice->arrangement;
    for (int rank = 0; rank < j->ranks; rank++)
        if (a->table.row[rank] == row && a->table.column[rank] == column)
            return j->host[rank];
    return -1;
}

// Ranks that a launcher dealt to the hosts in turn.
static void puts_columns_within_hosts(void **state)
{
    (void)state;
    job j;
    begin(&j, 4, 0.1);
    for (int rank = 0; rank < 16; rank++)
        add_rank(&j, rank % 4, 30);
    pn_choice choice = choose(
        &j, (pn_choice_request){USUAL, .settings.n = 20000, .settings.p = 4, .settings.q = 4});
    assert_true(choice.arrangement.column_major);
    for (int column = 0; column < 4; column++)
        for (int row = 0; row < 4; row++)
            assert_int_equal(host_at(&j, &choice, row, column), column);
    for (int column = 1; column < 4; column++)
        assert_int_equal(choice.arrangement.table.gaps[column], 1);
    check_places(&j, &choice);
    pn_choice_release(&choice);
    choice =
        choose(&j, (pn_choice_request){USUAL, .settings.n = 20000, .settings.p = 4, .settings.q = 4,
                                       .settings.mapping = PN_MAPPING_COLUMNS});
    for (int rank = 0; rank < 16; rank++) // as asked for
        assert_int_equal(choice.arrangement.table.order[rank], rank);
    assert_int_equal(choice.arrangement.table.gaps[1], 0); // the rows lie within the hosts then
    check_places(&j, &choice);
    pn_choice_release(&choice);
}

// Even and odd hosts are islands.
static void puts_islands_beside_each_other(void **state)
{
    (void)state;
    job j;
    begin(&j, 6, 0.1);
    for (int host = 0; host < 6; host++)
        for (int other = host % 2; other < host; other += 2)
            set_link(&j, host, other, 9);
    for (int rank = 0; rank < 12; rank++)
        add_rank(&j, rank / 2, 30);
    pn_choice choice = choose(
        &j, (pn_choice_request){USUAL, .settings.n = 20000, .settings.p = 1, .settings.q = 12});
    int crossings = 0;
    for (int column = 1; column < 12; column++) {
        int here = host_at(&j, &choice, 0, column), before = host_at(&j, &choice, 0, column - 1);
        crossings += here % 2 != before % 2;
        assert_int_equal(choice.arrangement.table.gaps[column], here % 2 != before % 2);
    }
    assert_int_equal(crossings, 1);
    check_places(&j, &choice);
    pn_choice_release(&choice);
}

// The model knows the links: a grid is chosen that is at least as good as any that could be asked
// for, and slow links cost.
static void chooses_the_grid_by_the_links(void **state)
{
    (void)state;
    static const double speeds[] = {10, 1, 0.1, 0.01};
    double before[] = {INFINITY, INFINITY, INFINITY, INFINITY};
    for (int i = 0; i < 4; i++) {
        job j;
        begin(&j, 2, speeds[i]);
        for (int rank = 0; rank < 8; rank++)
            add_rank(&j, rank / 4, 30);
        pn_choice_request request = {USUAL, .settings.n = 20000, .settings.nb = 192,
                                     .settings.share_mode = PN_SHARE_MODE_EQUAL};
        pn_choice choice = choose(&j, request); // by equal shares nobody is left out
        for (int k = 0; k < 4; k++) {
            int p = 1 << k;
            request.settings.p = p;
            request.settings.q = 8 / p;
            pn_choice asked = choose(&j, request);
            bool usual = p * p <= 8 && 3 * p * p >= 8; // with fast links no others are tried
            if (speeds[i] < 5 || usual)
                assert_true(asked.rate <= choice.rate * (1 + 1e-9));
            assert_true(asked.rate < before[k] * (speeds[i] < 0.5 ? 1 : 1.03));
            before[k] = asked.rate;
            pn_choice_release(&asked);
        }
        if (speeds[i] < 0.2) {
            assert_int_equal(4 % choice.settings.p, 0); // no column spans hosts
            assert_non_null(strstr(choice.lines[PN_CHOICE_GRID].reason, "links measured"));
        }
        check_places(&j, &choice);
        pn_choice_release(&choice);
    }
}

static void check_gaps(const job *j, const pn_choice *choice)
{
    int place[MOST_HOSTS], gaps[MOST_HOSTS], last = -1;
    const pn_arrangement *a = &choice->arrangement;
    pn_host_order order = {place, gaps};
    assert_int_equal(pn_hosts_order(&j->links, &order), PN_OK);
    for (int column = 0; column < a->columns; column++) {
        int here = place[host_at(j, choice, 0, column)];
        assert_true(here >= last); // columns follow the order of their hosts
        if (column > 0 && a->height == 1)
            assert_int_equal(a->table.gaps[column], pn_hosts_gap(&order, last, here));
        last = here;
    }
}

static void keeps_places_and_shares_of_any_mix(void **state)
{
    (void)state;
    static const double kinds[] = {20, 30, 90};
    static const double links[] = {9, 1, 0.2};
    uint64_t seed = 17;
    for (int go = 0; go < 40; go++) {
        job j;
        begin(&j, 2 + (int)random_below(&seed, MOST_HOSTS - 1), 1);
        for (int host = 0; host < j.hosts; host++)
            for (int other = 0; other < host; other++)
                set_link(&j, host, other, links[random_below(&seed, 3)]);
        for (int host = 0; host < j.hosts; host++) // hosts are numbered by their first ranks
            add_rank(&j, host, kinds[random_below(&seed, 3)]);
        for (int more = (int)random_below(&seed, 40); more > 0; more--)
            add_rank(&j, (int)random_below(&seed, (unsigned)j.hosts),
                     kinds[random_below(&seed, 3)]);
        pn_choice choice =
            choose(&j, (pn_choice_request){USUAL, .settings.n = 30000, .settings.nb = 128});
        if (choice.arrangement.used == j.ranks) {
            check_places(&j, &choice);
            if (choice.arrangement.unlike || choice.settings.p == 1)
                check_gaps(&j, &choice);
        }
        pn_choice_release(&choice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_columns_within_hosts),
        cmocka_unit_test(puts_islands_beside_each_other),
        cmocka_unit_test(chooses_the_grid_by_the_links),
        cmocka_unit_test(keeps_places_and_shares_of_any_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
