// SPDX-License-Identifier: BSD-3-Clause
// Choosing for a run: any number of ranks, limits of memory, request kept, and a clear refusal of
// what cannot be.
#include "request.h"
#include "run/benchmark.h"
#include "tune/choose.h"
#include "tune/choose_ranks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RANKS = 64 };
#define GIB ((int64_t)1 << 30)

// `ranks` ranks on hosts of `a_host` ranks each, all sharing `cores` cores and 16 GiB.
static void fill(pn_rank_info info[RANKS], int ranks, int a_host, int cores)
{
    memset(info, 0, RANKS * sizeof *info);
    for (int rank = 0; rank < ranks; rank++) {
        snprintf(info[rank].host, sizeof info[rank].host, "node%d", rank / a_host);
        info[rank].cpu_set = 7;
        info[rank].cores = info[rank].host_cores = cores;
        info[rank].memory_available = 16 * GIB;
        info[rank].rate = 1e9 * (50.0 * cores / a_host);
    }
}

static pn_choice choose(const pn_choice_request *request, pn_rank_info *info, int ranks)
{
    pn_choice choice;
    if (pn_choose(&choice, request, info, ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

static void assert_sound(const pn_choice *choice, const pn_choice_request *request, int ranks)
{
    assert_int_equal(choice->settings.p * choice->settings.q, ranks);
    assert_true(choice->settings.n >= 1 && choice->settings.nb >= 1);
    assert_true(choice->settings.n <= choice->largest_n ||
                choice->settings.n == request->settings.n);
    assert_true(choice->bytes_needed <= choice->bytes_available);
    assert_true(choice->seconds > 0 && choice->rate > 0);
    if (!request->settings.n)
        assert_int_equal(choice->settings.n % choice->settings.nb, 0);
    for (int i = 0; i < PN_CHOICE_ITEMS; i++)
        assert_true(choice->lines[i].name && *choice->lines[i].value && *choice->lines[i].reason);
    for (int rank = 0; rank < ranks; rank++)
        assert_true(choice->ranks[rank].threads >= 1 && choice->ranks[rank].bytes_allowed > 0);
}

static void chooses_for_any_number_of_ranks(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    for (int ranks = 1; ranks <= RANKS; ranks += ranks < 16 ? 1 : 12)
        for (int a_host = 1; a_host <= 8; a_host *= 2) {
            pn_choice_request request = {USUAL};
            fill(info, ranks, a_host, 8);
            pn_choice choice = choose(&request, info, ranks);
            assert_sound(&choice, &request, ranks);
            assert_true(choice.settings.p <= choice.settings.q);
            assert_true(choice.seconds <= 60.0);
            for (int p = 2; p * p <= ranks; p++) // one row only where there is no better, or few
                if (ranks % p == 0 && ranks > 3)
                    assert_true(choice.settings.p > 1);
            pn_choice_release(&choice);
        }
}

static void knows_the_usual_grids(void **state)
{
    (void)state;
    static const int grids[][2] = {{1, 1}, {2, 1}, {3, 1}, {4, 2},  {5, 1},  {6, 2},
                                   {8, 2}, {9, 3}, {7, 1}, {12, 3}, {16, 4}, {64, 8}};
    pn_rank_info info[RANKS];
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        fill(info, grids[i][0], 1, 8);
        pn_choice choice = choose(&(pn_choice_request){USUAL}, info, grids[i][0]);
        assert_int_equal(choice.settings.p, grids[i][1]);
        pn_choice_release(&choice);
    }
}

static void keeps_columns_on_a_host(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 12, 3, 6); // 2 x 6 or 3 x 4: three ranks a host decide
    pn_choice choice = choose(&(pn_choice_request){USUAL}, info, 12);
    assert_int_equal(choice.settings.p, 3);
    assert_true(choice.arrangement.column_major);
    pn_choice_release(&choice);
    choice = choose(&(pn_choice_request){USUAL, .settings.mapping = PN_MAPPING_ROWS}, info, 12);
    assert_false(choice.arrangement.column_major);
    pn_choice_release(&choice);
}

static void shares_cores_between_ranks(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 4, 4, 2); // four ranks on two cores
    pn_choice choice = choose(&(pn_choice_request){USUAL}, info, 4);
    for (int rank = 0; rank < 4; rank++) {
        assert_int_equal(choice.ranks[rank].threads, 1);
        assert_int_equal(choice.ranks[rank].slot, rank);
        assert_int_equal(choice.ranks[rank].slots, 4);
        assert_int_equal(choice.ranks[rank].on_host, 4);
        assert_true(choice.ranks[rank].oversubscribed);
        assert_float_equal(choice.ranks[rank].cpu_share, 0.5, 1e-9);
        assert_int_equal(choice.ranks[rank].bytes_allowed, (int64_t)(0.8 * 16 * GIB) / 4);
    }
    pn_choice_release(&choice);
    fill(info, 2, 2, 8);
    info[1].cpu_set = 9; // bound apart by the launcher
    info[0].cores = info[1].cores = 4;
    info[1].memory_available = 12 * GIB; // seen a moment later
    choice = choose(&(pn_choice_request){USUAL}, info, 2);
    for (int rank = 0; rank < 2; rank++) {
        assert_int_equal(choice.ranks[rank].threads, 4);
        assert_int_equal(choice.ranks[rank].slots, 1);
        assert_false(choice.ranks[rank].oversubscribed);
        assert_float_equal(choice.ranks[rank].cpu_share, 1, 1e-9);
        assert_int_equal(choice.ranks[rank].bytes_allowed, (int64_t)(0.8 * 12 * GIB) / 2);
    }
    assert_non_null(strstr(choice.lines[PN_CHOICE_THREADS].reason, "4 of 8 cores"));
    pn_choice_release(&choice);
}

static void ranks_that_take_turns_are_alike(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    const double rates[4] = {40, 15, 27, 20}; // as four ranks on two cores were measured
    for (int cores = 2; cores <= 4; cores += 2) {
        fill(info, 4, 4, cores);
        for (int rank = 0; rank < 4; rank++)
            info[rank].rate = 1e9 * rates[rank];
        pn_choice choice =
            choose(&(pn_choice_request){USUAL, .settings.n = 4000, .threads = 1}, info, 4);
        for (int rank = 0; rank < 4; rank++)
            assert_float_equal(choice.ranks[rank].rate, cores == 2 ? 25.5e9 : 1e9 * rates[rank], 1);
        if (cores == 2)
            for (int column = 0; column < choice.settings.q; column++)
                assert_float_equal(choice.arrangement.table.shares[column],
                                   choice.arrangement.table.shares[0], 1e-9);
        pn_choice_release(&choice);
    }
}

static void unlike_numbers_of_threads_stand_in_a_row(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 2, 2, 16);
    info[0].threads = 2; // beside a device
    info[1].threads = 13;
    pn_choice choice = choose(&(pn_choice_request){USUAL}, info, 2);
    assert_int_equal(choice.ranks[0].core, 0);
    assert_int_equal(choice.ranks[1].core, 2);
    assert_int_equal(choice.ranks[1].cores, 16);
    assert_false(choice.ranks[0].oversubscribed || choice.ranks[1].oversubscribed);
    pn_choice_release(&choice);
    info[0].threads = 4; // one more than there are
    choice = choose(&(pn_choice_request){USUAL}, info, 2);
    assert_int_equal(choice.ranks[1].core, 1);
    assert_int_equal(choice.ranks[1].cores, 2);
    assert_true(choice.ranks[1].oversubscribed);
    assert_float_equal(choice.ranks[1].cpu_share, 16.0 / 17, 1e-9);
    pn_choice_release(&choice);
}

static void a_device_has_a_memory_of_its_own(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 2, 2, 16);
    info[0].is_device = info[1].is_device = true;
    info[0].device_memory = info[1].device_memory = 60 * GIB;
    info[1].memory_bytes = 20 * GIB;
    pn_choice choice = choose(&(pn_choice_request){USUAL}, info, 2);
    assert_int_equal(choice.ranks[0].bytes_allowed, 60 * GIB);
    assert_int_equal(choice.ranks[1].bytes_allowed, 20 * GIB);
    pn_choice_release(&choice);
    info[1].memory_bytes = 61 * GIB;
    assert_int_equal(pn_choose(&choice, &(pn_choice_request){USUAL}, info, 2), PN_ERROR_MEMORY);
    assert_non_null(strstr(pn_fail_message(), "of the device"));
}

static void ranks_of_hosts_may_come_in_any_order(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 6, 2, 8);
    for (int rank = 0; rank < 6; rank++) // dealt around the hosts
        snprintf(info[rank].host, sizeof info[rank].host, "node%d", rank % 3);
    pn_choice choice = choose(&(pn_choice_request){USUAL}, info, 6);
    for (int rank = 0; rank < 6; rank++) {
        assert_int_equal(choice.ranks[rank].slot, rank / 3);
        assert_int_equal(choice.ranks[rank].slots, 2);
        assert_int_equal(choice.ranks[rank].threads, 4);
    }
    pn_choice_release(&choice);
}

static void memory_limits_n(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 2, 2, 8);
    for (int64_t megabytes = 128; megabytes < 16000; megabytes *= 2) {
        pn_choice_request request = {USUAL, .memory_bytes = megabytes << 20, .seconds = 1e6};
        pn_choice choice = choose(&request, info, 2);
        assert_sound(&choice, &request, 2);
        assert_int_equal(choice.settings.n, choice.largest_n);
        assert_true(choice.bytes_needed <= request.memory_bytes);
        assert_non_null(strstr(choice.lines[PN_CHOICE_N].reason, "the largest that fits"));
        // No smaller than it must be: two blocks more would not fit.
        pn_gidx more = choice.settings.n + 2 * choice.settings.nb;
        assert_true(
            2 * pn_rank_bytes(more, choice.settings.nb, choice.settings.p, choice.settings.q) >
            request.memory_bytes);
        pn_choice_release(&choice);
    }
}

static void time_sets_n(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 1, 1, 2);
    pn_gidx before = 0;
    for (double seconds = 0.5; seconds < 200; seconds *= 2) {
        pn_choice_request request = {USUAL, .seconds = seconds};
        pn_choice choice = choose(&request, info, 1);
        assert_true(choice.settings.n > before);
        assert_true(choice.seconds <= seconds && choice.seconds > 0.7 * seconds);
        before = choice.settings.n;
        pn_choice_release(&choice);
    }
}

// Two cores: 0.94 of their products at N = 16,000 and 0.6 to 0.8 at 2,000.
static void expects_what_two_cores_gave(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 1, 1, 2);
    info[0].rate = 1e9 * 100;
    for (int i = 0; i < 2; i++) {
        double least = i ? 0.92 : 0.6, most = i ? 0.96 : 0.85;
        pn_choice choice =
            choose(&(pn_choice_request){USUAL, .settings.n = i ? 16000 : 2000, .settings.nb = 192},
                   info, 1);
        double efficiency = choice.rate / 100e9;
        if (efficiency < least || efficiency > most)
            fail_msg("N %lld: %.3f", (long long)choice.settings.n, efficiency);
        pn_choice_release(&choice);
    }
}

static void keeps_wishes(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 6, 6, 8);
    pn_choice_request request = {USUAL,
                                 .settings.n = 1001,
                                 .settings.nb = 17,
                                 .settings.p = 3,
                                 .settings.q = 2,
                                 .threads = 5,
                                 .settings.mapping = PN_MAPPING_COLUMNS};
    pn_choice choice = choose(&request, info, 6);
    assert_sound(&choice, &request, 6);
    assert_true(choice.settings.n == 1001 && choice.settings.nb == 17 && choice.settings.p == 3 &&
                choice.settings.q == 2);
    assert_true(choice.ranks[5].threads == 5 && choice.arrangement.column_major);
    pn_choice_release(&choice);
    request = (pn_choice_request){USUAL, .settings.n = 1};
    choice = choose(&request, info, 6);
    assert_sound(&choice, &request, 6);
    pn_choice_release(&choice);
}

static void shares_weigh_memory_and_rates(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    double shares[] = {3.0, 1.0};
    fill(info, 2, 2, 2);
    pn_choice_request request = {.settings.share_mode = PN_SHARE_MODE_COLUMNS,
                                 .settings.shares = shares,
                                 .settings.share_count = 2,
                                 .seconds = 1e6};
    pn_choice choice = choose(&request, info, 2),
              equal = choose(&(pn_choice_request){USUAL, .settings.share_mode = PN_SHARE_MODE_EQUAL,
                                                  .seconds = 1e6},
                             info, 2);
    assert_true(choice.settings.p == 1 && choice.settings.q == 2);
    assert_true(choice.largest_n < equal.largest_n); // one rank holds three quarters
    assert_true(choice.rate < 0.7 * equal.rate);
    pn_choice_release(&choice);
    pn_choice_release(&equal);
    info[0].rate = 1e9 * 150.0; // shares that suit the speeds
    info[1].rate = 1e9 * 50.0;
    choice = choose(&request, info, 2);
    equal = choose(&(pn_choice_request){USUAL, .settings.share_mode = PN_SHARE_MODE_EQUAL,
                                        .settings.n = choice.settings.n,
                                        .settings.nb = choice.settings.nb},
                   info, 2);
    assert_true(choice.seconds < 0.55 * equal.seconds);
    pn_choice_release(&choice);
    pn_choice_release(&equal);
}

static void unmeasured_rates_are_told(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 1, 1, 2);
    info[0].rate = 1e9 * 0.0;
    pn_choice choice = choose(&(pn_choice_request){USUAL}, info, 1);
    assert_non_null(strstr(choice.lines[PN_CHOICE_TIME].reason, "assumed"));
    pn_choice_release(&choice);
}

static void refuses_what_cannot_be(void **state)
{
    (void)state;
    double shares[] = {1, 1, 1};
    static const pn_gidx huge = 200000;
    const struct {
        pn_choice_request request;
        pn_status status;
        const char *words[3];
    } cases[] = {
        {{.settings.p = 2, .settings.q = 2},
         PN_ERROR_USAGE,
         {"--grid 2x2", "needs 4", "1x6, 2x3, 3x2, 6x1"}},
        {{.settings.p = 0, .settings.q = 6}, PN_ERROR_USAGE, {"--grid 0x6", "2x3"}},
        {{.settings.p = 2, .settings.q = 3, .settings.shares = shares, .settings.share_count = 2},
         PN_ERROR_USAGE,
         {"--shares", "3"}},
        {{.settings.shares = shares, .settings.share_count = 4},
         PN_ERROR_USAGE,
         {"--shares", "6 ranks"}},
        {{.settings.n = huge}, PN_ERROR_MEMORY, {"N = 200000", "GiB", "largest N that fits is"}},
        {{.settings.n = -1}, PN_ERROR_USAGE, {"-N -1", "from 1"}},
        {{.settings.nb = -1}, PN_ERROR_USAGE, {"--nb -1", "from 1"}},
        {{.settings.nb = 20000}, PN_ERROR_USAGE, {"--nb 20000", "16384"}},
        {{.threads = -2}, PN_ERROR_USAGE, {"--threads -2"}},
        {{.memory_share = 1.5}, PN_ERROR_USAGE, {"--memory 1.5", "at most 1"}},
        {{.memory_bytes = 100 * GIB}, PN_ERROR_MEMORY, {"100.0 GiB", "16.0 GiB", "node0"}},
        {{.memory_bytes = 1 << 20}, PN_ERROR_MEMORY, {"--memory", "host node0", "8 MiB"}},
    };
    pn_rank_info info[RANKS];
    fill(info, 6, 6, 8);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pn_choice choice;
        assert_int_equal(pn_choose(&choice, &cases[i].request, info, 6), cases[i].status);
        for (int j = 0; j < 3 && cases[i].words[j]; j++)
            if (!strstr(pn_fail_message(), cases[i].words[j]))
                fail_msg("\"%s\" is not in: %s", cases[i].words[j], pn_fail_message());
    }
}

static void the_largest_n_told_is_accepted(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    pn_choice choice;
    fill(info, 6, 3, 8);
    assert_int_equal(pn_choose(&choice, &(pn_choice_request){USUAL, .settings.n = 300000}, info, 6),
                     PN_ERROR_MEMORY);
    const char *told = strstr(pn_fail_message(), "fits is ");
    assert_non_null(told);
    pn_gidx n = strtoll(told + strlen("fits is "), NULL, 10);
    choice = choose(&(pn_choice_request){USUAL, .settings.n = n}, info, 6);
    assert_int_equal(choice.settings.n, n);
    pn_choice_release(&choice);
}

// What the choice reckons with must hold what the benchmark then says exactly, without waste.
static void reckons_with_what_a_run_takes(void **state)
{
    (void)state;
    for (pn_gidx n = 1000; n <= 16000; n *= 2)
        for (int nb = 64; nb <= 256; nb *= 2)
            for (int grid = 0; grid < 6; grid++) {
                int p = 1 + grid % 2, q = 1 + grid / 2;
                pn_layout *layout = NULL;
                pn_place place;
                pn_layout_request request = {.n = n, .nb = nb, .columns = q, .virtual_rows = p};
                assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
                assert_int_equal(pn_place_create(&place, layout, 0), PN_OK);
                pn_benchmark benchmark = {.layout = layout, .settings = PN_SETTINGS_USUAL};
                int64_t exact = (int64_t)pn_benchmark_bytes(&benchmark, &place);
                int64_t reckoned = pn_rank_bytes(n, nb, p, q);
                pn_place_release(&place);
                pn_layout_destroy(layout);
                if (reckoned < exact || reckoned > exact + exact / 20 + (16 << 20))
                    fail_msg("N %d NB %d %dx%d: %lld, exactly %lld", (int)n, nb, p, q,
                             (long long)reckoned, (long long)exact);
            }
}

// Without look-ahead nothing is multiplied beside a panel, and without a first part no row is
// exchanged beside a product: both cost what the run announces.
static void the_settings_asked_for_are_priced(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    fill(info, 8, 1, 8);
    const pn_choice_request request = {USUAL, .settings.n = 20000, .settings.nb = 256,
                                       .settings.p = 2, .settings.q = 4};
    pn_choice_request in_order = request, whole = request;
    in_order.settings.look_ahead = 0;
    whole.settings.split = 0;
    pn_choice usual = choose(&request, info, 8), later = choose(&in_order, info, 8),
              unsplit = choose(&whole, info, 8);
    assert_true(later.seconds > 1.005 * usual.seconds && later.rate < 0.995 * usual.rate);
    assert_true(unsplit.seconds > 1.0005 * usual.seconds && unsplit.rate < usual.rate);
    assert_int_equal(later.settings.look_ahead, 0);
    pn_choice_release(&usual);
    pn_choice_release(&later);
    pn_choice_release(&unsplit);
}

static void like_ranks_may_disagree(void **state)
{
    (void)state;
    pn_rank_info info[4] = {{.kind = "A", .rate = 1e9 * 50},
                            {.kind = "B", .rate = 1e9 * 20},
                            {.kind = "A", .rate = 1e9 * 49},
                            {.kind = "B", .rate = 1e9 * 20.5}};
    pn_rank_choice choices[4] = {{.threads = 1}, {.threads = 1}, {.threads = 1}, {.threads = 1}};
    pn_rank_info_number(info, 4);
    assert_false(pn_choose_disagree(choices, info, 4)); // unlike kinds may differ
    info[3].rate = 1e9 * 22;
    assert_true(pn_choose_disagree(choices, info, 4));
    choices[3].threads = 2; // so may unlike numbers of threads
    assert_false(pn_choose_disagree(choices, info, 4));
    info[2].rate = 1e9 * 45;
    assert_true(pn_choose_disagree(choices, info, 4));
    choices[2].oversubscribed = true;
    assert_false(pn_choose_disagree(choices, info, 4));
    assert_false(pn_choose_disagree(choices, info, 1));
    choices[0].oversubscribed = true; // elsewhere ranks of that kind have processors of their own
    choices[2].oversubscribed = false;
    strcpy(info[3].kind, "A");
    pn_rank_info_number(info, 4);
    choices[3].threads = 1;
    assert_true(pn_choose_disagree(choices, info, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_for_any_number_of_ranks),
        cmocka_unit_test(knows_the_usual_grids),
        cmocka_unit_test(keeps_columns_on_a_host),
        cmocka_unit_test(shares_cores_between_ranks),
        cmocka_unit_test(ranks_that_take_turns_are_alike),
        cmocka_unit_test(unlike_numbers_of_threads_stand_in_a_row),
        cmocka_unit_test(a_device_has_a_memory_of_its_own),
        cmocka_unit_test(ranks_of_hosts_may_come_in_any_order),
        cmocka_unit_test(memory_limits_n),
        cmocka_unit_test(time_sets_n),
        cmocka_unit_test(expects_what_two_cores_gave),
        cmocka_unit_test(keeps_wishes),
        cmocka_unit_test(shares_weigh_memory_and_rates),
        cmocka_unit_test(unmeasured_rates_are_told),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(the_largest_n_told_is_accepted),
        cmocka_unit_test(the_settings_asked_for_are_priced),
        cmocka_unit_test(like_ranks_may_disagree),
        cmocka_unit_test(reckons_with_what_a_run_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
