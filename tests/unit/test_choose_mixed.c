// SPDX-License-Identifier: BSD-3-Clause
// Choosing for ranks with devices beside ranks of processors, and for ranks whose memory is full:
// neither depends on who is rank 0, and who is held back by what is told.
#include "request.h"
#include "tune/choice_kinds.h"
#include "tune/choose.h"
#include "tune/choose_ranks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { RANKS = 16, DEVICES = 8 };
#define GIB ((int64_t)1 << 30)

static void set_rank(pn_rank_info *info, int host, const char *kind, double rate)
{
    *info = (pn_rank_info){.cpu_set = 7,
                           .cores = 96,
                           .host_cores = 96,
                           .memory_available = 1024 * GIB,
                           .rate = 1e9 * rate,
                           .panel_rate = 1e9 * (rate / 20),
                           .threads = 8};
    snprintf(info->host, sizeof info->host, "node%d", host);
    snprintf(info->kind, sizeof info->kind, "%s", kind);
}

// One rank of processors beside eight devices on a host.
static void fill_node(pn_rank_info info[RANKS], int rank_of_processors)
{
    for (int rank = 0; rank <= DEVICES; rank++) {
        bool is_device = rank != rank_of_processors;
        set_rank(&info[rank], 0, is_device ? "device" : "processor", is_device ? 45000 : 4000);
        info[rank].is_device = is_device;
        info[rank].device_memory = is_device ? 80 * GIB : 0;
        info[rank].panel_rate = 1e9 * 4000;
        info[rank].share = info[rank].rate;
    }
}

// Shares by rate, nobody left out.
static const pn_choice_request all_together = {USUAL, .seconds = 300,
                                               .settings.share_mode = PN_SHARE_MODE_RANKS};

static pn_choice choose(const pn_choice_request *request, pn_rank_info *info, int ranks)
{
    pn_choice choice;
    if (pn_choose(&choice, request, info, ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

// The block sizes of all parts are searched, whoever is rank 0.
static void the_order_of_unlike_ranks_does_not_matter(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    pn_choice mixed[2];
    for (int trial = 0; trial < 2; trial++) {
        fill_node(info, trial * DEVICES);
        mixed[trial] = choose(&all_together, info, DEVICES + 1);
    }
    assert_int_equal(mixed[0].settings.nb, mixed[1].settings.nb);
    assert_int_equal(mixed[0].settings.n, mixed[1].settings.n);
    assert_int_equal(mixed[0].tuned_count, mixed[1].tuned_count);
    for (int i = 0; i < mixed[0].tuned_count; i++)
        assert_int_equal(mixed[0].tuned[i].nb, mixed[1].tuned[i].nb);
    pn_choice devices = choose(&all_together, info, DEVICES);
    assert_true(devices.settings.nb > 384); // which processors alone do not try
    for (int trial = 0; trial < 2; trial++)
        pn_choice_release(&mixed[trial]);
    pn_choice_release(&devices);
}

// Large blocks suit a device so much more that processors as rank 0 have to take them.
static void large_blocks_are_tried_beside_processors(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    for (int trial = 0; trial < 2; trial++) {
        fill_node(info, trial * DEVICES);
        info[trial * DEVICES].rate = 1e9 * (info[trial * DEVICES].share = 45000);
        pn_choice choice = choose(&all_together, info, DEVICES + 1);
        assert_true(choice.settings.nb > 384);
        pn_choice_release(&choice);
    }
}

// Small matrices on a device that is little faster than the processors beside it.
static void small_blocks_are_tried_beside_devices(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    int nb[2];
    for (int trial = 0; trial < 2; trial++) {
        fill_node(info, trial);
        info[1 - trial].rate = 1e9 * 100;
        info[1 - trial].panel_rate = 1e9 * 1;
        info[trial].rate = 1e9 * 400;
        info[trial].panel_rate = 1e9 * 100;
        pn_choice choice = choose(&(pn_choice_request){USUAL, .settings.n = 4000}, info, 2);
        nb[trial] = choice.settings.nb;
        pn_choice_release(&choice);
    }
    assert_int_equal(nb[0], nb[1]);
    assert_true(nb[0] < 256);
}

static void processors_have_the_memory_that_devices_leave(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    pn_rank_choice out[RANKS];
    const int64_t left = (1024 - DEVICES * 8) * GIB - DEVICES * GIB / 2; // 80 GiB each, and drivers
    fill_node(info, 3);
    assert_int_equal(pn_choose_threads(out, &(pn_choice_request){USUAL}, info, DEVICES + 1), PN_OK);
    assert_int_equal(out[3].bytes_allowed, (int64_t)(0.8 * (double)left));
    assert_true(out[3].on_host == DEVICES + 1 && out[3].sharing == 1);
    for (int rank = 0; rank <= DEVICES; rank++)
        if (rank != 3)
            assert_int_equal(out[rank].bytes_allowed, 80 * GIB);
    info[3].memory_bytes = 500 * GIB; // all of what is asked for
    assert_int_equal(pn_choose_threads(out, &(pn_choice_request){USUAL}, info, DEVICES + 1), PN_OK);
    assert_int_equal(out[3].bytes_allowed, 500 * GIB);
    info[3].memory_bytes = left + 1;
    assert_int_equal(pn_choose_threads(out, &(pn_choice_request){USUAL}, info, DEVICES + 1),
                     PN_ERROR_MEMORY);
    assert_non_null(strstr(pn_fail_message(), "956.0 GiB is available beside what"));
    set_rank(&info[5], 0, "processor", 4000); // a second one, and one device less
    info[3].memory_bytes = info[5].memory_bytes = 100 * GIB;
    assert_int_equal(pn_choose_threads(out, &(pn_choice_request){USUAL}, info, DEVICES + 1), PN_OK);
    assert_true(out[3].bytes_allowed == 50 * GIB && out[5].bytes_allowed == 50 * GIB);
}

static void small_parts_of_devices_leave_more(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    pn_rank_choice out[RANKS];
    fill_node(info, 0);
    for (int rank = 1; rank <= DEVICES; rank++)
        info[rank].memory_bytes = 20 * GIB;
    pn_choice_request request = {USUAL, .memory_share = 1,
                                 .settings.buffers = 4}; // a fifth of what they have
    assert_int_equal(pn_choose_threads(out, &request, info, DEVICES + 1), PN_OK);
    assert_int_equal(out[0].bytes_allowed, (1024 - DEVICES * 4) * GIB - DEVICES * GIB / 2);
    info[0].memory_available = 8 * GIB; // not even that
    assert_int_equal(pn_choose_threads(out, &request, info, DEVICES + 1), PN_OK);
    assert_int_equal(out[0].bytes_allowed, 0);
}

static const char *shares_told(const pn_choice *choice)
{
    return choice->lines[PN_CHOICE_SHARES].reason;
}

static void assert_told(const pn_choice *choice, const char *words)
{
    if (!strstr(shares_told(choice), words))
        fail_msg("\"%s\" is not in: %s", words, shares_told(choice));
}

// Two hosts of one kind, the second with 4 GiB.
static void a_full_rank_of_like_ones_is_told(void **state)
{
    (void)state;
    pn_rank_info info[2];
    pn_choice_kind parts[4];
    for (int rank = 0; rank < 2; rank++)
        set_rank(&info[rank], rank, "processor", 400);
    pn_choice_request request = {USUAL, .settings.n = 40000, .settings.nb = 256};
    pn_choice roomy = choose(&request, info, 2);
    info[1].memory_available = 4 * GIB;
    pn_choice choice = choose(&request, info, 2);
    assert_string_equal(roomy.lines[PN_CHOICE_SHARES].value, "equal");
    assert_string_equal(shares_told(&roomy), "the rates of the ranks are within 5 %");
    assert_float_equal(roomy.capped_loss, 0, 0);
    assert_string_equal(choice.lines[PN_CHOICE_SHARES].value, "equal but capped");
    assert_told(&choice, "within 5 %; the memory of rank 1 on node1 is full, which costs ");
    assert_float_equal(choice.capped_loss, 1 - roomy.seconds / choice.seconds, 1e-6);
    assert_true(choice.capped_loss > 0.05 && choice.panel_loss == 0);
    assert_true(!choice.ranks[0].is_full && choice.ranks[1].is_full);
    assert_int_equal(pn_choice_kinds(&choice, info, parts, 4), 1);
    assert_true(parts[0].full == 1 && parts[0].first_full == 1);
    assert_int_equal(pn_choice_kinds(&roomy, info, parts, 4), 1);
    assert_int_equal(parts[0].full, 0);
    pn_choice_release(&roomy);
    pn_choice_release(&choice);
}

// Of several full ranks, here in one column, the first is named.
static void the_first_of_several_full_ranks_is_told(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    pn_choice_kind parts[4];
    for (int rank = 0; rank < RANKS; rank++) {
        set_rank(&info[rank], rank, rank < 4 ? "fast" : "slow", rank < 4 ? 900 : 300);
        info[rank].memory_available = rank == 2 || rank == 3 ? 3 * GIB : 100 * GIB;
    }
    pn_choice choice =
        choose(&(pn_choice_request){USUAL, .settings.n = 100000, .settings.nb = 256}, info, RANKS);
    assert_int_equal(choice.arrangement.used, RANKS);
    for (int rank = 0; rank < RANKS; rank++)
        assert_int_equal(choice.ranks[rank].is_full, rank == 2 || rank == 3);
    assert_told(&choice, "the memory of 2 ranks is full (first rank 2)");
    assert_int_equal(pn_choice_kinds(&choice, info, parts, 4), 2);
    assert_true(parts[0].full == 2 && parts[0].first_full == 2 && parts[1].full == 0);
    pn_choice_release(&choice);
}

static void what_is_full_is_told_beside_what_is_left_out(void **state)
{
    (void)state;
    pn_rank_info info[3];
    const double rates[] = {900, 0.01, 400};
    for (int rank = 0; rank < 3; rank++) {
        char kind[32];
        snprintf(kind, sizeof kind, "kind of %g", rates[rank]);
        set_rank(&info[rank], rank, kind, rates[rank]);
    }
    info[0].memory_available = 4 * GIB;
    pn_choice choice =
        choose(&(pn_choice_request){USUAL, .settings.n = 40000, .settings.nb = 256}, info, 3);
    assert_int_equal(choice.arrangement.used, 2);
    assert_told(&choice, "by measured rate; 1 rank is left out: with all it would be ");
    assert_told(&choice, "; the memory of rank 0 on node0 is full, which costs ");
    info[0].memory_available = 1024 * GIB;
    pn_choice roomy =
        choose(&(pn_choice_request){USUAL, .settings.n = 40000, .settings.nb = 256}, info, 3);
    assert_null(strstr(shares_told(&roomy), "full"));
    assert_float_equal(choice.capped_loss, 1 - roomy.seconds / choice.seconds, 1e-6);
    pn_choice_release(&choice);
    pn_choice_release(&roomy);
}

// What slow panels cost is told apart from what full memory costs.
static void slow_panels_are_told_apart(void **state)
{
    (void)state;
    pn_rank_info info[2];
    set_rank(&info[0], 0, "fast", 900);
    set_rank(&info[1], 1, "slow", 300);
    info[0].panel_rate = 1e9 * 90;
    info[1].panel_rate = 1e9 * 20;
    pn_choice choice =
        choose(&(pn_choice_request){USUAL, .settings.n = 20000, .settings.nb = 256}, info, 2);
    assert_true(choice.capped_loss == 0 && choice.panel_loss > 0.01);
    assert_told(&choice, "by measured rate; slow panels cost ");
    pn_choice_release(&choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_unlike_ranks_does_not_matter),
        cmocka_unit_test(large_blocks_are_tried_beside_processors),
        cmocka_unit_test(small_blocks_are_tried_beside_devices),
        cmocka_unit_test(processors_have_the_memory_that_devices_leave),
        cmocka_unit_test(small_parts_of_devices_leave_more),
        cmocka_unit_test(a_full_rank_of_like_ones_is_told),
        cmocka_unit_test(the_first_of_several_full_ranks_is_told),
        cmocka_unit_test(what_is_full_is_told_beside_what_is_left_out),
        cmocka_unit_test(slow_panels_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
