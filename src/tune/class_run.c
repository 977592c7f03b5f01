// SPDX-License-Identifier: BSD-3-Clause
// From classes to process columns, their shares and caps, a layout and the model.
#include "tune/class_run.h"

#include "base/assertion.h"
#include "base/flops.h"
#include "grid/virtual_rows.h"
#include "model/price.h"
#include "tune/block_sizes.h"
#include "tune/heights.h"
#include "tune/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct columns { // of the run, [forecast->q] each
    int *class_of, *heights;
    double *shares;
    pn_gidx *caps;
} columns;

static void choose_grid(const pn_class_run *run, pn_class_forecast *forecast)
{
    const pn_settings *settings = &run->settings;
    bool is_given = run->classes == 1 && settings->p > 0;
    for (int i = 0; i < run->classes; i++) {
        double ranks = run->of[i].ranks;
        int height = is_given            ? settings->p
                     : run->height.p > 0 ? pn_height_beside(ranks, &run->height)
                                         : pn_height_alone(ranks);
        forecast->heights[i] = height;
        forecast->columns[i] =
            is_given && settings->q ? settings->q : (int)fmax(1, floor(ranks / height));
        forecast->q += forecast->columns[i];
        forecast->p = (int)pn_max(forecast->p, height);
    }
}

// Block columns that a process can hold; -1: any number.
static pn_gidx cap_of(const pn_rank_class *of, const pn_class_forecast *forecast, int height)
{
    pn_gidx row_blocks = pn_ceil_div(pn_ceil_div(forecast->n, forecast->nb), height);
    if (of->memory <= 0)
        return -1;
    if (!of->is_measured) // panels and rows under way are in what nobody counts on
        return (pn_gidx)(of->memory / ((double)pn_element_bytes(PN_FLOAT64) * forecast->nb *
                                       (double)forecast->nb * (double)row_blocks));
    pn_piece piece = {.rows = pn_min(forecast->n, row_blocks * forecast->nb),
                      .exchanged = height > 1};
    return pn_max(0, pn_piece_room(forecast->n, forecast->nb, &piece, of->memory));
}

// FLOP/s by which a process gets its share: where it was measured, at this block size.
static double share_rate(const pn_rank_class *of, int nb)
{
    const double large = 1e6;
    return of->is_measured
               ? 2 * large * large * nb / pn_price_multiply(&of->cost.process, large, large, nb)
               : of->rate;
}

static void fill_columns(const pn_class_run *run, const pn_class_forecast *forecast,
                         const columns *to)
{
    const pn_settings *settings = &run->settings;
    bool by_rate = settings->share_mode == PN_SHARE_MODE_AUTO;
    for (int i = 0, j = 0; i < run->classes; i++) {
        int height = forecast->heights[i];
        double share = by_rate ? height * share_rate(&run->of[i], forecast->nb) : 1;
        pn_gidx cap = by_rate ? cap_of(&run->of[i], forecast, height) : -1;
        for (int last = j + forecast->columns[i]; j < last; j++) {
            to->class_of[j] = i;
            to->heights[j] = height;
            to->shares[j] = settings->share_count > 0 ? settings->shares[j] : share;
            to->caps[j] = cap;
        }
    }
}

static pn_status create_columns(columns *to, int count)
{
    size_t room = (size_t)count;
    to->class_of = calloc(room, sizeof *to->class_of);
    to->heights = calloc(room, sizeof *to->heights);
    to->shares = calloc(room, sizeof *to->shares);
    to->caps = calloc(room, sizeof *to->caps);
    return to->class_of && to->heights && to->shares && to->caps
               ? PN_OK
               : pn_fail_memory("for %d process columns", count);
}

static void release_columns(columns *to)
{
    free(to->class_of);
    free(to->heights);
    free(to->shares);
    free(to->caps);
}

// A block column at x of the width is updated by all before it, on the rows that are left then:
// x - x^2 / 2 of its third part of the whole.
static void add_shares(pn_class_forecast *forecast, const columns *from, const pn_layout *layout)
{
    double blocks = (double)layout->column_blocks, all = 0;
    for (pn_gidx b = 0; b < layout->column_blocks; b++) {
        double x = ((double)b + 0.5) / blocks, work = x - x * x / 2;
        int class = from->class_of[layout->owner[b]];
        forecast->shares[class] += 1 / blocks;
        forecast->work[class] += work;
        all += work;
    }
    for (int i = 0; i < PN_CLASSES_MOST; i++)
        forecast->work[i] /= all;
}

static pn_status run_model(const pn_class_run *run, pn_class_forecast *forecast,
                           const columns *from, const pn_layout *layout)
{
    pn_class_cost cost[PN_CLASSES_MOST];
    pn_forecast whole;
    for (int i = 0; i < run->classes; i++)
        cost[i] = run->of[i].cost;
    pn_model model = {
        .layout = layout,
        .settings = run->settings,
        .classes = {run->classes, cost, from->class_of, run->between},
        .steps = run->steps,
    };
    add_shares(forecast, from, layout);
    pn_status status = pn_model_run(&model, &whole, forecast->of);
    if (status != PN_OK)
        return status;
    double shares = 0;
    for (int i = 0; i < run->classes; i++)
        shares += forecast->shares[i];
    pn_assert(fabs(shares - 1) < 1e-6, "the shares of the classes add up to the matrix");
    forecast->seconds = whole.seconds;
    forecast->back = whole.back;
    forecast->rate = pn_linpack_flops(forecast->n) / whole.seconds;
    return PN_OK;
}

static double slowest_of(const pn_class_run *run)
{
    double slowest = INFINITY;
    for (int i = 0; i < run->classes; i++)
        slowest = fmin(slowest, run->of[i].rate);
    return slowest;
}

pn_status pn_class_run_price(const pn_class_run *run, pn_class_forecast *forecast)
{
    const pn_settings *settings = &run->settings;
    int nb = settings->nb ? settings->nb : pn_block_size_usual(slowest_of(run));
    pn_status status;
    columns all = {0};
    pn_layout *layout = NULL;
    pn_assert(settings->n > 0 && run->classes > 0 && run->classes <= PN_CLASSES_MOST,
              "there is a matrix, and someone to solve it");
    *forecast = (pn_class_forecast){.n = settings->n, .nb = nb};
    choose_grid(run, forecast);
    if (settings->share_count > 0 && settings->share_count != forecast->q)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, and there are %d process columns; one entry a "
                       "column is allowed",
                       settings->share_count, forecast->q);
    PN_TRY(create_columns(&all, forecast->q));
    fill_columns(run, forecast, &all);
    int virtual_rows = forecast->p;
    PN_TRY(pn_virtual_rows_choose(&virtual_rows, forecast->q, all.heights, NULL));
    pn_layout_request request = {.n = settings->n,
                                 .nb = nb,
                                 .columns = forecast->q,
                                 .heights = all.heights,
                                 .virtual_rows = virtual_rows,
                                 .shares = all.shares,
                                 .caps = all.caps,
                                 .column_major_ranks = true};
    PN_TRY(pn_layout_create(&layout, &request));
    PN_TRY(run_model(run, forecast, &all, layout));
fail:
    pn_layout_destroy(layout);
    release_columns(&all);
    return status;
}
