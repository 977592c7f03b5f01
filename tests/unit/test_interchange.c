// SPDX-License-Identifier: BSD-3-Clause
// The two lists of a step's row interchanges against carrying the interchanges out one by one.
#include "lu/interchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../naive.h"

enum { MOST_ROWS = 48 };

typedef struct lists {
    pn_gidx source[MOST_ROWS], moved_from[MOST_ROWS], moved_to[MOST_ROWS];
    pn_interchange is;
} lists;

static void fill(lists *l, const int64_t *pivots, pn_gidx top, int width)
{
    l->is =
        (pn_interchange){.source = l->source, .moved_from = l->moved_from, .moved_to = l->moved_to};
    pn_interchange_fill(&l->is, pivots, top, width);
    assert_int_equal(l->is.width, width);
    assert_int_equal(l->is.top, top);
    assert_in_range(l->is.moved, 0, width);
}

// The rows 0, 1, 2... of a matrix after both ways.
static void compare(const int64_t *pivots, int top, int width, int rows)
{
    lists l;
    fill(&l, pivots, top, width);
    pn_gidx one_by_one[MOST_ROWS], at_once[MOST_ROWS];
    for (int i = 0; i < rows; i++)
        one_by_one[i] = at_once[i] = i;
    for (int i = 0; i < width; i++) {
        pn_gidx kept = one_by_one[top + i];
        one_by_one[top + i] = one_by_one[pivots[i]];
        one_by_one[pivots[i]] = kept;
    }
    for (int i = 0; i < l.is.moved; i++) {
        assert_in_range(l.moved_from[i], top, top + width - 1);
        assert_in_range(l.moved_to[i], top + width, rows - 1);
        at_once[l.moved_to[i]] = l.moved_from[i];
    }
    for (int i = 0; i < width; i++)
        at_once[top + i] = l.source[i];
    for (int i = 0; i < rows; i++)
        assert_int_equal(at_once[i], one_by_one[i]);
}

// Every choice of pivots that there is, for small blocks.
static void compare_all(int64_t *pivots, int i, int top, int width, int rows)
{
    if (i == width) {
        compare(pivots, top, width, rows);
        return;
    }
    for (pivots[i] = top + i; pivots[i] < rows; pivots[i]++)
        compare_all(pivots, i + 1, top, width, rows);
}

static void every_small_case_is_right(void **state)
{
    (void)state;
    int64_t pivots[MOST_ROWS];
    for (int width = 1; width <= 4; width++)
        for (int rows = width; rows <= 7; rows++)
            for (int top = 0; top + width <= rows; top += 2)
                compare_all(pivots, 0, top, width, rows);
}

static void large_cases_are_right(void **state)
{
    (void)state;
    uint64_t chance = 7;
    int64_t pivots[MOST_ROWS];
    for (int round = 0; round < 3000; round++) {
        int rows = 1 + (int)naive_below(&chance, MOST_ROWS);
        int top = (int)naive_below(&chance, (unsigned)rows);
        int width = 1 + (int)naive_below(&chance, (unsigned)(rows - top));
        for (int i = 0; i < width; i++)
            pivots[i] = top + i + (int)naive_below(&chance, (unsigned)(rows - top - i));
        compare(pivots, top, width, rows);
    }
}

// The same row below may be the pivot several times; it stays one entry.
static void a_row_below_is_listed_once(void **state)
{
    (void)state;
    lists l;
    const int64_t pivots[] = {9, 9, 9, 9};
    fill(&l, pivots, 4, 4);
    assert_int_equal(l.is.moved, 1);
    assert_int_equal(l.moved_to[0], 9);
    assert_int_equal(l.moved_from[0], 7);
    assert_int_equal(l.source[0], 9);
    assert_int_equal(l.source[3], 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_case_is_right),
        cmocka_unit_test(large_cases_are_right),
        cmocka_unit_test(a_row_below_is_listed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
