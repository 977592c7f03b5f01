// SPDX-License-Identifier: BSD-3-Clause
// What is open in a run of classes. Without a search: height and block size together on few
// candidates, N between filling the first class and filling all, the block size once more. With
// one: every block size with every height on some of the steps, the best few also with equal shares
// and without look-ahead, and these again on all steps with the N that suits each.
#include "base/element.h"
#include "tune/block_sizes.h"
#include "tune/class_run.h"
#include "tune/heights.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { STEPS = 300, SEARCH_STEPS = 150, HEIGHTS_MOST = 48, ORDERS = 7, BEST = 5 };
_Static_assert((int)PN_CLASSES_MOST <= (int)PN_TUNED_CLASSES, "a candidate tells all classes");

// Of the memory, beside panels and whole blocks: at most, what is tried, and with equal shares.
static const double most_fill = 0.97, tried_fill = 0.985, equal_fill = 0.955;

static void set_time(pn_tuned *tuned, const pn_class_forecast *forecast)
{
    double *time = tuned->time;
    memset(time, 0, sizeof tuned->time);
    for (int i = 0; i < tuned->classes; i++) {
        const pn_class_time *of = &forecast->of[i];
        double weight = (double)forecast->columns[i] / forecast->q / forecast->seconds;
        time[PN_TUNED_MULTIPLY] += weight * of->multiply;
        time[PN_TUNED_PANEL] += weight * of->panel;
        time[PN_TUNED_ROWS] += weight * of->rows;
        time[PN_TUNED_WAIT] += weight * of->wait;
    }
}

static void take(pn_tuned *tuned, const pn_class_forecast *forecast, int classes)
{
    tuned->n = forecast->n;
    tuned->nb = forecast->nb;
    tuned->p = forecast->p;
    tuned->q = forecast->q;
    tuned->rate = forecast->rate;
    tuned->seconds = forecast->seconds;
    tuned->classes = classes;
    for (int i = 0; i < classes; i++)
        tuned->of[i] = (pn_tuned_class){.height = forecast->heights[i],
                                        .columns = forecast->columns[i],
                                        .share = forecast->shares[i]};
    set_time(tuned, forecast);
}

static pn_class_run run_of(const pn_class_run *asked, const pn_tuned *tuned)
{
    pn_class_run run = *asked;
    run.settings.nb = tuned->nb;
    run.settings.look_ahead = tuned->look_ahead;
    if (tuned->equal)
        run.settings.share_mode = PN_SHARE_MODE_EQUAL;
    if (run.classes > 1)
        run.height = tuned->height;
    else
        run.settings.p = tuned->height.p;
    return run;
}

// Equal shares know no full process: where there is one, a smaller matrix is priced in place.
static pn_status make_room(pn_class_run *run, bool has_n, pn_class_forecast *forecast)
{
    pn_gidx most = 0;
    pn_status status = pn_class_run_largest(run, &most);
    most = (pn_gidx)(equal_fill * (double)most);
    if (status != PN_OK || forecast->n <= most)
        return status;
    if (has_n)
        return pn_fail(PN_ERROR_USAGE, "N = %lld does not fit with equal shares; %lld is the most.",
                       (long long)forecast->n, (long long)most);
    run->settings.n = pn_max(1, most);
    return pn_class_run_price(run, forecast);
}

typedef struct pricing {
    const pn_class_run *run; // what is asked for and set so far
    pn_gidx n;               // asked for; 0: open
    int tried;
} pricing;

// The largest N that fits in place of one that does not.
static pn_status fit(pn_class_run *run)
{
    pn_gidx most = 0;
    pn_status status = run->settings.n > 0 ? pn_class_run_largest(run, &most) : PN_OK;
    if (status == PN_OK && most > 0)
        run->settings.n = pn_min(run->settings.n, most);
    return status;
}

// What does not fit is no failure here: it is only not taken.
static pn_status price(void *context, pn_tuned *tuned)
{
    pricing *with = context;
    pn_class_forecast forecast;
    pn_class_run run = run_of(with->run, tuned);
    pn_status status;
    with->tried++;
    tuned->rate = 0;
    if (with->n == 0 && !tuned->equal)
        PN_TRY(fit(&run));
    PN_TRY(pn_class_run_complete(&run));
    PN_TRY(pn_class_run_price(&run, &forecast));
    if (tuned->equal)
        PN_TRY(make_room(&run, with->n > 0, &forecast));
    take(tuned, &forecast, run.classes);
fail:
    return status == PN_ERROR_USAGE ? PN_OK : status;
}

// The best of some block sizes and heights, with the N set so far.
static pn_status take_best(pn_class_run *run, pn_gidx n, int uses, const pn_tuned_height *heights,
                           int count)
{
    int sizes[PN_BLOCK_SIZES] = {run->settings.nb};
    pn_tune_space space = {.nb = sizes,
                           .nbs = run->settings.nb ? 1 : pn_block_sizes(uses, sizes),
                           .heights = heights,
                           .height_count = count};
    return pn_class_run_search(run, n, &space);
}

// Height and block size of several classes.
static pn_status complete_shape(pn_class_run *run)
{
    const pn_height_bands bands = PN_HEIGHT_BANDS_FEW;
    pn_tuned_height heights[HEIGHTS_MOST];
    pn_class_run guess = *run;
    int count = pn_heights_of_classes(run->of, run->classes, &bands, heights, HEIGHTS_MOST);
    pn_orders orders = pn_class_run_orders(run);
    if (run->settings.n == 0) // near the best: beyond `balanced` caps hide what a shape is worth
        guess.settings.n = (pn_gidx)fmin(0.9 * orders.largest, tried_fill * orders.balanced);
    pn_status status = take_best(&guess, run->settings.n, PN_BLOCKS_WITH_HEIGHTS, heights, count);
    run->settings.nb = guess.settings.nb;
    run->height = guess.height;
    return status;
}

// Between filling the first class and filling all, the model chooses.
static pn_status complete_n(pn_class_run *run)
{
    pn_orders orders = pn_class_run_orders(run);
    bool is_even = orders.largest < 1.05 * orders.balanced;
    pn_order_range range = {.least = tried_fill * orders.balanced,
                            .most = tried_fill * most_fill * orders.largest,
                            .samples = is_even ? 1 : ORDERS,
                            .step = 1,
                            .enough = 1};
    assert(orders.largest > 0 && isfinite(orders.largest)); // no class is made without its memory
    return pn_class_run_best_order(run, &range);
}

pn_status pn_class_run_complete(pn_class_run *run)
{
    int steps = run->steps, nb = run->settings.nb;
    pn_gidx n = run->settings.n;
    bool is_several = run->classes > 1;
    pn_status status = PN_OK;
    if (run->settings.n > 0 && nb > 0 && (!is_several || run->height.p > 0))
        return PN_OK;
    run->steps = STEPS;
    if (is_several && run->height.p == 0)
        PN_TRY(complete_shape(run));
    if (run->settings.n == 0)
        PN_TRY(complete_n(run));
    if (is_several && nb == 0) {
        run->settings.nb = 0;
        pn_tuned_height height = run->height;
        PN_TRY(take_best(run, n, PN_BLOCKS_UNSEARCHED, &height, 1));
    }
fail:
    run->steps = steps;
    return status;
}

// What is taken without a search is a candidate like the others.
static void insert_usual(pn_tuning *tuning)
{
    int same = 0;
    while (same < tuning->count && !pn_tuned_is_same(&tuning->best[same], &tuning->usual))
        same++;
    if (same < tuning->count) { // of two orders of the matrix the better one stays
        if (tuning->best[same].rate >= tuning->usual.rate)
            return;
        tuning->count--;
        memmove(&tuning->best[same], &tuning->best[same + 1],
                (size_t)(tuning->count - same) * sizeof *tuning->best);
    }
    pn_tuned_insert(tuning->best, BEST, &tuning->count, &tuning->usual);
}

// Adds what a choice is worth that none of the best makes.
static pn_status add_other(pn_tuning *tuning, pricing *with, const pn_tuned *choice)
{
    pn_tuned other = *choice;
    for (int i = 0; i < tuning->count; i++)
        if (tuning->best[i].equal >= other.equal && tuning->best[i].look_ahead <= other.look_ahead)
            return PN_OK;
    pn_status status = price(with, &other);
    if (status == PN_OK && other.rate > 0)
        pn_tuned_insert(tuning->best, PN_TUNED_MOST, &tuning->count, &other);
    return status;
}

// The best few once more, by all steps and with the N that suits each.
static pn_status settle(pn_tuning *tuning, pricing *with)
{
    pn_tuned found[BEST];
    int count = tuning->count;
    pn_status status = PN_OK;
    memcpy(found, tuning->best, (size_t)count * sizeof *found);
    tuning->count = 0;
    for (int i = 0; i < count; i++) {
        PN_TRY(price(with, &found[i]));
        if (found[i].rate > 0)
            pn_tuned_insert(tuning->best, BEST, &tuning->count, &found[i]);
    }
    insert_usual(tuning);
    pn_tuned equal = pn_tuned_again(&tuning->best[0]), without = equal;
    equal.equal = true;
    without.look_ahead = 0;
    if (with->run->classes > 1)
        PN_TRY(add_other(tuning, with, &equal));
    PN_TRY(add_other(tuning, with, &without));
fail:
    return status;
}

pn_status pn_class_run_tune(const pn_class_run *asked, const pn_class_forecast *usual,
                            pn_tuning *tuning)
{
    pn_class_run all_steps = *asked, some_steps = *asked;
    bool is_several = asked->classes > 1;
    pn_height_bands bands = {.roots = 1.5, .wide = 1.2, .differs_at_fullest = is_several};
    pn_tuned_height heights[2 * HEIGHTS_MOST] = {{.p = asked->settings.p}};
    int sizes[PN_BLOCK_SIZES] = {asked->settings.nb};
    pricing with = {.run = &some_steps, .n = asked->settings.n};
    pn_tune_space space = {.nb = sizes,
                           .nbs =
                               asked->settings.nb ? 1 : pn_block_sizes(PN_BLOCKS_SEARCHED, sizes),
                           .heights = heights,
                           .height_count = 1,
                           .look_ahead = asked->settings.look_ahead,
                           .tries_equal = is_several,
                           .tries_no_look_ahead = true,
                           .price = price,
                           .context = &with};
    pn_status status;
    *tuning = (pn_tuning){
        .usual = {.look_ahead = asked->settings.look_ahead, .height.p = asked->settings.p}};
    take(&tuning->usual, usual, asked->classes);
    if (asked->settings.p == 0)
        space.height_count =
            pn_heights_of_classes(asked->of, asked->classes, &bands, heights, 2 * HEIGHTS_MOST);
    all_steps.steps = 0;
    some_steps.steps = SEARCH_STEPS;
    some_steps.settings.n = usual->n;
    PN_TRY(pn_tune_search(&space, tuning->best, BEST, &tuning->count));
    with.run = &all_steps;
    PN_TRY(settle(tuning, &with));
    tuning->tried = with.tried;
fail:
    return status;
}
