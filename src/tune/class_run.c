// SPDX-License-Identifier: BSD-3-Clause
// From classes to process columns, their shares and caps, a layout and the model.
#include "tune/class_run.h"

#include "base/assertion.h"
#include "base/flops.h"
#include "tune/block_sizes.h"
#include "tune/choose_cost.h"
#include "tune/choose_grid.h"
#include "tune/choose_model.h"
#include "tune/choose_search.h"

#include <math.h>

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

// To be closed also after a failure. nb: of the run, or usual for its classes.
static pn_status open_choice(class_choice *c, const pn_class_run *run)
{
    int nb = run->settings.nb ? run->settings.nb : pn_block_size_usual(slowest_of(run));
    *c = (class_choice){.request.settings = run->settings, .choice.settings = run->settings};
    c->choice.settings.nb = nb;
    c->choosing = (pn_choosing){.request = &c->request,
                                .classes = run,
                                .choice = &c->choice,
                                .steps = run->steps,
                                .height = run->height,
                                .nb = nb};
    return pn_choosing_arrange(&c->choosing);
}

static void close_choice(class_choice *c)
{
    pn_arrangement_release(&c->choice.arrangement);
}

static pn_class_forecast forecast_of(const pn_choice *choice)
{
    const pn_arrangement *a = &choice->arrangement;
    pn_class_forecast forecast = {
        .n = choice->settings.n, .nb = choice->settings.nb, .p = a->height, .q = a->columns};
    for (int column = 0; column < a->columns; column++) {
        int class = a->table.class_of[column];
        forecast.heights[class] = a->table.heights[column];
        forecast.columns[class]++;
    }
    return forecast;
}

pn_status pn_class_run_price(const pn_class_run *run, pn_class_forecast *forecast)
{
    class_choice c;
    pn_assert(run->settings.n > 0, "there is a matrix");
    pn_status status = open_choice(&c, run);
    if (status == PN_OK) {
        *forecast = forecast_of(&c.choice);
        status = price_columns(&c.choosing, forecast);
    }
    close_choice(&c);
    return status;
}

pn_status pn_class_run_largest(const pn_class_run *run, pn_gidx *n)
{
    class_choice c;
    pn_status status = open_choice(&c, run);
    if (status == PN_OK)
        *n = pn_choosing_largest(&c.choosing, c.choosing.nb);
    close_choice(&c);
    return status;
}

pn_status pn_class_run_search(pn_class_run *run, pn_gidx n, const pn_tune_space *space)
{
    class_choice c;
    pn_tuned best;
    int found = 0;
    pn_status status = open_choice(&c, run);
    c.request.settings.n = n;
    if (status == PN_OK)
        status = pn_choosing_search(&c.choosing, *space, &best, 1, &found);
    if (status == PN_OK && found > 0) {
        run->settings.nb = best.nb;
        run->settings.n = best.n;
        run->height = best.height;
    }
    close_choice(&c);
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
    pn_status status = open_choice(&c, run);
    if (status == PN_OK) {
        pn_order_range within = *range;
        double held = (double)pn_max(1, pn_choosing_largest(&c.choosing, c.choosing.nb));
        within.least = fmin(range->least, held);
        within.most = fmin(range->most, held);
        run->settings.n = pn_choosing_best_order(&c.choosing, c.choosing.nb, &within);
        if (run->settings.n == 0) {
            pn_class_run last = *run;
            pn_class_forecast forecast;
            last.settings.n = (pn_gidx)within.least;
            status = pn_class_run_price(&last, &forecast);
        }
    }
    close_choice(&c);
    return status;
}
