// SPDX-License-Identifier: BSD-3-Clause
// Format and NB are one choice in a matrix of FP32: products of 16 bits that pay from a certain
// depth on pull NB there, each rank takes what is faster for it at the NB that all take, and its
// share follows.
#include "request.h"
#include "run/benchmark.h"
#include "tune/choose.h"
#include "tune/product_rates.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { SIZES = 4, RANKS = 2 };

// Rates in GFLOP/s at NB = 128, 256, 512 and 1024.
static pn_rank_info rank_of(const double single[SIZES], const double half[SIZES], const char *kind)
{
    pn_rank_info info = {.cpu_set = 7,
                         .cores = 1,
                         .host_cores = 2,
                         .memory_available = (int64_t)64 << 30,
                         .product_count = SIZES,
                         .threads = 1};
    for (int i = 0; i < SIZES; i++)
        info.products[i] = (pn_product_rate){128 << i, 1e9 * single[i], 1e9 * half[i]};
    info.rate_nb = pn_product_best(&info);
    info.rate = pn_product_flops(&info, info.rate_nb);
    snprintf(info.host, sizeof info.host, "host");
    snprintf(info.kind, sizeof info.kind, "%s", kind);
    return info;
}

static const double flat[SIZES] = {180, 185, 188, 190}, none[SIZES] = {0};
// The measured shape: too slow with few columns, faster than `flat` with many.
static const double deep[SIZES] = {40, 76, 148, 700};

static pn_choice choose(pn_rank_info *info, int ranks, pn_gidx n, int nb)
{
    pn_choice choice;
    pn_choice_request request = {USUAL, .settings.n = n, .settings.nb = nb,
                                 .settings.element = PN_FLOAT32};
    if (pn_choose(&choice, &request, info, ranks) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return choice;
}

static void the_faster_format_of_a_depth_is_taken(void **unused)
{
    pn_rank_info info = rank_of(flat, deep, "a");
    (void)unused;
    assert_int_equal(pn_product_format(&info, 64), PN_FLOAT32);
    assert_int_equal(pn_product_format(&info, 512), PN_FLOAT32);
    assert_int_equal(pn_product_format(&info, 1024), PN_BFLOAT16);
    assert_int_equal(pn_product_best(&info), 1024);
    assert_true(fabs(pn_product_flops(&info, 2048) - 700e9) < 1);
    // Half way in NB an operation takes the mean of the times of a column.
    double middle = 768 / (0.5 * 512 / 148e9 + 0.5 * 1024 / 700e9);
    assert_true(fabs(pn_product_flops(&info, 768) - middle) < 1e-6 * middle);
    pn_product_scale(&info, 1024, 350e9);
    assert_true(fabs(pn_product_flops(&info, 1024) - 350e9) < 1);
    assert_true(fabs(pn_product_flops_single(&info, 128) - 90e9) < 1);
}

static void what_was_not_measured_is_fp32(void **unused)
{
    pn_rank_info nothing = {.product_count = 0}, info = rank_of(none, none, "a"),
                 single = rank_of(flat, none, "b");
    (void)unused;
    assert_true(pn_product_flops(&nothing, 256) == 0 && pn_product_best(&nothing) == 0);
    assert_int_equal(pn_product_format(&nothing, 256), PN_FLOAT32);
    assert_int_equal(pn_product_format(&info, 256), PN_FLOAT32);
    assert_int_equal(pn_product_format(&single, 256), PN_FLOAT32);
    assert_true(pn_product_flops(&single, 256) > 0);
}

// Noise must not tell like ranks apart.
static void nearly_equal_rates_are_fp32(void **unused)
{
    const double little[SIZES] = {181, 186, 189, 192};
    pn_rank_info info = rank_of(flat, little, "a");
    (void)unused;
    assert_int_equal(pn_product_format(&info, 1024), PN_FLOAT32);
}

static void blocks_are_wide_where_only_those_pay(void **unused)
{
    pn_rank_info fast = rank_of(flat, deep, "a"), plain = rank_of(flat, none, "b");
    (void)unused;
    pn_choice wide = choose(&fast, 1, 40000, 0), narrow = choose(&plain, 1, 40000, 0);
    assert_int_equal(wide.settings.nb, 1024);
    assert_true(narrow.settings.nb < 1024);
    assert_true(wide.seconds < narrow.seconds);
    assert_true(fabs(wide.ranks[0].rate - 700e9) < 1e6);
    pn_choice_release(&wide);
    pn_choice_release(&narrow);
}

// Of unlike ranks each has the share of its rate at the NB that all take.
static void shares_are_those_of_the_depth(void **unused)
{
    const int nb[] = {256, 1024};
    const double expected[] = {1, 700.0 / 190};
    (void)unused;
    for (int i = 0; i < 2; i++) {
        pn_rank_info info[RANKS] = {rank_of(flat, deep, "a"), rank_of(flat, none, "b")};
        pn_choice choice = choose(info, RANKS, 40000, nb[i]);
        assert_true(fabs(choice.ranks[0].rate / choice.ranks[1].rate - expected[i]) < 1e-9);
        const pn_arrangement_tables *table = &choice.arrangement.table;
        if (i == 1)
            assert_true(fabs(table->shares[table->column[0]] / table->shares[table->column[1]] -
                             expected[i]) < 1e-9);
        pn_choice_release(&choice);
    }
}

// 4 N^2 bytes, 5 % beside, and panels: two of FP32 and rounded, and as much of U at most. The
// choice reckons with no less than the benchmark takes, and wastes little.
static void a_matrix_takes_four_bytes_an_entry(void **unused)
{
    (void)unused;
    for (pn_gidx n = 4000; n <= 32000; n *= 2)
        for (int nb = 128; nb <= 1024; nb *= 2)
            for (int p = 1; p <= 2; p++) {
                pn_layout *layout = NULL;
                pn_place place;
                pn_layout_request request = {.n = n, .nb = nb, .columns = 1, .virtual_rows = p};
                assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
                assert_int_equal(pn_place_create(&place, layout, 0), PN_OK);
                pn_benchmark benchmark = {.layout = layout, .settings = PN_SETTINGS_USUAL};
                benchmark.settings.element = PN_FLOAT32;
                pn_piece piece = {.rows = place.rows,
                                  .columns = place.columns,
                                  .element = PN_FLOAT32,
                                  .exchanged = p > 1};
                double exact = (double)pn_benchmark_bytes(&benchmark, &place);
                double reckoned = (double)pn_piece_bytes(n, nb, &piece);
                double rows = (double)place.rows, size = (double)n;
                double panels = 6.0 * nb * (2 * rows + (p > 1 ? 3 : 1) * size);
                pn_place_release(&place);
                pn_layout_destroy(layout);
                assert_true(exact <= 1.05 * 4 * rows * size + 1.05 * panels + 32e6);
                assert_true(reckoned >= exact);
                assert_true(reckoned <= 1.05 * exact + 16e6);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_faster_format_of_a_depth_is_taken),
        cmocka_unit_test(what_was_not_measured_is_fp32),
        cmocka_unit_test(nearly_equal_rates_are_fp32),
        cmocka_unit_test(blocks_are_wide_where_only_those_pay),
        cmocka_unit_test(shares_are_those_of_the_depth),
        cmocka_unit_test(a_matrix_takes_four_bytes_an_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
