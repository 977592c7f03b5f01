// SPDX-License-Identifier: BSD-3-Clause
// What is said of the threads where a launcher has bound the ranks.
#include "tune/choose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { RANKS = 2 };

// Two ranks of a host of two cores, each bound to one.
static void fill(pn_rank_info info[RANKS])
{
    for (int rank = 0; rank < RANKS; rank++)
        info[rank] = (pn_rank_info){.host = "node",
                                    .cpu_set = (uint64_t)rank,
                                    .cores = 1,
                                    .host_cores = 2,
                                    .memory_available = (int64_t)16 << 30,
                                    .rate = 50e9};
}

static pn_choice choose(const pn_choice_request *request, pn_rank_info *info, int ranks)
{
    pn_choice choice;
    if (pn_choose(&choice, request, info, ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

// Cores that a launcher gave to other ranks are not lost; those that nobody has are.
static void the_hint_on_binding_is_for_idle_cores(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    pn_choice_request request = {.settings = {.n = 2000}};
    fill(info);
    pn_choice choice = choose(&request, info, 2);
    assert_null(strstr(choice.lines[PN_CHOICE_THREADS].reason, "--bind-to none"));
    assert_non_null(strstr(choice.lines[PN_CHOICE_THREADS].reason, "1 of 2 cores"));
    pn_choice_release(&choice);
    info[0].host_cores = info[1].host_cores = 5;
    choice = choose(&request, info, 2);
    assert_non_null(strstr(choice.lines[PN_CHOICE_THREADS].reason, "3 to nobody"));
    assert_non_null(strstr(choice.lines[PN_CHOICE_THREADS].reason, "--bind-to none"));
    pn_choice_release(&choice);
    info[1].cpu_set = 0; // both on one
    choice = choose(&request, info, 2);
    assert_non_null(strstr(choice.lines[PN_CHOICE_THREADS].reason, "take turns"));
    pn_choice_release(&choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hint_on_binding_is_for_idle_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
