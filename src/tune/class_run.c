// SPDX-License-Identifier: BSD-3-Clause
// From classes to process columns, their shares and caps, a layout and the model.
#include "tune/class_run.h"

#include "base/assertion.h"
#include "base/flops.h"
#include "grid/virtual_rows.h"
#include "model/price.h"
#include "tune/block_sizes.h"
#include "tune/choose_cost.h"
#include "tune/choose_model.h"
#include "tune/heights.h"

#include <math.h>

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

// FLOP/s by which a process gets its share: where it was measured, at this block size.
static double share_rate(const pn_rank_class *of, int nb)
{
    const double large = 1e6;
    return of->is_measured
               ? 2 * large * large * nb / pn_price_multiply(&of->cost.process, large, large, nb)
               : of->rate;
}

static void fill_columns(const pn_class_run *run, const pn_class_forecast *forecast,
                         pn_arrangement *a)
{
    const pn_settings *settings = &run->settings;
    bool by_rate = settings->share_mode == PN_SHARE_MODE_AUTO;
    a->height = forecast->p;
    for (int i = 0; i < run->classes; i++) {
        int height = forecast->heights[i];
        double share = by_rate ? height * share_rate(&run->of[i], forecast->nb) : 1;
        for (int last = a->columns + forecast->columns[i]; a->columns < last; a->columns++) {
            a->table.class_of[a->columns] = i;
            a->table.heights[a->columns] = height;
            a->table.shares[a->columns] =
                settings->share_count > 0 ? settings->shares[a->columns] : share;
            a->table.caps[a->columns] = -1;
        }
    }
    a->column_major = true;
}

// A block column at x of the width is updated by all before it, on the rows that are left then:
// x - x^2 / 2 of its third part of the whole.
static void add_shares(pn_class_forecast *forecast, const pn_arrangement *a,
                       const pn_layout *layout)
{
    double blocks = (double)layout->column_blocks, all = 0, shares = 0;
    for (pn_gidx b = 0; b < layout->column_blocks; b++) {
        double x = ((double)b + 0.5) / blocks, work = x - x * x / 2;
        int class = a->table.class_of[layout->owner[b]];
        forecast->shares[class] += 1 / blocks;
        forecast->work[class] += work;
        all += work;
    }
    for (int i = 0; i < PN_CLASSES_MOST; i++) {
        forecast->work[i] /= all;
        shares += forecast->shares[i];
    }
    pn_assert(fabs(shares - 1) < 1e-6, "the shares of the classes add up to the matrix");
}

// The model on the columns that are arranged.
static pn_status price_columns(const pn_choosing *choosing, pn_class_forecast *forecast)
{
    pn_layout *layout = NULL;
    pn_forecast whole;
    pn_status status;
    if (pn_choosing_has_caps(choosing))
        pn_choosing_set_caps(choosing, forecast->n, forecast->nb); // the layout says if it is full
    PN_TRY(pn_choosing_layout(choosing, forecast->n, forecast->nb, &layout));
    add_shares(forecast, &choosing->choice->arrangement, layout);
    PN_TRY(pn_choosing_model(choosing, layout, &whole, forecast->of));
    forecast->seconds = whole.seconds;
    forecast->back = whole.back;
    forecast->rate = pn_linpack_flops(forecast->n) / whole.seconds;
fail:
    pn_layout_destroy(layout);
    return status;
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
    pn_choice_request request = {.settings = *settings};
    pn_choice choice = {.rank_count = 0};
    pn_choosing choosing = {
        .request = &request, .classes = run, .choice = &choice, .steps = run->steps};
    pn_arrangement *a = &choice.arrangement;
    pn_status status;
    pn_assert(settings->n > 0 && run->classes > 0 && run->classes <= PN_CLASSES_MOST,
              "there is a matrix, and someone to solve it");
    *forecast = (pn_class_forecast){.n = settings->n, .nb = nb};
    choose_grid(run, forecast);
    if (settings->share_count > 0 && settings->share_count != forecast->q)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, and there are %d process columns; one entry a "
                       "column is allowed",
                       settings->share_count, forecast->q);
    PN_TRY(pn_arrangement_create(a, 0, forecast->q));
    fill_columns(run, forecast, a);
    PN_TRY(pn_virtual_rows_choose(&a->virtual_rows, a->columns, a->table.heights, NULL));
    PN_TRY(price_columns(&choosing, forecast));
fail:
    pn_arrangement_release(a);
    return status;
}
