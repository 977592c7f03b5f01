// SPDX-License-Identifier: BSD-3-Clause
// Arrangement, NB and N of the ranks that are not left out. N and NB depend on each other and on
// the rate: N by the time and a guess of the rate first, then the search for NB and height at that
// N, then N by the time that the model says, by memory, or by the best rate where memory binds.
#include "tune/choose_size.h"

#include "base/flops.h"
#include "base/plural.h"
#include "tune/block_sizes.h"
#include "tune/choose_cost.h"
#include "tune/choose_grid.h"
#include "tune/choose_lines.h"
#include "tune/choose_model.h"
#include "tune/choose_order.h"
#include "tune/choose_search.h"
#include "tune/product_rates.h"

#include <math.h>

static const double default_seconds = 60.0;
enum { HEIGHTS = 16, SAMPLES = 64 };

// Measured rates differ by so much from one minute to the next.
static const double alike = 0.98;
static const double alike_half = 0.95;    // measured rates of products of 16 bits vary by as much
static const double best_enough = 0.9995; // of the best rate, if N is then larger
// Of the order up to which nobody is full by the matrix alone: panels take memory too, and who
// hosts more rows than are its due.
static const double nearly = 0.6;

// The N up to `most` of the best rate: below it where columns are full too soon.
static pn_gidx fastest(const pn_choosing *choosing, int nb, pn_gidx most)
{
    if (!pn_choosing_has_caps(choosing) || !pn_choosing_set_caps(choosing, most, nb) ||
        !pn_choosing_is_full(choosing, most, nb))
        return most;
    double balanced = pn_choosing_orders(choosing).balanced;
    pn_gidx n =
        pn_choosing_best_order(choosing, nb,
                               &(pn_order_range){.least = nearly * fmin(balanced, (double)most),
                                                 .most = (double)most,
                                                 .samples = SAMPLES,
                                                 .step = pn_min(nb, most),
                                                 .enough = best_enough});
    return n > 0 ? n : most;
}

// The rank whose part of its host's memory does not even hold its part of the smallest matrix.
static pn_status fail_without_memory(const pn_choosing *choosing)
{
    const pn_choice *choice = choosing->choice;
    char needed[32], allowed[32];
    int rank = 0;
    for (int i = 1; i < choosing->ranks; i++)
        if (choice->ranks[i].bytes_allowed < choice->ranks[rank].bytes_allowed)
            rank = i;
    pn_bytes_text(pn_rank_bytes(1, choice->settings.nb, choice->settings.p, 1), needed,
                  sizeof needed);
    pn_bytes_text(choice->ranks[rank].bytes_allowed, allowed, sizeof allowed);
    int sharing = choosing->info[rank].is_device ? 1 : choice->ranks[rank].sharing;
    return pn_fail(
        PN_ERROR_MEMORY,
        "rank %d on host %.63s may use %s (--memory, shared by %d rank%s there), and the "
        "smallest matrix needs %s a rank",
        rank, choosing->info[rank].host, allowed, sharing, pn_plural(sharing), needed);
}

static pn_status fail_too_large(const pn_choosing *choosing)
{
    const pn_choice *choice = choosing->choice;
    char needed[32], available[32];
    if (choice->largest_n == 0)
        return fail_without_memory(choosing);
    pn_bytes_text(choice->bytes_needed, needed, sizeof needed);
    pn_bytes_text(choice->bytes_available, available, sizeof available);
    return pn_fail(PN_ERROR_MEMORY,
                   "N = %lld needs %s of memory over all ranks, and %s may be used (--memory); the "
                   "largest N that fits is %lld",
                   (long long)choice->settings.n, needed, available, (long long)choice->largest_n);
}

static void add_up_bytes(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    const pn_arrangement *a = &choice->arrangement;
    choice->bytes_needed = choice->bytes_available = 0;
    pn_choosing_deal(choosing, choice->settings.n, choice->settings.nb, choosing->count);
    for (int rank = 0; rank < choosing->ranks; rank++) {
        int column = a->table.column[rank];
        if (column < 0)
            continue;
        choice->bytes_needed += pn_choosing_bytes(choosing, rank, choice->settings.n,
                                                  choice->settings.nb, choosing->count[column]);
        choice->bytes_available += choice->ranks[rank].bytes_allowed;
    }
}

double pn_choosing_time(const pn_choice_request *request)
{
    return request->seconds > 0.0 ? request->seconds : default_seconds;
}

// N by time, memory and rate, with the NB chosen so far.
static pn_gidx choose_n(pn_choosing *choosing)
{
    const pn_choice_request *request = choosing->request;
    pn_choice *choice = choosing->choice;
    double seconds = pn_choosing_time(request);
    choice->largest_n = pn_choosing_largest(choosing, choice->settings.nb);
    if (request->settings.n)
        return request->settings.n;
    choosing->n_for_time = pn_choosing_filling(choosing, choice->settings.nb, seconds);
    pn_gidx most = pn_max(1, pn_min(choosing->n_for_time, choice->largest_n));
    return fastest(choosing, choice->settings.nb, most);
}

// The largest N that would be accepted: with the smallest blocks there is most room.
static void tell_largest(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    if (!choosing->request->settings.nb)
        choice->largest_n =
            pn_max(choice->largest_n, pn_choosing_largest(choosing, PN_BLOCK_LEAST));
}

static pn_status choose_sizes(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    pn_choosing_rate(choosing);
    choice->settings.n = choose_n(choosing);
    bool fits = pn_choosing_fits(choosing, choice->settings.n, choice->settings.nb);
    if (!fits &&
        !choosing->request->settings.nb) { // the search found no block size with which it does
        choice->settings.nb = PN_BLOCK_LEAST;
        fits = pn_choosing_fits(choosing, choice->settings.n, choice->settings.nb);
    }
    add_up_bytes(choosing);
    if (!fits) {
        tell_largest(choosing);
        return fail_too_large(choosing);
    }
    pn_choosing_loss loss;
    choice->seconds = pn_choosing_seconds(choosing, choice->settings.n, choice->settings.nb, &loss);
    choice->capped_loss = loss.capped;
    choice->panel_loss = loss.panels;
    choice->refinement = loss.refinement;
    choice->rate = pn_linpack_flops(choice->settings.n) / choice->seconds;
    return PN_OK;
}

static bool multiplies_by_half(const pn_choosing *choosing, int nb)
{
    bool found = false;
    for (int rank = 0; rank < choosing->ranks; rank++)
        found = found || (!choosing->rates[rank].left_out &&
                          pn_product_format(&choosing->info[rank], nb) == PN_BFLOAT16);
    return found;
}

// Of what cannot be told apart the blocks nearest to a rule that held where it was measured are
// taken; with products of 16 bits the largest (docs/performance.md).
static int usual_of_equals(const pn_choosing *choosing)
{
    const pn_choice *choice = choosing->choice;
    int taken = 0;
    if (choice->tuned_count == 0)
        return taken;
    bool half = multiplies_by_half(choosing, choice->tuned[0].nb);
    double n = (double)choice->settings.n, usual = half ? n : pn_block_size_rule(n);
    double enough = (half ? alike_half : alike) * choice->tuned[0].rate, least = INFINITY;
    for (int i = 0; i < choice->tuned_count; i++) {
        const pn_tuned *tuned = &choice->tuned[i];
        double distance = fabs(log(tuned->nb / usual));
        if (tuned->rate < enough || tuned->p != choice->tuned[0].p || distance >= least)
            continue;
        taken = i;
        least = distance;
    }
    return taken;
}

// Those that suit some rank that takes part: sizes[PN_BLOCK_SIZES]; how many.
static int list_block_sizes(const pn_choosing *choosing, int *sizes)
{
    int uses = 0;
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (!choosing->rates[rank].left_out)
            uses |= choosing->info[rank].product_count > 1 ? PN_BLOCKS_OF_MIXED
                    : choosing->info[rank].is_device       ? PN_BLOCKS_OF_DEVICES
                                                           : PN_BLOCKS_OF_PROCESSORS;
    return pn_block_sizes(uses, sizes);
}

// Block size, and height where like ranks leave it open, by the search.
static pn_status search_shape(pn_choosing *choosing)
{
    const pn_choice_request *request = choosing->request;
    pn_choice *choice = choosing->choice;
    pn_tuned_height heights[HEIGHTS] = {{.p = 0}};
    int sizes[PN_BLOCK_SIZES];
    pn_tune_space space = {.nb = sizes,
                           .nbs = list_block_sizes(choosing, sizes),
                           .heights = heights,
                           .height_count = 1};
    pn_status status;
    if (request->settings.nb || choice->settings.n < PN_BLOCK_SEARCH_LEAST) {
        sizes[0] = request->settings.nb ? request->settings.nb
                                        : pn_block_size_of_small(choice->settings.n);
        space.nbs = 1;
    }
    if (!choice->arrangement.unlike)
        space.height_count = (int)pn_max(1, pn_choosing_heights(choosing, heights, HEIGHTS));
    PN_TRY(pn_choosing_search(choosing, space, choice->tuned, PN_TUNED_MOST, &choice->tuned_count));
    choice->taken = usual_of_equals(choosing);
    if (choice->tuned_count > 0)
        choice->settings.nb = choice->tuned[choice->taken].nb;
    status = pn_choosing_set_shape(
        choosing, choice->tuned_count > 0 ? &choice->tuned[choice->taken].height : &heights[0],
        choice->settings.nb);
fail:
    return status;
}

// Columns of unlike kinds are arranged anew for each height, so the block size and N that suit
// their usual heights have to do for the search; it is sized for the best of them as well.
static pn_status try_heights(pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice, usual = *choice;
    pn_tuned_height heights[HEIGHTS], usual_height = choosing->height;
    pn_gidx n_for_time = choosing->n_for_time;
    pn_tuned best;
    int found = 0;
    pn_tune_space space = {.nb = &usual.settings.nb,
                           .nbs = 1,
                           .heights = heights,
                           .height_count = pn_choosing_heights(choosing, heights, HEIGHTS)};
    pn_status status = PN_OK;
    if (space.height_count <= 1)
        return PN_OK;
    PN_TRY(pn_choosing_search(choosing, space, &best, 1, &found));
    if (found > 0 && alike * best.rate > usual.rate) {
        PN_TRY(pn_choosing_set_shape(choosing, &best.height, usual.settings.nb));
        PN_TRY(choose_sizes(choosing));
        if (alike * choice->rate > usual.rate)
            return PN_OK;
    }
    PN_TRY(pn_choosing_set_shape(choosing, &usual_height, usual.settings.nb));
    pn_choosing_rate(choosing);
    usual.arrangement = choice->arrangement;
    *choice = usual;
    choosing->n_for_time = n_for_time;
fail:
    return status;
}

pn_gidx pn_choosing_about(const pn_choosing *choosing)
{
    const double efficiency = 0.85;
    const pn_choice_request *request = choosing->request;
    int nb = choosing->choice->settings.nb;
    double n = cbrt(1.5 * efficiency * pn_choosing_time(request) * choosing->rate);
    return request->settings.n
               ? request->settings.n
               : pn_max(1, pn_choosing_fitting(choosing, pn_max(1, (pn_gidx)n), nb));
}

pn_status pn_choosing_size(pn_choosing *choosing)
{
    const pn_choice_request *request = choosing->request;
    pn_choice *choice = choosing->choice;
    pn_status status;
    choosing->height = (pn_tuned_height){.p = 0};
    choice->settings.nb = request->settings.nb ? request->settings.nb : PN_BLOCK_FIRST;
    pn_choosing_take_rates(choosing, choice->settings.nb);
    PN_TRY(pn_choosing_arrange(choosing)); // others may be left out than before
    pn_choosing_rate(choosing);
    choice->settings.n = pn_choosing_about(choosing);
    PN_TRY(search_shape(choosing));
    PN_TRY(choose_sizes(choosing));
    if (choice->arrangement.unlike)
        PN_TRY(try_heights(choosing));
fail:
    return status;
}
