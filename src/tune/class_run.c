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

// A run of classes as a choice, its process columns arranged.
typedef struct class_choice {
    pn_choice_request request;
    pn_choice choice;
    pn_choosing choosing;
} class_choice;

static pn_status arrange(class_choice *c, const pn_class_run *run, pn_class_forecast *forecast)
{
    const pn_settings *settings = &run->settings;
    pn_arrangement *a = &c->choice.arrangement;
    pn_status status;
    *c = (class_choice){.request.settings = *settings};
    c->choosing = (pn_choosing){
        .request = &c->request, .classes = run, .choice = &c->choice, .steps = run->steps};
    pn_assert(run->classes > 0 && run->classes <= PN_CLASSES_MOST, "there is someone to run it");
    *forecast = (pn_class_forecast){
        .n = settings->n, .nb = settings->nb ? settings->nb : pn_block_size_usual(slowest_of(run))};
    choose_grid(run, forecast);
    if (settings->share_count > 0 && settings->share_count != forecast->q)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, and there are %d process columns; one entry a "
                       "column is allowed",
                       settings->share_count, forecast->q);
    PN_TRY(pn_arrangement_create(a, 0, forecast->q));
    fill_columns(run, forecast, a);
    PN_TRY(pn_virtual_rows_choose(&a->virtual_rows, a->columns, a->table.heights, NULL));
fail:
    return status;
}

pn_status pn_class_run_price(const pn_class_run *run, pn_class_forecast *forecast)
{
    class_choice c;
    pn_assert(run->settings.n > 0, "there is a matrix");
    pn_status status = arrange(&c, run, forecast);
    if (status == PN_OK)
        status = price_columns(&c.choosing, forecast);
    pn_arrangement_release(&c.choice.arrangement);
    return status;
}

pn_status pn_class_run_largest(const pn_class_run *run, pn_gidx *n)
{
    class_choice c;
    pn_class_forecast forecast;
    pn_status status = arrange(&c, run, &forecast);
    if (status == PN_OK)
        *n = pn_choosing_largest(&c.choosing, forecast.nb);
    pn_arrangement_release(&c.choice.arrangement);
    return status;
}

pn_orders pn_class_run_orders(const pn_class_run *run)
{
    pn_choice_request request = {.settings = run->settings};
    return pn_choosing_orders(&(pn_choosing){.request = &request, .classes = run});
}

pn_status pn_class_run_best_order(pn_class_run *run, const pn_order_range *range)
{
    class_choice c;
    pn_class_forecast forecast;
    pn_status status = arrange(&c, run, &forecast);
    if (status == PN_OK) {
        pn_order_range within = *range;
        double held = (double)pn_max(1, pn_choosing_largest(&c.choosing, forecast.nb));
        within.least = fmin(range->least, held);
        within.most = fmin(range->most, held);
        run->settings.n = pn_choosing_best_order(&c.choosing, forecast.nb, &within);
        if (run->settings.n == 0) {
            pn_class_run last = *run;
            last.settings.n = (pn_gidx)within.least;
            status = pn_class_run_price(&last, &forecast);
        }
    }
    pn_arrangement_release(&c.choice.arrangement);
    return status;
}
