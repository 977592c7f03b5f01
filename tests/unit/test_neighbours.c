// SPDX-License-Identifier: BSD-3-Clause
// Who talks with whom: grids by hand in both numberings, unlike columns, ranks seated by kind, and
// ranks that were left out; and in any arrangement, those that the layout of the run joins.
#include "grid/place.h"
#include "tune/neighbours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 16 };

static pn_arrangement arrangement_of(int ranks)
{
    pn_arrangement a;
    if (pn_arrangement_create(&a, ranks, ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return a;
}

// pairs: "0-1 0-2"; releases the arrangement.
static void expect_pairs(pn_arrangement *a, const char *expected)
{
    char text[512] = "";
    pn_neighbours *pairs;
    int count;
    assert_int_equal(pn_neighbours_list(&pairs, &count, a), PN_OK);
    for (int i = 0; i < count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%d-%d", i ? " " : "", pairs[i].from,
                 pairs[i].to);
    }
    assert_string_equal(text, expected);
    free(pairs);
    pn_arrangement_release(a);
}

static void expect_grid(int ranks, int p, int q, bool column_major, const char *expected)
{
    pn_arrangement a = arrangement_of(ranks);
    assert_int_equal(pn_arrangement_make_grid(&a, p, q, column_major), PN_OK);
    expect_pairs(&a, expected);
}

static void grids_have_rings(void **state)
{
    (void)state;
    expect_grid(1, 1, 1, false, "");
    expect_grid(2, 1, 2, false, "0-1");
    expect_grid(3, 3, 1, false, "0-1 0-2 1-2");
    expect_grid(6, 2, 3, false, "0-1 0-2 0-3 1-2 1-4 2-5 3-4 3-5 4-5");
    expect_grid(6, 2, 3, true, "0-1 0-2 0-4 1-3 1-5 2-3 2-4 3-5 4-5");
}

static void who_is_left_out_is_paired_with_the_one_before(void **state)
{
    (void)state;
    expect_grid(4, 1, 2, false, "0-1 1-2 2-3");
}

// Ranks 0 and 3 are fast, 1 and 2 slow: of the columns, fast ones come first.
static void fill(pn_rank_rate *ranks, int count, const char *kinds)
{
    for (int rank = 0; rank < count; rank++)
        ranks[rank] = (pn_rank_rate){.kind = kinds[rank] == 'f' ? 0 : 1,
                                     .host = 0,
                                     .rate = kinds[rank] == 'f' ? 40 : 10,
                                     .left_out = kinds[rank] == '-'};
}

static void unlike_ranks_talk_as_they_are_seated(void **state)
{
    (void)state;
    pn_rank_rate ranks[5];
    pn_arrangement a = arrangement_of(5);
    fill(ranks, 5, "fssfs");
    assert_int_equal(pn_arrangement_make_kinds(&a, ranks, &(pn_tuned_height){.p = 0}), PN_OK);
    expect_pairs(&a, "0-3 0-4 1-2 1-3 2-4"); // columns 0, 3, 1, 2, 4
    a = arrangement_of(5);
    fill(ranks, 5, "fs-fs");
    assert_int_equal(pn_arrangement_make_kinds(&a, ranks, &(pn_tuned_height){.p = 0}), PN_OK);
    expect_pairs(&a, "0-3 0-4 1-2 1-3 1-4"); // 2 is left out
}

// A column one high beside one that is two high.
static void columns_of_unlike_heights(void **state)
{
    (void)state;
    pn_arrangement a = arrangement_of(3);
    assert_int_equal(pn_arrangement_make_grid(&a, 1, 2, true), PN_OK);
    a.used = 3;
    a.height = a.virtual_rows = 2;
    a.table.heights[0] = 1;
    a.table.heights[1] = 2;
    for (int place = 0; place < 3; place++)
        a.table.order[place] = 2 - place;
    pn_arrangement_set_places(&a);
    expect_pairs(&a, "0-1 0-2 1-2");
}

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

// The layout that a run makes of the same tables joins the same ranks.
static void check_against_layout(const pn_arrangement *a)
{
    pn_layout *layout;
    pn_neighbours *pairs;
    int count, found = 0;
    bool joined[MOST][MOST] = {{false}};
    pn_layout_request request = {.n = 1000,
                                 .nb = 8,
                                 .columns = a->columns,
                                 .heights = a->table.heights,
                                 .virtual_rows = a->virtual_rows,
                                 .shares = a->table.shares,
                                 .column_major_ranks = a->column_major,
                                 .order = a->table.order,
                                 .weights = a->weighted ? a->table.weights : NULL};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    for (int v = 0; v < a->virtual_rows; v++) {
        int ranks[MOST];
        pn_layout_row_ranks(layout, v, ranks);
        for (int column = 0; column < a->columns; column++) {
            int one = ranks[column], other = ranks[(column + 1) % a->columns];
            joined[one][other] = joined[other][one] = one != other;
        }
    }
    for (int column = 0; column < a->columns; column++)
        for (int row = 0; row < layout->heights[column]; row++) {
            int one = pn_layout_rank(layout, row, column);
            int other = pn_layout_rank(layout, (row + 1) % layout->heights[column], column);
            joined[one][other] = joined[other][one] = one != other;
        }
    assert_int_equal(pn_neighbours_list(&pairs, &count, a), PN_OK);
    for (int one = 0; one < a->ranks; one++)
        for (int other = one + 1; other < a->ranks; other++)
            if (joined[one][other]) {
                assert_true(found < count);
                assert_int_equal(pairs[found].from, one);
                assert_int_equal(pairs[found++].to, other);
            }
    assert_int_equal(found, count);
    free(pairs);
    pn_layout_destroy(layout);
}

static void as_the_layout_of_the_run(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int mix = 0; mix < 40; mix++) {
        int count = 9 + (int)random_below(&seed, MOST - 9); // more than stand in one row
        pn_rank_rate ranks[MOST];
        pn_arrangement a = arrangement_of(count);
        for (int rank = 0; rank < count; rank++) {
            bool fast = random_below(&seed, 3) == 0;
            ranks[rank] = (pn_rank_rate){
                .kind = fast ? 0 : 1, .host = 0, .rate = (fast ? 50 : 10) + random_below(&seed, 8)};
        }
        assert_int_equal(pn_arrangement_make_kinds(&a, ranks, &(pn_tuned_height){.p = 0}), PN_OK);
        check_against_layout(&a);
        pn_arrangement_release(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids_have_rings),
        cmocka_unit_test(who_is_left_out_is_paired_with_the_one_before),
        cmocka_unit_test(unlike_ranks_talk_as_they_are_seated),
        cmocka_unit_test(columns_of_unlike_heights),
        cmocka_unit_test(as_the_layout_of_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
