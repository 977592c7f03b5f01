// SPDX-License-Identifier: BSD-3-Clause
// Mending who owns what: nothing moves where nothing changed, few blocks move where little did,
// caps hold with what is already done, and the result is about as good as a deal from scratch. A
// layout with other owners counts as one that was created so.
#include "balance/drift.h"
#include "grid/place.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../naive.h"
#include "grid/deal.h"
#include "grid/redeal.h"

enum { MOST_COLUMNS = 6, MOST_BLOCKS = 400 };

typedef struct deal {
    int columns;
    pn_gidx blocks;
    double shares[MOST_COLUMNS];
    pn_gidx caps[MOST_COLUMNS];
    int32_t owner[MOST_BLOCKS];
} deal;

static void draw_shares(deal *d, uint64_t *chance)
{
    for (int j = 0; j < d->columns; j++)
        d->shares[j] = (1 + naive_below(chance, 40)) * 0.1;
}

static deal draw_deal(uint64_t *chance)
{
    deal d = {.columns = 1 + (int)naive_below(chance, MOST_COLUMNS),
              .blocks = 1 + naive_below(chance, MOST_BLOCKS)};
    draw_shares(&d, chance);
    for (int j = 0; j < d.columns; j++)
        d.caps[j] = naive_below(chance, 3) ? -1 : (pn_gidx)naive_below(chance, MOST_BLOCKS);
    d.caps[naive_below(chance, (unsigned)d.columns)] = -1;
    assert_int_equal(pn_layout_deal(d.owner, d.blocks, d.columns, d.shares, d.caps), PN_OK);
    return d;
}

static pn_gidx redeal(const deal *d, int32_t *owner, pn_gidx first)
{
    return pn_layout_redeal(owner, first, d->blocks, d->columns, d->shares, d->caps);
}

static void the_same_shares_move_nothing(void **state)
{
    (void)state;
    uint64_t chance = 1;
    for (int trial = 0; trial < 300; trial++) {
        deal d = draw_deal(&chance);
        int32_t owner[MOST_BLOCKS];
        memcpy(owner, d.owner, sizeof owner);
        for (int j = 0; j < d.columns; j++)
            d.caps[j] = -1; // with caps a slower column may get what a full one left
        assert_int_equal(pn_layout_deal(owner, d.blocks, d.columns, d.shares, NULL), PN_OK);
        memcpy(d.owner, owner, sizeof owner);
        assert_int_equal(redeal(&d, owner, naive_below(&chance, (unsigned)d.blocks)), 0);
        assert_memory_equal(owner, d.owner, sizeof owner[0] * (size_t)d.blocks);
    }
}

static void it_counts_what_moves_and_leaves_what_is_done(void **state)
{
    (void)state;
    uint64_t chance = 2;
    for (int trial = 0; trial < 500; trial++) {
        deal d = draw_deal(&chance);
        int32_t owner[MOST_BLOCKS];
        pn_gidx first = naive_below(&chance, (unsigned)d.blocks), moved = 0;
        pn_gidx count[MOST_COLUMNS] = {0};
        memcpy(owner, d.owner, sizeof owner);
        draw_shares(&d, &chance);
        pn_gidx told = redeal(&d, owner, first);
        for (pn_gidx b = 0; b < d.blocks; b++) {
            assert_in_range(owner[b], 0, d.columns - 1);
            assert_true(b >= first || owner[b] == d.owner[b]);
            moved += owner[b] != d.owner[b];
            count[owner[b]]++;
        }
        assert_int_equal(told, moved);
        for (int j = 0; j < d.columns; j++)
            assert_true(d.caps[j] < 0 || count[j] <= d.caps[j]);
    }
}

// Against the steps of the very best deal for the new shares, each as long as its slowest column.
static void it_is_about_as_good_as_dealing_from_scratch(void **state)
{
    (void)state;
    uint64_t chance = 3;
    for (int trial = 0; trial < 100; trial++) {
        deal d = draw_deal(&chance);
        int32_t fresh[MOST_BLOCKS];
        d.blocks = MOST_BLOCKS;
        assert_int_equal(pn_layout_deal(d.owner, d.blocks, d.columns, d.shares, NULL), PN_OK);
        draw_shares(&d, &chance);
        assert_int_equal(pn_layout_deal(fresh, d.blocks, d.columns, d.shares, NULL), PN_OK);
        pn_layout_redeal(d.owner, 0, d.blocks, d.columns, d.shares, NULL);
        pn_layout layout = {
            .columns = d.columns, .row_blocks = d.blocks, .column_blocks = d.blocks};
        double mended = pn_drift_predict(&layout, d.owner, 0, d.shares);
        double best = pn_drift_predict(&layout, fresh, 0, d.shares);
        assert_true(mended <= best * (1 + 0.5 * d.columns / (double)d.blocks));
    }
}

static void a_little_less_speed_moves_few(void **state)
{
    (void)state;
    deal d = {.columns = 2, .blocks = MOST_BLOCKS, .shares = {1, 1}, .caps = {-1, -1}};
    assert_int_equal(pn_layout_deal(d.owner, d.blocks, 2, d.shares, NULL), PN_OK);
    d.shares[1] = 0.9; // due: 200 * 0.1 / 1.9 blocks fewer
    assert_in_range(redeal(&d, d.owner, 0), 10, 12);
    d.shares[1] = 0.5;
    assert_in_range(redeal(&d, d.owner, 0), 56, 70); // 190 - 400 / 3, and some to and fro
}

static void a_layout_takes_other_owners(void **state)
{
    (void)state;
    pn_layout *layout, *other;
    pn_layout_request request = {.n = 95,
                                 .nb = 10,
                                 .columns = 2,
                                 .heights = (int[]){2, 1},
                                 .virtual_rows = 2,
                                 .order = (int[]){2, 0, 1}};
    int32_t owner[10] = {0, 0, 1, 1, 1, 0, 1, 1, 1, 0};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    assert_int_equal(pn_layout_with_owners(&other, layout, owner), PN_OK);
    assert_memory_equal(other->owner, owner, sizeof owner);
    assert_memory_equal(other->local_block, ((int32_t[]){0, 1, 0, 1, 2, 2, 3, 4, 5, 3}),
                        sizeof owner);
    assert_true(other->owned[0] == 4 && other->owned[1] == 6);
    for (int rank = 0; rank < 3; rank++) {
        pn_place before, after;
        assert_int_equal(pn_place_create(&before, layout, rank), PN_OK);
        assert_int_equal(pn_place_create(&after, other, rank), PN_OK);
        assert_true(before.row == after.row && before.column == after.column);
        assert_true(before.rows == after.rows);
        assert_int_equal(after.columns, after.column == 0 ? 36 : 60); // the last block has 6
        pn_place_release(&before);
        pn_place_release(&after);
    }
    pn_layout_destroy(layout);
    pn_layout_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_shares_move_nothing),
        cmocka_unit_test(it_counts_what_moves_and_leaves_what_is_done),
        cmocka_unit_test(it_is_about_as_good_as_dealing_from_scratch),
        cmocka_unit_test(a_little_less_speed_moves_few),
        cmocka_unit_test(a_layout_takes_other_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
