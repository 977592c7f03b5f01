// SPDX-License-Identifier: BSD-3-Clause
// What a result says of moves and ranks: the runs of block columns that change hands lead from one
// table of owners to the other, whatever the tables; ranks are found by their numbers.
#include "measure/result.h"

#include "../naive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST_BLOCKS = 40, COLUMNS = 3, TRIALS = 200 };

static void neighbours_move_as_one_run(void **state)
{
    (void)state;
    static const int32_t before[] = {0, 0, 0, 1, 1, 2, 0}, after[] = {0, 1, 1, 0, 0, 0, 0};
    pn_migration_record move;
    assert_int_equal(pn_migration_create(&move, before, after, 7), PN_OK);
    assert_int_equal(move.blocks, 5);
    assert_int_equal(move.runs, 3);
    assert_int_equal(move.run[0].first, 1);
    assert_int_equal(move.run[0].blocks, 2);
    assert_int_equal(move.run[1].first, 3);
    assert_int_equal(move.run[1].from, 1);
    assert_int_equal(move.run[1].to, 0);
    assert_int_equal(move.run[2].first, 5);
    assert_int_equal(move.run[2].from, 2);
    pn_migration_release(&move);
}

static void runs_lead_from_table_to_table(void **state)
{
    (void)state;
    uint64_t chance = 1;
    for (int trial = 0; trial < TRIALS; trial++) {
        int32_t table[MOST_BLOCKS], after[MOST_BLOCKS];
        pn_gidx blocks = 1 + naive_below(&chance, MOST_BLOCKS), moved = 0;
        pn_migration_record move;
        for (pn_gidx b = 0; b < blocks; b++) {
            table[b] = (int32_t)naive_below(&chance, COLUMNS);
            after[b] = naive_below(&chance, 2) ? table[b] : (int32_t)naive_below(&chance, COLUMNS);
            moved += table[b] != after[b];
        }
        assert_int_equal(pn_migration_create(&move, table, after, blocks), PN_OK);
        assert_int_equal(move.blocks, moved);
        for (int64_t i = 0; i < move.runs; i++)
            for (pn_gidx b = move.run[i].first; b < move.run[i].first + move.run[i].blocks; b++) {
                assert_int_equal(table[b], move.run[i].from);
                table[b] = move.run[i].to;
            }
        for (pn_gidx b = 0; b < blocks; b++)
            assert_int_equal(table[b], after[b]);
        pn_migration_release(&move);
    }
}

static void ranks_are_found_by_their_numbers(void **state)
{
    (void)state;
    pn_rank_record ranks[] = {{.rank = 1}, {.rank = 4}};
    pn_result result = {.rank_count = 2, .ranks = ranks};
    assert_ptr_equal(pn_result_rank(&result, 1), &ranks[0]);
    assert_ptr_equal(pn_result_rank(&result, 4), &ranks[1]);
    assert_null(pn_result_rank(&result, 0));
    assert_null(pn_result_rank(&result, 2));
}

static void a_result_can_be_released_twice(void **state)
{
    (void)state;
    static const int32_t before[] = {0, 0}, after[] = {0, 1};
    pn_result result = {0};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pn_result_reserve_migration(&result), PN_OK);
        assert_int_equal(pn_migration_create(&result.migrations[i], before, after, 2), PN_OK);
        result.migration_count++;
    }
    assert_int_equal(result.migrations[0].run[0].first, 1);
    pn_result_release(&result);
    assert_null(result.migrations);
    pn_result_release(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_move_as_one_run),
        cmocka_unit_test(runs_lead_from_table_to_table),
        cmocka_unit_test(ranks_are_found_by_their_numbers),
        cmocka_unit_test(a_result_can_be_released_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
