// SPDX-License-Identifier: BSD-3-Clause
// What operations cost: products at block sizes of their own and between them, and the wait of a
// team for the last of its slabs, against a team that takes them one by one.
#include "model/price.h"

#include "config/machine.h"
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "model/cost_fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const double shapes[][2] = {{6144, 4608}, {3072, 768}, {768, 4608}, {768, 768}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

// Seconds of a product: large ones gain by wider blocks, and small ones lose.
static double took(double m, double n, double nb)
{
    double wide = nb / 256;
    return m * n * nb * (1.4e-11 - 1e-12 * wide) + 1e-9 * wide * m * nb + 4e-10 * wide * n * nb +
           1e-4 * wide;
}

// As panache probe writes it; `count` of the shapes at each block size.
static pn_machine *probed(int count)
{
    char text[4096];
    size_t used = (size_t)snprintf(
        text, sizeof text,
        "machine: Test\npartitions:\n  - name: p\n    nodes: 1\n    ranks: 1\n    memory: 16GB\n"
        "    rate: 150GF\n    measured:\n"
        "    - {operation: copy, threads: 2, m: 1536, n: 3072, bandwidth: 20GB/s}\n");
    for (int nb = 128; nb <= 512; nb *= 2) {
        for (int i = 0; i < count; i++) {
            double m = shapes[i][0], n = shapes[i][1];
            used += (size_t)snprintf(
                text + used, sizeof text - used,
                "    - {operation: multiply, threads: 2, m: %g, n: %g, nb: %d, rate: %.6gGF}\n", m,
                n, nb, 2e-9 * m * n * nb / took(m, n, nb));
        }
        used += (size_t)snprintf(
            text + used, sizeof text - used,
            "    - {operation: strip, threads: 1, m: 3072, n: %d, nb: %d, rate: 40GF}\n"
            "    - {operation: solve, threads: 2, m: %d, n: 3072, nb: %d, rate: 30GF}\n"
            "    - {operation: panel, threads: 1, m: 3072, n: %d, nb: %d, rate: 20GF}\n"
            "    - {operation: panel, threads: 2, m: 3072, n: %d, nb: %d, rate: 30GF}\n",
            nb, nb, nb, nb, nb, nb, nb, nb);
    }
    pn_machine *machine = NULL;
    if (pn_machine_read_text(&machine, "test", text) != PN_OK)
        fail_msg("%s", pn_fail_message());
    return machine;
}

static pn_process_cost fitted(int count)
{
    pn_machine *machine = probed(count);
    pn_class_cost cost;
    assert_true(pn_process_cost_fit(&cost, &machine->partitions[0], &(pn_link){0, 0}));
    pn_machine_destroy(machine);
    return cost.process;
}

static double error_at(const pn_process_cost *process, double m, double n, double nb)
{
    return fabs(pn_price_multiply(process, m, n, nb) / took(m, n, nb) - 1);
}

static void each_block_size_has_its_own_constants(void **state)
{
    (void)state;
    pn_process_cost process = fitted(SHAPES);
    assert_int_equal(process.product_count, 3);
    for (int nb = 128; nb <= 512; nb *= 2)
        for (int i = 0; i < SHAPES; i++)
            assert_true(error_at(&process, shapes[i][0], shapes[i][1], nb) < 1e-3);
    assert_true(error_at(&process, 16000, 16000, 512) < 5e-3);
}

static void too_few_shapes_are_taken_together(void **state)
{
    (void)state;
    pn_process_cost process = fitted(SHAPES - 1);
    assert_int_equal(process.product_count, 0);
    for (int i = 0; i < SHAPES - 1; i++)
        assert_true(error_at(&process, shapes[i][0], shapes[i][1], 256) < 0.05);
}

static void other_block_sizes_lie_between(void **state)
{
    (void)state;
    pn_process_cost process = {
        .product_count = 2,
        .products = {{.nb = 100, .multiply = {1e-9}}, {.nb = 200, .multiply = {3e-9}}}};
    static const double cases[][2] = {{50, 1e-9},  {100, 1e-9}, {125, 1.5e-9},
                                      {150, 2e-9}, {200, 3e-9}, {400, 3e-9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(fabs(pn_price_multiply(&process, 10, 10, cases[i][0]) -
                         100 * cases[i][0] * cases[i][1]) < 1e-15);
}

// By how many rows of one thread the last one is later than the mean, if one is late by `late`.
static double later_rows(double rows, int threads, double late)
{
    double *free_at = calloc((size_t)threads, sizeof *free_at), left = rows, last = 0;
    assert_non_null(free_at);
    free_at[0] = late;
    while (left > 0) {
        int next = 0;
        for (int i = 1; i < threads; i++)
            next = free_at[i] < free_at[next] ? i : next;
        double slab =
            (double)pn_rules_slab(&pn_rules_usual.slabs, (pn_lidx)left, (pn_lidx)rows, threads);
        left -= slab;
        free_at[next] += slab;
    }
    for (int i = 0; i < threads; i++)
        last = fmax(last, free_at[i]);
    free(free_at);
    return last - (rows + late) / threads;
}

static double price_of_multiply(int threads, pn_gidx n, int nb, int columns)
{
    pn_layout_request request = {.n = n, .nb = nb, .columns = columns, .virtual_rows = 1};
    pn_layout *layout = NULL;
    assert_int_equal(pn_layout_create(&layout, &request), PN_OK);
    pn_class_cost cost = {.process = {.multiply = {1e-11}, .threads = threads}};
    cost.process.panels[0][0] = cost.process.panels[1][0] = 2e-11;
    int class_of[2] = {0, 0};
    pn_model model = {.layout = layout,
                      .settings = {.look_ahead = 1, .split = 0.5, .buffers = 3},
                      .classes = {.count = 1, .cost = &cost, .of_column = class_of}};
    pn_plan plan = {.layout = layout, .settings = {.look_ahead = 1, .split = 0.5}};
    pn_price_cache cache;
    const pn_price_list *list;
    double seconds = 0;
    assert_int_equal(pn_price_open(&cache, &model), PN_OK);
    pn_gidx left = layout->owned[0] - 1;
    assert_int_equal(pn_price_step(&cache, &plan, 0, 0, left, &list), PN_OK);
    for (int i = 0; i < list->count; i++)
        if (list->price[i].kind == PN_OP_MULTIPLY_START)
            seconds += list->price[i].seconds;
    pn_price_close(&cache);
    pn_layout_destroy(layout);
    return seconds;
}

static void a_team_waits_for_its_last_slab(void **state)
{
    (void)state;
    enum { N = 12128, NB = 128, TRIES = 200 };
    double rows = N - NB, columns = rows - NB + 1; // the right-hand side
    double alone = price_of_multiply(1, N, NB, 1), row = alone / rows;
    assert_true(fabs(alone / (1e-11 * rows * columns * NB) - 1) < 1e-9);
    for (int threads = 2; threads <= 32; threads *= 2) {
        double simulated = 0;
        for (int i = 0; i < TRIES; i++)
            simulated +=
                later_rows(rows + 8 * (i % 50), threads, rows / threads * (0.1 + 0.8 * i / TRIES)) /
                TRIES;
        // `row` is what a row takes the whole team, a thread as many times as it has threads.
        double priced = (price_of_multiply(threads, N, NB, 1) - alone) / (row * threads);
        assert_true(priced > 0.6 * simulated && priced < 1.6 * simulated);
    }
}

static void who_has_no_panel_begins_with_the_others(void **state)
{
    (void)state;
    double alone = price_of_multiply(1, 4096, 128, 2);
    assert_true(fabs(price_of_multiply(4, 4096, 128, 2) / alone - 1) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_block_size_has_its_own_constants),
        cmocka_unit_test(too_few_shapes_are_taken_together),
        cmocka_unit_test(other_block_sizes_lie_between),
        cmocka_unit_test(a_team_waits_for_its_last_slab),
        cmocka_unit_test(who_has_no_panel_begins_with_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
