// SPDX-License-Identifier: BSD-3-Clause
// A host that is what the machine file says is let through; any other is named, with what was found
// there and what was expected.
#include "config/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { RANKS = 6 };

// Ranks 0 to 3 on "a", bound apart to 5 cores each; 4 and 5 on "b", sharing 8.
static void fill(pn_expect_rank ranks[RANKS])
{
    memset(ranks, 0, RANKS * sizeof *ranks);
    for (int i = 0; i < RANKS; i++) {
        ranks[i].host[0] = i < 4 ? 'a' : 'b';
        ranks[i].cpu_set = i < 4 ? (uint64_t)i + 1 : 77;
        ranks[i].cores = i < 4 ? 5 : 8;
        ranks[i].expected = i < 4 ? (pn_grid){4, 5} : (pn_grid){2, 4};
    }
}

static void expect_all(const pn_expect_rank ranks[RANKS])
{
    for (int rank = 0; rank < RANKS; rank++)
        if (pn_expect_check(ranks, RANKS, rank) != PN_OK)
            fail_msg("rank %d: %s", rank, pn_fail_message());
}

static void expect_refusal(const pn_expect_rank ranks[RANKS], int rank, const char *words)
{
    assert_int_equal(pn_expect_check(ranks, RANKS, rank), PN_ERROR_USAGE);
    if (!strstr(pn_fail_message(), words))
        fail_msg("\"%s\" is not in: %s", words, pn_fail_message());
}

static void what_matches_may_start(void **state)
{
    (void)state;
    pn_expect_rank ranks[RANKS];
    fill(ranks);
    expect_all(ranks);
    ranks[3].cores = 9; // more is no harm
    expect_all(ranks);
    for (int i = 0; i < RANKS; i++)
        ranks[i].expected = (pn_grid){0, 0};
    ranks[5].cores = 1;
    expect_all(ranks);
}

static void another_number_of_ranks_is_refused(void **state)
{
    (void)state;
    pn_expect_rank ranks[RANKS];
    fill(ranks);
    ranks[0].expected = (pn_grid){5, 5};
    expect_refusal(ranks, 0, "--expect 5x5: host a has 4 ranks of this job; 5 are allowed");
    assert_int_equal(pn_expect_check(ranks, RANKS, 1), PN_OK);
    ranks[4].expected = (pn_grid){1, 4};
    expect_refusal(ranks, 4, "host b has 2 ranks of this job; 1 is allowed");
}

static void fewer_cores_are_refused(void **state)
{
    (void)state;
    pn_expect_rank ranks[RANKS];
    fill(ranks);
    ranks[2].cores = 4;
    expect_refusal(ranks, 2, "host a has 4 cores for 1 rank; at least 5 for each are allowed");
    ranks[4].cores = ranks[5].cores = 7;
    expect_refusal(ranks, 5, "host b has 7 cores for 2 ranks; at least 4 for each are allowed");
}

static void nodes_of_a_scheduler_on_one_host_are_apart(void **state)
{
    (void)state;
    pn_expect_rank ranks[RANKS];
    fill(ranks);
    for (int i = 0; i < RANKS; i++) {
        strcpy(ranks[i].host, "h");
        strcpy(ranks[i].node, i < 4 ? "node1" : "node2");
    }
    expect_all(ranks);
    strcpy(ranks[3].node, "node2");
    expect_refusal(ranks, 0, "host h has 3 ranks");
    expect_refusal(ranks, 4, "host h has 3 ranks");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_matches_may_start),
        cmocka_unit_test(another_number_of_ranks_is_refused),
        cmocka_unit_test(fewer_cores_are_refused),
        cmocka_unit_test(nodes_of_a_scheduler_on_one_host_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
