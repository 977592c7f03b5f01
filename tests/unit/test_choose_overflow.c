// SPDX-License-Identifier: BSD-3-Clause
// A matrix larger than its device: taken where the model says that it pays, never where the bus is
// too slow, and told in the table either way.
#include "request.h"
#include "tune/choose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GIB ((int64_t)1 << 30)

static const double slow_bus = 2e7, fast_bus = 400e9;

// A rank on a small fast device beside one of processors, which is slower and has more memory.
static void fill(pn_rank_info info[2], double bus)
{
    for (int rank = 0; rank < 2; rank++) {
        info[rank] = (pn_rank_info){.cpu_set = 7,
                                    .cores = 16,
                                    .host_cores = 16,
                                    .memory_available = 400 * GIB,
                                    .rate = rank ? 2e12 : 7e12,
                                    .panel_rate = rank ? 5e11 : 7e11,
                                    .threads = rank ? 14 : 2};
        strcpy(info[rank].host, "node0");
        strcpy(info[rank].kind, rank ? "processor" : "device");
        info[rank].share = info[rank].rate;
    }
    info[0].is_device = 1;
    info[0].device_memory = 16 * GIB;
    info[0].overflow_is_open = 1;
    info[0].overflow_takes = GIB / 4;
    info[0].bus_rate = bus;
}

static const pn_choice_request request = {USUAL, .seconds = 1000,
                                          .settings.share_mode = PN_SHARE_MODE_RANKS};

static pn_choice choose(const pn_choice_request *asked, pn_rank_info *info)
{
    pn_choice choice;
    if (pn_choose(&choice, asked, info, 2) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

static void it_is_taken_where_it_pays(void **state)
{
    (void)state;
    pn_rank_info info[2];
    double rate[2];
    for (int fast = 0; fast < 2; fast++) {
        fill(info, fast ? fast_bus : slow_bus);
        pn_choice choice = choose(&request, info);
        const char *reason = choice.lines[PN_CHOICE_MEMORY].reason;
        rate[fast] = choice.rate;
        assert_true((choice.ranks[0].overflow_bytes > 0) == fast);
        assert_true((strstr(reason, "in host memory") != NULL) == fast);
        assert_int_equal(choice.ranks[1].overflow_bytes, 0);
        assert_int_equal(info[0].overflow_bytes, 0); // what ranks have is not what was tried
        pn_choice_release(&choice);
    }
    assert_true(rate[1] > rate[0]);
}

// It costs what the bus takes, and is told with its sign.
static void what_was_asked_for_is_taken_and_told(void **state)
{
    (void)state;
    pn_rank_info info[2];
    double rate[2];
    for (int fast = 0; fast < 2; fast++) {
        fill(info, fast ? fast_bus : slow_bus);
        info[0].overflow_is_open = 0;
        info[0].overflow_bytes = 8 * GIB;
        pn_choice choice = choose(&request, info);
        const char *reason = choice.lines[PN_CHOICE_MEMORY].reason;
        rate[fast] = choice.rate;
        assert_int_equal(choice.ranks[0].overflow_bytes, 8 * GIB);
        assert_non_null(strstr(reason, "8.0 GiB of theirs in host memory, which brings"));
        assert_int_equal(choice.ranks[0].bytes_allowed, 24 * GIB);
        pn_choice_release(&choice);
    }
    assert_true(rate[1] > rate[0]);
}

// One device alone, and an N that is too large for it.
static void an_n_that_does_not_fit_is_helped(void **state)
{
    (void)state;
    pn_rank_info info[2];
    pn_choice choice;
    pn_choice_request large = request;
    large.settings.n = 48000; // 17 GiB
    large.settings.share_mode = PN_SHARE_MODE_AUTO;
    fill(info, fast_bus);
    assert_int_equal(pn_choose(&choice, &large, info, 1), PN_OK);
    assert_true(choice.ranks[0].overflow_bytes > 0);
    assert_non_null(
        strstr(choice.lines[PN_CHOICE_MEMORY].reason, "without which it would not fit"));
    pn_choice_release(&choice);
    large.settings.n = 150000; // no share that is tried is enough
    assert_int_equal(pn_choose(&choice, &large, info, 1), PN_ERROR_MEMORY);
    assert_non_null(strstr(pn_fail_message(), "and 16.0 GiB may be used"));
}

// Host memory counts: of the device's ranks, and of those beside them.
static void the_memory_of_the_host_is_kept(void **state)
{
    (void)state;
    pn_rank_info info[2];
    pn_choice choice;
    fill(info, fast_bus);
    info[0].overflow_is_open = 0;
    pn_choice without = choose(&request, info);
    info[0].overflow_bytes = 10 * GIB;
    pn_choice with = choose(&request, info);
    assert_true(with.ranks[1].bytes_allowed < without.ranks[1].bytes_allowed);
    pn_choice_release(&without);
    pn_choice_release(&with);
    info[0].overflow_bytes = 500 * GIB;
    assert_int_equal(pn_choose(&choice, &request, info, 2), PN_ERROR_MEMORY);
    assert_non_null(strstr(pn_fail_message(), "--device-memory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_taken_where_it_pays),
                                       cmocka_unit_test(what_was_asked_for_is_taken_and_told),
                                       cmocka_unit_test(an_n_that_does_not_fit_is_helped),
                                       cmocka_unit_test(the_memory_of_the_host_is_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
