// SPDX-License-Identifier: BSD-3-Clause
// Format and NB are one choice in a matrix of FP32: products of 16 bits that pay from a certain
// depth on pull NB there, each rank takes what is faster for it at the NB that all take, and its
// share follows.
#include "request.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_faster_format_of_a_depth_is_taken),
        cmocka_unit_test(what_was_not_measured_is_fp32),
        cmocka_unit_test(nearly_equal_rates_are_fp32),
        cmocka_unit_test(blocks_are_wide_where_only_those_pay),
        cmocka_unit_test(shares_are_those_of_the_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
