// SPDX-License-Identifier: BSD-3-Clause
// The ring of a broadcast: every column once, the root first; no way round costs less where a
// message between two columns costs as much as the widest gap between them, which all orders of
// few columns show.
#include "grid/layout.h"

#include "grid/redeal.h"
#include "grid/ring.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_Q = 7, LEVELS = 4 };

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

static pn_layout *layout_with(const int *gaps, int columns)
{
    pn_layout *layout;
    pn_layout_request request = {
        .n = 100, .nb = 10, .columns = columns, .virtual_rows = 1, .gaps = gaps};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    return layout;
}

static double cost(const int *gaps, int from, int to)
{
    int widest = 0;
    for (int column = (int)pn_min(from, to) + 1; column <= (int)pn_max(from, to); column++)
        widest = (int)pn_max(widest, gaps[column]);
    return pow(3, widest);
}

static double cost_of(const int *gaps, const int *ring, int columns)
{
    double sum = 0;
    for (int i = 1; i < columns; i++)
        sum += cost(gaps, ring[i - 1], ring[i]);
    return sum;
}

// Of all orders of ring[at..columns).
static double least_cost(const int *gaps, int *ring, int columns, int at)
{
    double least = INFINITY;
    if (at == columns)
        return cost_of(gaps, ring, columns);
    for (int i = at; i < columns; i++) {
        int here = ring[at];
        ring[at] = ring[i];
        ring[i] = here;
        least = fmin(least, least_cost(gaps, ring, columns, at + 1));
        ring[i] = ring[at];
        ring[at] = here;
    }
    return least;
}

static void check_ring(const int *gaps, const int *ring, int columns, int root)
{
    int order[MOST_Q];
    bool seen[MOST_Q] = {false};
    for (int i = 0; i < columns; i++) {
        assert_in_range(ring[i], 0, columns - 1);
        assert_false(seen[ring[i]]);
        seen[ring[i]] = true;
        order[i] = (root + i) % columns;
    }
    assert_int_equal(ring[0], root);
    assert_true(cost_of(gaps, ring, columns) == least_cost(gaps, order, columns, 1));
}

static void is_the_cheapest_way_from_any_root(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int go = 0; go < 60; go++) {
        int columns = 1 + (int)random_below(&seed, MOST_Q), gaps[MOST_Q], ring[MOST_Q];
        for (int column = 0; column < columns; column++)
            gaps[column] = (int)random_below(&seed, LEVELS);
        pn_layout *layout = layout_with(gaps, columns);
        for (int root = 0; root < columns; root++) {
            pn_layout_ring(layout, root, -1, ring);
            check_ring(gaps, ring, columns, root);
        }
        pn_layout_destroy(layout);
    }
}

static void check_order(const pn_layout *layout, const int root_and_next[2], const int *expected)
{
    int ring[MOST_Q];
    pn_layout_ring(layout, root_and_next[0], root_and_next[1], ring);
    for (int i = 0; i < layout->columns; i++)
        assert_int_equal(ring[i], expected[i]);
}

static void goes_to_the_left_where_links_are_alike(void **state)
{
    (void)state;
    pn_layout *layout = layout_with(NULL, 5);
    check_order(layout, (int[]){0, -1}, (int[]){0, 4, 3, 2, 1});
    check_order(layout, (int[]){3, 4}, (int[]){3, 4, 2, 1, 0});
    check_order(layout, (int[]){3, 1}, (int[]){3, 1, 2, 0, 4}); // who factors next comes first
    check_order(layout, (int[]){3, 3}, (int[]){3, 2, 1, 0, 4}); // the root itself does
    pn_layout *moved;
    assert_int_equal(pn_layout_with_owners(&moved, layout, layout->owner), PN_OK);
    check_order(moved, (int[]){2, 0}, (int[]){2, 0, 1, 4, 3});
    pn_layout_destroy(moved);
    pn_layout_destroy(layout);
}

static void fills_an_island_before_it_leaves_it(void **state)
{
    (void)state;
    pn_layout *layout = layout_with((int[]){9, 0, 0, 1, 0, 0}, 6); // two islands of three
    check_order(layout, (int[]){1, -1}, (int[]){1, 0, 2, 5, 4, 3});
    check_order(layout, (int[]){4, -1}, (int[]){4, 3, 5, 2, 1, 0});
    pn_layout *moved;
    assert_int_equal(pn_layout_with_owners(&moved, layout, layout->owner), PN_OK);
    check_order(moved, (int[]){5, -1}, (int[]){5, 4, 3, 2, 1, 0});
    pn_layout_destroy(moved);
    pn_layout_destroy(layout);
    layout = layout_with((int[]){0, 0, 0, 2}, 4); // a slow host relays nothing
    for (int root = 0; root < 3; root++) {
        int ring[4];
        pn_layout_ring(layout, root, -1, ring);
        assert_int_equal(ring[3], 3);
    }
    pn_layout_destroy(layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_cheapest_way_from_any_root),
        cmocka_unit_test(goes_to_the_left_where_links_are_alike),
        cmocka_unit_test(fills_an_island_before_it_leaves_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
