// SPDX-License-Identifier: BSD-3-Clause
// Arranging unlike ranks: each has one place, columns hold one kind, shares follow rates, memory
// caps, and what costs more than it brings stays out.
#include "grid/place.h"
#include "request.h"
#include "tune/choice_kinds.h"
#include "tune/choose.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
enum { MIXES = 8 }; // ten times slower
#else
enum { MIXES = 30 };
#endif
enum { RANKS = 200, KINDS = 4 };
#define GIB ((int64_t)1 << 30)

static unsigned random_below(uint64_t *state, unsigned bound)
{
    *state = *state * 2862933555777941757u + 3037000493u;
    return (unsigned)(*state >> 33) % bound;
}

static void fill(pn_rank_info *info, int ranks, const double *rates)
{
    memset(info, 0, (size_t)ranks * sizeof *info);
    for (int rank = 0; rank < ranks; rank++) {
        snprintf(info[rank].host, sizeof info[rank].host, "node%d", rank);
        snprintf(info[rank].kind, sizeof info[rank].kind, "kind of %g", rates[rank]);
        info[rank].cores = info[rank].host_cores = 1;
        info[rank].memory_available = 16 * GIB;
        info[rank].rate = 1e9 * rates[rank];
        info[rank].panel_rate = 1e9 * (rates[rank] / 10);
    }
}

static pn_choice choose(const pn_choice_request *request, pn_rank_info *info, int ranks)
{
    pn_choice choice;
    if (pn_choose(&choice, request, info, ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

static pn_layout *layout_of(const pn_choice *choice)
{
    const pn_arrangement *a = &choice->arrangement;
    pn_layout *layout;
    pn_layout_request request = pn_arrangement_request(a, choice->settings.n, choice->settings.nb);
    request.order = a->used == a->ranks ? a->table.order : NULL;
    if (pn_layout_create(&layout, &request) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return layout;
}

// The arrangement and the layout made of it agree on who sits where and hosts what.
static void check_places(const pn_choice *choice)
{
    const pn_arrangement *a = &choice->arrangement;
    pn_layout *layout = layout_of(choice);
    int seated = 0;
    assert_int_equal(layout->ranks, a->used);
    for (int rank = 0; rank < a->ranks; rank++) {
        assert_int_equal(a->table.column[rank] < 0, a->table.row[rank] < 0);
        if (a->table.column[rank] < 0)
            continue;
        seated++;
        if (a->used < a->ranks)
            continue;
        pn_place place;
        assert_int_equal(pn_place_create(&place, layout, rank), PN_OK);
        assert_int_equal(place.row, a->table.row[rank]);
        assert_int_equal(place.column, a->table.column[rank]);
        assert_int_equal(place.hosted, a->table.hosted[rank]);
        pn_place_release(&place);
    }
    assert_int_equal(seated, a->used);
    pn_layout_destroy(layout);
}

static void gives_each_of_few_ranks_a_column(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    double rates[] = {18, 53, 30};
    fill(info, 3, rates);
    pn_choice choice = choose(&(pn_choice_request){USUAL, .settings.n = 12000}, info, 3);
    const pn_arrangement *a = &choice.arrangement;
    assert_true(a->unlike && !a->weighted);
    assert_true(a->columns == 3 && a->height == 1 && choice.settings.p == 1 &&
                choice.settings.q == 3);
    assert_int_equal(a->table.column[1], 0); // the fastest first
    assert_int_equal(a->table.column[2], 1);
    assert_int_equal(a->table.column[0], 2);
    assert_true(a->table.shares[0] == 53e9 && a->table.shares[1] == 30e9 &&
                a->table.shares[2] == 18e9);
    if (choice.rate < 0.8 * 101e9 || choice.rate > 101e9)
        fail_msg("%g FLOP/s", choice.rate);
    check_places(&choice);
    pn_choice_release(&choice);
    choice = choose(&(pn_choice_request){USUAL, .settings.n = 12000,
                                         .settings.share_mode = PN_SHARE_MODE_EQUAL},
                    info, 3);
    assert_true(!choice.arrangement.unlike && choice.rate < 3 * 18e9);
    pn_choice_release(&choice);
}

// Within 5 %: nothing differs from the equal grid that would be asked for.
static void leaves_like_ranks_alone(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    double rates[12];
    for (int rank = 0; rank < 12; rank++)
        rates[rank] = 50 + 0.2 * rank;
    fill(info, 12, rates);
    pn_choice choice = choose(&(pn_choice_request){USUAL, .seconds = 100}, info, 12),
              equal = choose(&(pn_choice_request){USUAL, .seconds = 100,
                                                  .settings.share_mode = PN_SHARE_MODE_EQUAL},
                             info, 12);
    assert_false(choice.arrangement.unlike);
    assert_true(choice.settings.n == equal.settings.n && choice.settings.nb == equal.settings.nb &&
                choice.settings.p == equal.settings.p);
    assert_true(choice.seconds == equal.seconds);
    pn_layout *mine = layout_of(&choice), *other = layout_of(&equal);
    assert_memory_equal(mine->owner, other->owner, (size_t)mine->column_blocks * sizeof(int32_t));
    assert_memory_equal(mine->rank_of, other->rank_of, 12 * sizeof(int));
    pn_layout_destroy(mine);
    pn_layout_destroy(other);
    pn_choice_release(&choice);
    pn_choice_release(&equal);
}

static void check_columns(const pn_choice *choice, const pn_rank_info *info)
{
    const pn_arrangement *a = &choice->arrangement;
    const char *kind_of[RANKS] = {NULL};
    double sum[RANKS] = {0};
    for (int rank = 0; rank < a->ranks; rank++) {
        int column = a->table.column[rank];
        if (column < 0)
            continue;
        if (!kind_of[column])
            kind_of[column] = info[rank].kind;
        assert_string_equal(kind_of[column], info[rank].kind);
        sum[column] += info[rank].rate;
    }
    for (int column = 0; column < a->columns; column++)
        if (fabs(a->table.shares[column] / sum[column] - 1) > 0.3) // whole virtual rows
            fail_msg("column %d: %g of %g", column, a->table.shares[column], sum[column]);
}

static void arranges_any_mix(void **state)
{
    (void)state;
    static const double kinds[KINDS] = {10, 15, 40, 150};
    uint64_t seed = 11;
    for (int trial = 0; trial < MIXES; trial++) {
        pn_rank_info info[RANKS];
        double rates[RANKS];
        int ranks = 2 + (int)random_below(&seed, RANKS - 2);
        bool uneven = random_below(&seed, 2);
        for (int rank = 0; rank < ranks; rank++)
            rates[rank] = kinds[random_below(&seed, KINDS)];
        fill(info, ranks, rates);
        for (int rank = 0; rank < ranks && uneven; rank++)
            info[rank].rate *= 1 + 0.01 * random_below(&seed, 40);
        pn_choice choice = choose(&(pn_choice_request){USUAL, .seconds = 600}, info, ranks);
        assert_true(choice.arrangement.unlike || ranks < 6);
        assert_true(choice.bytes_needed <= choice.bytes_available);
        if (choice.arrangement.unlike)
            check_columns(&choice, info);
        check_places(&choice);
        if (ranks <= 8)
            assert_int_equal(choice.settings.p, 1);
        pn_choice_release(&choice);
    }
}

// 3 fast and 5 times 10 slow ranks need no common divisor, and fast columns are lower.
static void heights_follow_speed(void **state)
{
    (void)state;
    pn_rank_info info[RANKS];
    double rates[53];
    for (int rank = 0; rank < 53; rank++)
        rates[rank] = rank < 50 ? 10 : 400;
    fill(info, 53, rates);
    pn_choice choice = choose(&(pn_choice_request){USUAL, .seconds = 600}, info, 53);
    const pn_arrangement *a = &choice.arrangement;
    assert_int_equal(a->table.column[50], 0);
    assert_int_equal(a->table.heights[0], 1);
    assert_in_range(a->table.heights[a->columns - 1], 6, 10); // sqrt(1700 / 30) = 7.5
    check_places(&choice);
    pn_choice_release(&choice);
}

// Ranks of one kind that are unlike in speed share a column by weight.
static void weighs_ranks_of_a_column(void **state)
{
    (void)state;
    pn_rank_info info[4];
    fill(info, 4, (double[]){30, 30, 10, 30});
    pn_choice choice = choose(
        &(pn_choice_request){USUAL, .settings.n = 8000, .settings.p = 2, .settings.q = 2}, info, 4);
    const pn_arrangement *a = &choice.arrangement; // rows of the grid: 0 1 / 2 3
    assert_true(a->weighted && a->columns == 2 && !a->column_major);
    assert_int_equal(a->virtual_rows, 4);
    assert_int_equal(a->table.hosted[0], 3);
    assert_int_equal(a->table.hosted[2], 1);
    assert_int_equal(a->table.hosted[1], 2);
    assert_float_equal(a->table.shares[0], 40e9, 1);
    assert_float_equal(a->table.shares[1], 60e9, 1);
    check_places(&choice);
    pn_choice_release(&choice);
}

// Design: speed share s, room for u of what it wants: eta.
static double eta_of(double s, double u)
{
    double m = u * s;
    return 1 / (u * u * u + 3 / (1 - s) * ((1 - u * u * u) / 3 - m * (1 - u * u) / 2));
}

static void memory_caps_as_the_formula_says(void **state)
{
    (void)state;
    pn_rank_info info[2];
    const pn_gidx n = 40000;
    fill(info, 2, (double[]){90, 10});
    info[0].panel_rate = 1e9 * (info[1].panel_rate = 0);
    pn_choice free_choice =
        choose(&(pn_choice_request){USUAL, .settings.n = n, .settings.nb = 64}, info, 2);
    int64_t wants = (int64_t)(0.9 * 8 * (double)n * (double)n);
    info[0].memory_bytes = (int64_t)(0.8 * (double)wants) + 60000000;
    info[0].memory_available = 32 * GIB;
    pn_choice choice =
        choose(&(pn_choice_request){USUAL, .settings.n = n, .settings.nb = 64}, info, 2);
    double eta = choice.rate / free_choice.rate;
    if (fabs(eta - eta_of(0.9, 0.8)) > 0.02) // panels are not in the formula
        fail_msg("%g, by the formula %g", eta, eta_of(0.9, 0.8));
    assert_float_equal(eta_of(0.9, 0.8), 0.665, 0.001);
    assert_float_equal(choice.capped_loss, 1 - eta, 0.05);
    pn_choice_kind parts[4];
    assert_int_equal(pn_choice_kinds(&choice, info, parts, 4), 2);
    assert_true(parts[0].full == 1 && parts[0].first_full == 0 && parts[1].full == 0);
    assert_float_equal(parts[0].share, 0.72, 0.005);
    pn_choice_release(&choice);
    pn_choice_release(&free_choice);
}

// Of 20,000 rows in steps of NB each process interchanges and solves NB x (its columns) / 2.
static void measured_interchanges_take_their_time(void **state)
{
    (void)state;
    pn_rank_info info[2];
    const double n = 20000, nb = 256, slow = 1e9, fast = 1e12;
    const pn_choice_request request = {USUAL, .settings.n = (pn_gidx)n, .settings.nb = (int)nb};
    double seconds[2];
    fill(info, 2, (double[]){50, 50});
    for (int i = 0; i < 2; i++) {
        info[0].rows_rate = info[1].rows_rate = i ? slow : fast;
        pn_choice choice = choose(&request, info, 2);
        seconds[i] = choice.seconds;
        pn_choice_release(&choice);
    }
    double expected = nb * n * n / 2 / 2 * (1 / slow - 1 / fast);
    assert_float_equal(seconds[1] - seconds[0], expected, 0.1 * expected);
}

// Where memory binds early, the N of the best rate and not the largest.
static void chooses_n_by_rate(void **state)
{
    (void)state;
    pn_rank_info info[2];
    fill(info, 2, (double[]){90, 10});
    info[0].memory_bytes = 2 * GIB;
    info[1].memory_bytes = 15 * GIB;
    pn_choice choice = choose(&(pn_choice_request){USUAL, .seconds = 1e5}, info, 2);
    assert_true(choice.settings.n < choice.largest_n / 2);
    assert_non_null(strstr(choice.lines[PN_CHOICE_N].reason, "best rate"));
    pn_choice larger = choose(&(pn_choice_request){USUAL, .settings.n = choice.settings.n * 3 / 2,
                                                   .settings.nb = choice.settings.nb},
                              info, 2),
              smaller = choose(&(pn_choice_request){USUAL, .settings.n = choice.settings.n * 2 / 3,
                                                    .settings.nb = choice.settings.nb},
                               info, 2);
    assert_true(larger.rate < choice.rate);
    assert_true(smaller.rate < choice.rate);
    pn_choice_release(&choice);
    pn_choice_release(&larger);
    pn_choice_release(&smaller);
}

static void leaves_out_what_costs_more_than_it_brings(void **state)
{
    (void)state;
    pn_rank_info info[3];
    fill(info, 3, (double[]){0.01, 50, 40});
    pn_choice choice = choose(&(pn_choice_request){USUAL, .settings.n = 4000}, info, 3);
    const pn_arrangement *a = &choice.arrangement;
    pn_choice_kind parts[4];
    assert_true(a->used == 2 && a->table.column[0] < 0 && a->columns == 2);
    assert_non_null(strstr(choice.lines[PN_CHOICE_SHARES].reason, "1 rank is left out"));
    assert_int_equal(pn_choice_kinds(&choice, info, parts, 4), 3);
    assert_true(parts[2].left_out == PN_LEFT_OUT_RATE && parts[2].columns == 0);
    assert_true(parts[0].left_out == PN_LEFT_OUT_NOT);
    check_places(&choice);
    pn_choice_release(&choice);
    fill(info, 2, (double[]){18, 53});
    choice = choose(&(pn_choice_request){USUAL, .settings.n = 4000}, info, 2);
    assert_int_equal(choice.arrangement.used, 2);
    pn_choice_release(&choice);
}

static void takes_given_shares_of_ranks(void **state)
{
    (void)state;
    pn_rank_info info[2];
    fill(info, 2, (double[]){50, 50});
    info[0].share = 1;
    info[1].share = 4;
    pn_choice choice = choose(
        &(pn_choice_request){USUAL, .settings.n = 4000, .settings.share_mode = PN_SHARE_MODE_RANKS},
        info, 2);
    const pn_arrangement *a = &choice.arrangement;
    assert_int_equal(a->table.column[1], 0);
    assert_float_equal(a->table.shares[0] / a->table.shares[1], 4, 1e-9);
    pn_choice_release(&choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_of_few_ranks_a_column),
        cmocka_unit_test(leaves_like_ranks_alone),
        cmocka_unit_test(arranges_any_mix),
        cmocka_unit_test(heights_follow_speed),
        cmocka_unit_test(weighs_ranks_of_a_column),
        cmocka_unit_test(memory_caps_as_the_formula_says),
        cmocka_unit_test(measured_interchanges_take_their_time),
        cmocka_unit_test(chooses_n_by_rate),
        cmocka_unit_test(leaves_out_what_costs_more_than_it_brings),
        cmocka_unit_test(takes_given_shares_of_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
