// SPDX-License-Identifier: BSD-3-Clause
// Leaving out what costs more than it brings: by its rate, its links or its memory, whoever is the
// slowest; and nobody else.
#include "request.h"
#include "tune/choice_kinds.h"
#include "tune/choose.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
enum { MIXES = 6 }; // ten times slower
#else
enum { MIXES = 40 };
#endif
enum { MOST_HOSTS = 12, MOST_RANKS = 24 };
#define MIB ((int64_t)1 << 20)
#define GIB ((int64_t)1 << 30)

typedef struct job {
    int hosts, ranks;
    pn_rank_info info[MOST_RANKS];
    double latency[MOST_HOSTS * MOST_HOSTS], bandwidth[MOST_HOSTS * MOST_HOSTS];
    pn_host_links links;
} job;

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

static void set_link(job *j, int host, int other, double bandwidth)
{
    j->bandwidth[host * j->hosts + other] = j->bandwidth[other * j->hosts + host] = bandwidth;
}

// Hosts of `a_host` ranks of like rate, linked as is usual.
static void begin(job *j, int hosts, int a_host, const double *rates)
{
    *j = (job){.hosts = hosts, .ranks = hosts * a_host};
    for (int i = 0; i < hosts * hosts; i++) {
        j->latency[i] = 3e-6;
        j->bandwidth[i] = 5e9;
    }
    for (int rank = 0; rank < j->ranks; rank++) {
        double rate = rates[rank / a_host];
        pn_rank_info *info = &j->info[rank];
        *info = (pn_rank_info){.cpu_set = (uint64_t)(1 + rank % a_host),
                               .cores = 1,
                               .host_cores = a_host,
                               .memory_available = 64 * GIB,
                               .rate = 1e9 * rate,
                               .panel_rate = 1e9 * (rate / 10)};
        snprintf(info->host, sizeof info->host, "node%02d", rank / a_host);
        snprintf(info->kind, sizeof info->kind, "kind of %g", rate);
    }
    j->links = (pn_host_links){hosts, j->latency, j->bandwidth};
}

// All links of a host to those before `first` and from `end` on.
static void slow_down(job *j, int host, int first, int end)
{
    for (int other = 0; other < j->hosts; other++)
        if (other < first || other >= end)
            set_link(j, host, other, 1e7);
}

static pn_choice choose(job *j, pn_choice_request request)
{
    pn_choice choice;
    request.links = &j->links;
    if (pn_choose(&choice, &request, j->info, j->ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

// Ranks [first, end) and nobody else are left out, all for one reason.
static void assert_left_out(const pn_choice *choice, int first, int end, pn_left_out reason)
{
    const pn_arrangement *a = &choice->arrangement;
    for (int rank = 0; rank < a->ranks; rank++) {
        bool is_out = rank >= first && rank < end;
        if ((a->table.column[rank] < 0) != is_out ||
            choice->ranks[rank].left_out != (is_out ? reason : PN_LEFT_OUT_NOT))
            fail_msg("rank %d: column %d, reason %d; %s", rank, a->table.column[rank],
                     (int)choice->ranks[rank].left_out, choice->lines[PN_CHOICE_SHARES].reason);
    }
    assert_int_equal(a->used, a->ranks - (end - first));
}

static void assert_told(const pn_choice *choice, pn_choice_item item, const char *words)
{
    if (!strstr(choice->lines[item].reason, words))
        fail_msg("\"%s\" is not in: %s", words, choice->lines[item].reason);
}

// The fastest kind of all, which no order by rate would try.
static void leaves_out_a_fast_host_behind_a_slow_link(void **state)
{
    (void)state;
    job j;
    begin(&j, 3, 1, (double[]){200, 150, 100});
    slow_down(&j, 0, 0, 1);
    pn_choice choice = choose(&j, (pn_choice_request){USUAL});
    assert_left_out(&choice, 0, 1, PN_LEFT_OUT_LINK);
    assert_true(choice.rate > 0.8 * 250e9);
    assert_told(&choice, PN_CHOICE_SHARES, "1 rank is left out: with all it would be ");
    pn_choice_kind parts[4];
    assert_int_equal(pn_choice_kinds(&choice, j.info, parts, 4), 3);
    assert_true(parts[2].left_out == PN_LEFT_OUT_LINK && parts[2].ranks == 1);
    pn_choice_release(&choice);
    begin(&j, 3, 1, (double[]){200, 150, 100});
    choice = choose(&j, (pn_choice_request){USUAL}); // with a usual link it is worth its place
    assert_left_out(&choice, 0, 0, PN_LEFT_OUT_NOT);
    pn_choice_release(&choice);
}

// The others, where they bring less than it does alone.
static void leaves_out_all_behind_a_slow_link(void **state)
{
    (void)state;
    job j;
    begin(&j, 3, 1, (double[]){200, 50, 100});
    slow_down(&j, 0, 0, 1);
    pn_choice choice = choose(&j, (pn_choice_request){USUAL});
    assert_left_out(&choice, 1, 3, PN_LEFT_OUT_LINK);
    assert_true(choice.rate > 0.8 * 200e9);
    pn_choice_release(&choice);
}

static void leaves_out_one_of_like_hosts_behind_a_slow_link(void **state)
{
    (void)state;
    job j;
    begin(&j, 4, 2, (double[]){60, 60, 60, 60});
    slow_down(&j, 2, 2, 3);
    pn_choice choice = choose(&j, (pn_choice_request){USUAL});
    assert_left_out(&choice, 4, 6, PN_LEFT_OUT_LINK);
    assert_told(&choice, PN_CHOICE_GRID, "the ranks that take part");
    assert_true(choice.rate > 0.8 * 360e9);
    pn_choice_kind parts[4]; // one kind, two rows
    assert_int_equal(pn_choice_kinds(&choice, j.info, parts, 4), 2);
    assert_true(parts[0].ranks == 6 && parts[0].hosts == 3 && !parts[0].left_out);
    assert_true(parts[1].ranks == 2 && parts[1].hosts == 1 && parts[1].left_out);
    pn_choice_release(&choice);
}

// Two hosts near each other but far from four others: neither alone would help.
static void leaves_out_a_far_island_as_a_whole(void **state)
{
    (void)state;
    job j;
    begin(&j, 6, 1, (double[]){60, 60, 60, 60, 60, 60});
    slow_down(&j, 4, 4, 6);
    slow_down(&j, 5, 4, 6);
    pn_choice choice = choose(&j, (pn_choice_request){USUAL});
    assert_left_out(&choice, 4, 6, PN_LEFT_OUT_LINK);
    pn_choice_release(&choice);
}

// It has room for hardly more than the panels, which holds N and NB of all down.
static void leaves_out_a_fast_part_with_almost_no_memory(void **state)
{
    (void)state;
    job j;
    begin(&j, 3, 1, (double[]){100, 50, 50});
    j.info[0].memory_bytes = 12 * MIB;
    pn_choice choice = choose(&j, (pn_choice_request){USUAL});
    assert_left_out(&choice, 0, 1, PN_LEFT_OUT_MEMORY);
    assert_told(&choice, PN_CHOICE_SHARES, "1 rank is left out: with all it would be ");
    pn_choice_release(&choice);
    j.info[0].memory_bytes = GIB; // much less than it wants, but it still helps
    choice = choose(&j, (pn_choice_request){USUAL, .settings.n = 40000});
    assert_left_out(&choice, 0, 0, PN_LEFT_OUT_NOT);
    assert_true(choice.ranks[0].is_full);
    pn_choice_release(&choice);
}

// Like ranks of which one cannot even hold the panels of the N that is asked for.
static void leaves_out_who_makes_it_not_fit(void **state)
{
    (void)state;
    job j;
    begin(&j, 3, 1, (double[]){50, 50, 50});
    j.info[1].memory_bytes = 12 * MIB;
    pn_choice choice = choose(&j, (pn_choice_request){USUAL, .settings.n = 20000});
    assert_left_out(&choice, 1, 2, PN_LEFT_OUT_MEMORY);
    assert_told(&choice, PN_CHOICE_SHARES, "1 rank is left out: with all it would not fit");
    pn_choice_release(&choice);
    j.info[1].memory_bytes = MIB; // nothing fits there
    choice = choose(&j, (pn_choice_request){USUAL});
    assert_left_out(&choice, 1, 2, PN_LEFT_OUT_MEMORY);
    pn_choice_release(&choice);
    pn_choice_request request = {USUAL, .settings.n = 500000, .links = &j.links}; // without anybody
    assert_int_equal(pn_choose(&choice, &request, j.info, 3), PN_ERROR_MEMORY);
    assert_non_null(strstr(pn_fail_message(), "rank 1 on host node01 may use 1 MiB"));
}

// Several parts go one after the other, each for its own reason.
static void leaves_out_several_parts(void **state)
{
    (void)state;
    job j;
    begin(&j, 5, 1, (double[]){200, 50, 100, 0.01, 80});
    slow_down(&j, 0, 0, 1);
    pn_choice choice = choose(&j, (pn_choice_request){USUAL});
    assert_int_equal(choice.arrangement.used, 3);
    assert_int_equal(choice.ranks[0].left_out, PN_LEFT_OUT_LINK);
    assert_int_equal(choice.ranks[3].left_out, PN_LEFT_OUT_RATE);
    assert_told(&choice, PN_CHOICE_SHARES, "2 ranks are left out");
    pn_choice_release(&choice);
}

static void leaves_nobody_out_who_was_asked_for(void **state)
{
    (void)state;
    job j;
    begin(&j, 3, 1, (double[]){200, 50, 100});
    slow_down(&j, 0, 0, 1);
    double shares[] = {4, 1, 2};
    for (int rank = 0; rank < 3; rank++)
        j.info[rank].share = shares[rank];
    const pn_choice_request request[] = {{.settings.p = 1, .settings.q = 3},
                                         {.settings.share_mode = PN_SHARE_MODE_EQUAL},
                                         {.settings.share_mode = PN_SHARE_MODE_RANKS},
                                         {.settings.share_mode = PN_SHARE_MODE_COLUMNS,
                                          .settings.shares = shares,
                                          .settings.share_count = 3}};
    for (size_t i = 0; i < sizeof request / sizeof *request; i++) {
        pn_choice choice = choose(&j, request[i]);
        assert_left_out(&choice, 0, 0, PN_LEFT_OUT_NOT);
        pn_choice_release(&choice);
    }
    for (int rank = 0; rank < 3; rank++) // nor where nothing was measured
        j.info[rank].rate = 1e9 * 0;
    pn_choice choice = choose(&j, (pn_choice_request){USUAL, .settings.n = 4000});
    assert_left_out(&choice, 0, 0, PN_LEFT_OUT_NOT);
    pn_choice_release(&choice);
}

// Whatever the mix, leaving out makes nothing slower than the same ranks all together, and all
// tables say the same of who is out.
static void is_never_slower_than_all_together(void **state)
{
    (void)state;
    static const double kinds[] = {1, 20, 30, 90}, links[] = {5e9, 1e9, 1e8, 1e7};
    uint64_t seed = 23;
    for (int mix = 0; mix < MIXES; mix++) {
        job j;
        double rates[MOST_HOSTS], sum = 0;
        int hosts = 2 + (int)random_below(&seed, MOST_HOSTS - 1);
        for (int host = 0; host < hosts; host++)
            rates[host] = kinds[random_below(&seed, 4)];
        begin(&j, hosts, 1 + (int)random_below(&seed, 2), rates);
        for (int host = 0; host < hosts; host++)
            for (int other = 0; other < host; other++)
                set_link(&j, host, other, links[random_below(&seed, mix % 3 ? 2 : 4)]);
        for (int rank = 0; rank < j.ranks; rank++) {
            j.info[rank].share = j.info[rank].rate;
            if (random_below(&seed, 8) == 0)
                j.info[rank].memory_available = GIB;
            sum += j.info[rank].rate;
        }
        pn_choice choice = choose(&j, (pn_choice_request){USUAL}),
                  all = choose(
                      &j, (pn_choice_request){USUAL, .settings.share_mode = PN_SHARE_MODE_RANKS});
        // Block sizes within 2 % of each other count as equal.
        if (choice.rate < 0.975 * all.rate || choice.rate > sum)
            fail_msg("mix %d: %g of %g FLOP/s, with all %g", mix, choice.rate, sum, all.rate);
        for (int rank = 0; rank < j.ranks; rank++)
            assert_int_equal(choice.ranks[rank].left_out != PN_LEFT_OUT_NOT,
                             choice.arrangement.table.column[rank] < 0);
        assert_int_equal(all.arrangement.used, j.ranks);
        pn_choice_release(&choice);
        pn_choice_release(&all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_out_a_fast_host_behind_a_slow_link),
        cmocka_unit_test(leaves_out_all_behind_a_slow_link),
        cmocka_unit_test(leaves_out_one_of_like_hosts_behind_a_slow_link),
        cmocka_unit_test(leaves_out_a_far_island_as_a_whole),
        cmocka_unit_test(leaves_out_a_fast_part_with_almost_no_memory),
        cmocka_unit_test(leaves_out_who_makes_it_not_fit),
        cmocka_unit_test(leaves_out_several_parts),
        cmocka_unit_test(leaves_nobody_out_who_was_asked_for),
        cmocka_unit_test(is_never_slower_than_all_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
