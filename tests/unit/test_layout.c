// SPDX-License-Identifier: BSD-3-Clause
// The layout against brute force over all small cases: who owns a row or a column is worked out
// entry by entry, and every index map is compared with plain counting.
#include "grid/place.h"

#include "grid/virtual_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_N = 40, MOST_NB = 9, MOST_Q = 5, MOST_V = 5, MOST_RIDING = 12 };

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

typedef struct arbitrary {
    pn_layout_request request;
    int heights[MOST_Q];
    double shares[MOST_Q];
    pn_gidx caps[MOST_Q];
    int order[MOST_Q * MOST_V];
    double weights[MOST_Q * MOST_V];
} arbitrary;

static void choose_order(arbitrary *a, uint64_t *seed)
{
    int ranks = 0;
    for (int column = 0; column < a->request.columns; column++)
        ranks += a->request.heights ? a->heights[column] : a->request.virtual_rows;
    for (int place = 0; place < ranks; place++) {
        int other = (int)random_below(seed, (unsigned)place + 1);
        a->order[place] = a->order[other];
        a->order[other] = place;
        a->weights[place] = (1 + random_below(seed, 9)) * 0.5;
    }
    a->request.order = random_below(seed, 2) ? a->order : NULL;
    a->request.weights = random_below(seed, 2) ? a->weights : NULL;
}

static void choose(arbitrary *a, uint64_t *seed)
{
    pn_layout_request *request = &a->request;
    for (int column = 0; column < request->columns; column++) {
        a->heights[column] = 1 + (int)random_below(seed, (unsigned)request->virtual_rows);
        a->shares[column] = (1 + random_below(seed, 40)) * 0.1;
        a->caps[column] = (pn_gidx)random_below(seed, 20);
    }
    a->caps[random_below(seed, (unsigned)request->columns)] = -1;
    request->heights = random_below(seed, 4) ? a->heights : NULL;
    request->shares = random_below(seed, 4) ? a->shares : NULL;
    request->caps = random_below(seed, 2) ? a->caps : NULL;
    request->column_major_ranks = random_below(seed, 2);
    request->riding = (int)random_below(seed, MOST_RIDING + 1);
    choose_order(a, seed);
}

static void check_tables(const pn_layout *layout, const pn_layout_request *request)
{
    pn_gidx owned[MOST_Q] = {0};
    assert_int_equal(layout->row_blocks * layout->nb >= layout->n, 1);
    assert_int_equal((layout->row_blocks - 1) * layout->nb < layout->n, 1);
    assert_int_equal(layout->width, layout->n + (request->riding ? request->riding : 1));
    assert_true(layout->column_blocks * layout->nb >= layout->width);
    assert_true((layout->column_blocks - 1) * layout->nb < layout->width);
    for (pn_gidx block = 0; block < layout->column_blocks; block++) {
        assert_in_range(layout->owner[block], 0, layout->columns - 1);
        assert_int_equal(layout->local_block[block], owned[layout->owner[block]]++);
    }
    int ranks = 0;
    for (int column = 0; column < layout->columns; column++) {
        assert_int_equal(layout->owned[column], owned[column]);
        if (request->caps && request->caps[column] >= 0)
            assert_true(owned[column] <= request->caps[column]);
        int height = request->heights ? request->heights[column] : request->virtual_rows;
        assert_int_equal(layout->heights[column], height);
        assert_true(height <= layout->height);
        ranks += height;
    }
    assert_int_equal(layout->ranks, ranks);
}

// From any virtual row on, nobody hosts what another would have done sooner, unless somebody hosts
// only the one row that everyone has.
static void check_balance(const int *host, int virtual_rows, int height, const double *weight)
{
    int hosted[MOST_V] = {0}, in_all[MOST_V] = {0};
    int least = virtual_rows;
    for (int v = 0; v < virtual_rows; v++) {
        assert_in_range(host[v], 0, height - 1);
        in_all[host[v]]++;
    }
    for (int row = 0; row < height; row++)
        least = (int)pn_min(least, in_all[row]);
    assert_true(least > 0);
    for (int v = virtual_rows - 1; v >= 0; v--) {
        hosted[host[v]]++;
        for (int other = 0; other < height && least > 1; other++)
            assert_true(hosted[host[v]] / weight[host[v]] <=
                        (hosted[other] + 1) / weight[other] * (1 + 1e-12));
    }
}

static void check_row_ranks(const pn_layout *layout)
{
    for (int v = 0; v < layout->virtual_rows; v++) {
        int ranks[MOST_Q];
        pn_layout_row_ranks(layout, v, ranks);
        for (int column = 0; column < layout->columns; column++) {
            int host = layout->host[column * layout->virtual_rows + v];
            assert_int_equal(ranks[column], layout->rank_of[column * layout->height + host]);
            assert_in_range(ranks[column], 0, layout->ranks - 1);
        }
    }
}

static int place_of(const pn_layout *layout, const pn_layout_request *request, int row, int column)
{
    int place = 0;
    int outer = request->column_major_ranks ? layout->columns : layout->height;
    int inner = request->column_major_ranks ? layout->height : layout->columns;
    for (int i = 0; i < outer; i++)
        for (int j = 0; j < inner; j++) {
            int r = request->column_major_ranks ? j : i;
            int c = request->column_major_ranks ? i : j;
            if (r == row && c == column)
                return row < layout->heights[column] ? place : -1;
            place += r < layout->heights[c];
        }
    return -1;
}

static void check_hosts(const pn_layout *layout, const pn_layout_request *request)
{
    for (int column = 0; column < layout->columns; column++) {
        double weight[MOST_V];
        for (int row = 0; row < layout->heights[column]; row++) {
            int place = place_of(layout, request, row, column);
            weight[row] = request->weights ? request->weights[place] : 1;
        }
        const int *host = layout->host + column * layout->virtual_rows;
        int height = layout->heights[column];
        if (request->weights)
            check_balance(host, layout->virtual_rows, height, weight);
        for (int v = 0; !request->weights && v < layout->virtual_rows; v++)
            assert_int_equal(host[v], v % height);
    }
}

// By counting: nobody has more rows from any block on, and of equals the last row's host is named.
static void check_fullest(const pn_layout *layout)
{
    for (int column = 0; column < layout->columns; column++)
        for (pn_gidx block = 0; block <= layout->row_blocks; block++) {
            pn_gidx rows[MOST_V] = {0}, most = 0;
            for (pn_gidx row = block * layout->nb; row < layout->n; row++)
                rows[pn_layout_row_of(layout, column, row)]++;
            for (int row = 0; row < layout->heights[column]; row++)
                most = pn_max(most, rows[row]);
            int told = pn_layout_fullest_row(layout, column, block);
            int last = pn_layout_row_of(layout, column, layout->n - 1);
            assert_int_equal(rows[told], most);
            if (rows[last] == most)
                assert_int_equal(told, last);
        }
}

static void check_ranks(const pn_layout *layout, const pn_layout_request *request)
{
    int places = 0;
    for (int column = 0; column < layout->columns; column++)
        for (int row = 0; row < layout->height; row++) {
            int place = place_of(layout, request, row, column);
            int rank = place < 0 || !request->order ? place : request->order[place];
            assert_int_equal(pn_layout_rank(layout, row, column), rank);
            places += place >= 0;
        }
    assert_int_equal(places, layout->ranks);
}

// Rows of a process, by asking each row for its virtual row and the host table for its process.
static void check_rows(const pn_place *place, int *owners)
{
    const pn_layout *layout = place->layout;
    const int *host = layout->host + place->column * layout->virtual_rows;
    pn_lidx count = 0;
    for (pn_gidx row = 0; row < layout->n; row++) {
        int owner = host[row / layout->nb % layout->virtual_rows];
        assert_int_equal(pn_layout_row_of(layout, place->column, row), owner);
        assert_int_equal(pn_place_rows_before(place, row), count);
        assert_int_equal(pn_layout_rows_before(layout, place->row, place->column, row), count);
        if (owner == place->row) {
            assert_int_equal(pn_place_global_row(place, count), row);
            owners[row]++;
            count++;
        }
    }
    assert_int_equal(pn_place_rows_before(place, layout->n), count);
    assert_int_equal(pn_layout_rows_before(layout, place->row, place->column, layout->n), count);
    assert_int_equal(place->rows, count);
    int hosted = 0;
    for (int v = 0; v < layout->virtual_rows; v++)
        if (host[v] == place->row)
            assert_int_equal(place->virtual_rows[hosted++], v);
    assert_int_equal(place->hosted, hosted);
}

static void check_columns(const pn_place *place, int *owners)
{
    const pn_layout *layout = place->layout;
    pn_lidx count = 0;
    pn_gidx owned = 0;
    for (pn_gidx column = 0; column < layout->width; column++) {
        int owner = layout->owner[column / layout->nb];
        assert_int_equal(pn_layout_column_of(layout, column), owner);
        assert_int_equal(pn_place_columns_before(place, column), count);
        if (owner == place->column) {
            assert_int_equal(pn_place_global_column(place, count), column);
            owners[column]++;
            if (column % layout->nb == 0)
                assert_int_equal(place->blocks[owned++], column / layout->nb);
            count++;
        }
    }
    assert_int_equal(pn_place_columns_before(place, layout->width), count);
    assert_int_equal(place->columns, count);
    assert_int_equal(layout->owned[place->column], owned);
}

static void check_places(const pn_layout *layout)
{
    int row_owners[MOST_Q][MOST_N] = {{0}};
    int column_owners[MOST_V][MOST_N + MOST_RIDING] = {{0}};
    for (int rank = 0; rank < layout->ranks; rank++) {
        pn_place place;
        assert_int_equal(pn_place_create(&place, layout, rank), PN_OK);
        assert_int_equal(place.rank, rank);
        assert_int_equal(pn_layout_rank(layout, place.row, place.column), rank);
        check_rows(&place, row_owners[place.column]);
        check_columns(&place, column_owners[place.row]);
        pn_place_release(&place);
    }
    for (int column = 0; column < layout->columns; column++)
        for (pn_gidx row = 0; row < layout->n; row++)
            assert_int_equal(row_owners[column][row], 1);
    for (pn_gidx column = 0; column < layout->width; column++)
        assert_int_equal(column_owners[0][column], 1); // every column has a first process
}

static void agrees_with_counting_in_all_small_cases(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int n = 1; n <= MOST_N; n++)
        for (int nb = 1; nb <= MOST_NB; nb++)
            for (int grid = 0; grid < MOST_Q * MOST_V; grid++) {
                arbitrary a = {.request = {.n = n,
                                           .nb = nb,
                                           .columns = 1 + grid % MOST_Q,
                                           .virtual_rows = 1 + grid / MOST_Q}};
                pn_layout *layout;
                choose(&a, &seed);
                assert_int_equal(pn_layout_create(&layout, &a.request), PN_OK);
                check_tables(layout, &a.request);
                check_row_ranks(layout);
                check_hosts(layout, &a.request);
                check_ranks(layout, &a.request);
                check_places(layout);
                check_fullest(layout);
                pn_layout_destroy(layout);
            }
}

// With equal shares and heights it is the cyclic layout read from the last block.
static void is_cyclic_for_equal_parts(void **state)
{
    (void)state;
    pn_layout *layout;
    pn_layout_request request = {.n = 1000, .nb = 8, .columns = 3, .virtual_rows = 2};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    pn_gidx blocks = layout->column_blocks;
    assert_int_equal(blocks, 126); // the right-hand side is a block of its own
    for (pn_gidx block = 0; block < blocks; block++)
        assert_int_equal(layout->owner[block], (blocks - 1 - block) % 3);
    for (pn_gidx row = 0; row < 1000; row++)
        assert_int_equal(pn_layout_row_of(layout, 1, row), row / 8 % 2);
    assert_int_equal(pn_layout_rank(layout, 1, 2), 5);
    pn_layout_destroy(layout);
}

static void holds_more_ranks_than_blocks(void **state)
{
    (void)state;
    pn_layout *layout;
    pn_layout_request request = {.n = 1, .nb = 64, .columns = 7, .virtual_rows = 3};
    pn_lidx entries = 0;
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    assert_int_equal(layout->ranks, 21);
    for (int rank = 0; rank < layout->ranks; rank++) {
        pn_place place;
        assert_int_equal(pn_place_create(&place, layout, rank), PN_OK);
        entries += place.rows * place.columns;
        pn_place_release(&place);
    }
    assert_int_equal(entries, 2);
    pn_layout_destroy(layout);
}

static void is_exact_at_the_largest_n(void **state)
{
    (void)state;
    pn_layout *layout;
    pn_place place;
    int heights[] = {5, 2};
    pn_layout_request request = {.n = PN_N_LIMIT,
                                 .nb = 10000,
                                 .columns = 2,
                                 .heights = heights,
                                 .virtual_rows = 5,
                                 .shares = (double[]){1, 3}};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    assert_int_equal(pn_place_create(&place, layout, pn_layout_rank(layout, 0, 1)), PN_OK);
    assert_int_equal(place.hosted, 3);
    assert_int_equal(place.rows, PN_N_LIMIT / 5 * 3);
    for (pn_gidx row = PN_N_LIMIT - 1000000; row < PN_N_LIMIT; row += 12345)
        if (pn_layout_row_of(layout, 1, row) == 0)
            assert_int_equal(pn_place_global_row(&place, pn_place_rows_before(&place, row)), row);
    assert_int_equal(pn_place_global_column(&place, place.columns - 1) / 10000,
                     100000); // the right-hand side
    pn_place_release(&place);
    pn_layout_destroy(layout);
}

static void weighs_rows_inside_a_column(void **state)
{
    (void)state;
    pn_layout *layout;
    pn_layout_request request = {.n = 6400,
                                 .nb = 64,
                                 .columns = 2,
                                 .heights = (int[]){3, 1},
                                 .virtual_rows = 10,
                                 .order = (int[]){3, 1, 0, 2},
                                 .weights = (double[]){1, 7, 1.5, 2.5}};
    static const pn_lidx rows[] = {1920, 6400, 3200, 1280}; // by rank
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    for (int rank = 0; rank < 4; rank++) {
        pn_place place;
        assert_int_equal(pn_place_create(&place, layout, rank), PN_OK);
        assert_int_equal(place.rows, rows[rank]);
        pn_place_release(&place);
    }
    pn_layout_destroy(layout);
    double alike[] = {2, 2, 2, 2}; // weights that are equal change nothing
    request =
        (pn_layout_request){.n = 100, .nb = 8, .columns = 2, .virtual_rows = 2, .weights = alike};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    assert_true(layout->host[0] == 0 && layout->host[1] == 1);
    pn_layout_destroy(layout);
}

static void seats_everyone(void **state)
{
    (void)state;
    int host[4];
    assert_int_equal(pn_virtual_rows_assign(host, 4, 3, (double[]){1, 1000, 1}), PN_OK);
    assert_memory_equal(host, ((int[]){0, 2, 1, 1}), sizeof host);
    assert_int_equal(pn_virtual_rows_assign(host, 3, 3, (double[]){1e-3, 1, 1e3}), PN_OK);
    assert_memory_equal(host, ((int[]){0, 1, 2}), 3 * sizeof host[0]);
}

static void finds_virtual_rows_for_unlike_columns(void **state)
{
    (void)state;
    int rows = 0;
    assert_int_equal(pn_virtual_rows_choose(&rows, 3, (int[]){4, 4, 4}, NULL), PN_OK);
    assert_int_equal(rows, 4);
    assert_int_equal(pn_virtual_rows_choose(&rows, 3, (int[]){3, 1, 5}, NULL), PN_OK);
    assert_int_equal(rows, 15);
    assert_int_equal(pn_virtual_rows_choose(&rows, 2, (int[]){2, 1}, (double[]){3, 1, 1}), PN_OK);
    assert_int_equal(rows, 4);
    // No number of rows that is allowed is exact for these: the best of them.
    assert_int_equal(pn_virtual_rows_choose(&rows, 1, (int[]){2}, (double[]){1, 100}), PN_OK);
    assert_in_range(rows, 2, 32);
    assert_int_equal(pn_virtual_rows_choose(&rows, 1, (int[]){2}, (double[]){1, -1}),
                     PN_ERROR_USAGE);
}

static void refuses(pn_layout_request request, const char *word)
{
    pn_layout *layout = (pn_layout *)&request;
    assert_int_equal(pn_layout_create(&layout, &request), PN_ERROR_USAGE);
    assert_null(layout);
    if (!strstr(pn_fail_message(), word))
        fail_msg("'%s' does not say '%s'", pn_fail_message(), word);
}

static void refuses_nonsense(void **state)
{
    (void)state;
    const pn_layout_request good = {.n = 100, .nb = 8, .columns = 2, .virtual_rows = 3};
    pn_layout_request bad = good;
    bad.n = 0;
    refuses(bad, "N is 0");
    bad.n = PN_N_LIMIT + 1;
    refuses(bad, "between 1 and 1000000000");
    bad = good;
    bad.nb = -3;
    refuses(bad, "NB is -3");
    bad = good;
    bad.columns = 0;
    refuses(bad, "0 process columns");
    bad = good;
    bad.virtual_rows = 0;
    refuses(bad, "0 virtual rows");
    bad = good;
    bad.heights = (int[]){3, 4};
    refuses(bad, "process column 1 is 4 processes high");
    bad.heights = (int[]){0, 3};
    refuses(bad, "process column 0 is 0 processes high");
    bad = good;
    bad.shares = (double[]){1, -2};
    refuses(bad, "share of process column 1 is -2");
    bad = good;
    bad.caps = (pn_gidx[]){6, 6};
    refuses(bad, "13 block columns");
    bad = good;
    bad.order = (int[]){0, 1, 2, 3, 5, 5};
    refuses(bad, "place 5 of the grid is given to rank 5");
    bad.order = (int[]){0, 1, 2, 3, 4, 6};
    refuses(bad, "rank 6");
    bad = good;
    bad.weights = (double[]){1, 1, 1, 0, 1, 1};
    refuses(bad, "weights of the processes of one column");
    bad = good;
    bad.columns = 100000;
    bad.virtual_rows = 100000;
    refuses(bad, "10000000000 processes");
}

static void refuses_a_rank_without_a_place(void **state)
{
    (void)state;
    pn_layout *layout;
    pn_place place;
    pn_layout_request request = {.n = 10, .nb = 4, .columns = 2, .virtual_rows = 2};
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    assert_int_equal(pn_place_create(&place, layout, 4), PN_ERROR_USAGE);
    assert_non_null(strstr(pn_fail_message(), "rank 4"));
    assert_int_equal(pn_place_create(&place, layout, -1), PN_ERROR_USAGE);
    pn_layout_destroy(layout);
    pn_layout_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_counting_in_all_small_cases),
        cmocka_unit_test(is_cyclic_for_equal_parts),
        cmocka_unit_test(holds_more_ranks_than_blocks),
        cmocka_unit_test(is_exact_at_the_largest_n),
        cmocka_unit_test(weighs_rows_inside_a_column),
        cmocka_unit_test(seats_everyone),
        cmocka_unit_test(finds_virtual_rows_for_unlike_columns),
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(refuses_a_rank_without_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
