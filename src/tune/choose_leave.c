// SPDX-License-Identifier: BSD-3-Clause
// Leaving out what costs more than it brings. Each of the candidates (choose_candidates.c) is
// priced once, at about the size that a run without it would have; only those that look best are
// sized as a run is. So a choice for a thousand ranks takes few more prices than one for ten.
#include "tune/choose_leave.h"

#include "base/flops.h"
#include "tune/choose_candidates.h"
#include "tune/choose_cost.h"
#include "tune/choose_grid.h"
#include "tune/choose_model.h"
#include "tune/choose_size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIZED = 2, ROUNDS = 6 };

// Who brings less than the model's usual error can go for as little: a wrong choice costs no more
// than that. Over slow links runs were up to 1.38 times as fast as modelled, so that these have to
// cost a quarter of the rate (docs/performance.md, docs/prediction.md).
static const double usual_error = 0.02, error_of_links = 0.25;
// Who owns nothing goes unless that is slower.
static const double no_slower = 0.999;
// Looks as if it might be better; little memory may hold N and NB down in all of these prices.
static const double promising = 0.999, promising_of_memory = 0.9;

typedef struct leaving {
    pn_choosing *choosing;
    pn_choice other;     // without those that a candidate names
    pn_choosing without; // of `other`
    pn_candidates list;
    pn_rank_rate *even; // [ranks] for prices
    double with_all;    // FLOP/s of the choice so far, priced as the candidates are
} leaving;

static double rate_at(const pn_choosing *choosing, pn_gidx n, int nb)
{
    if (n < 1 || !pn_choosing_fits(choosing, n, nb))
        return 0;
    return pn_linpack_flops(n) / pn_choosing_seconds(choosing, n, nb, NULL);
}

static void set_out(const pn_choosing *choosing, const pn_candidate *candidate, bool left_out)
{
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (candidate->out[rank])
            choosing->rates[rank].left_out = left_out;
}

// The choice so far, to be made anew.
static void begin_without(leaving *l)
{
    pn_arrangement own = l->other.arrangement;
    l->other = *l->choosing->choice;
    l->other.arrangement = own;
    l->other.rate = 0;
    l->without = *l->choosing;
    l->without.choice = &l->other;
}

// About what the ranks that are not left out would reach, FLOP/s; 0: it does not fit. With ranks
// of a kind taken for alike, because to weigh them takes most of the time.
static double price(leaving *l)
{
    const double late = 1.3;
    begin_without(l);
    pn_candidates_even_out(l->even, l->choosing);
    l->without.rates = l->even;
    if (!l->choosing->choice->arrangement.unlike)
        l->without.height = (pn_tuned_height){.p = 0};
    if (pn_choosing_arrange(&l->without) != PN_OK)
        return 0;
    pn_choosing_rate(&l->without);
    pn_gidx n = pn_choosing_about(&l->without);
    double rate = rate_at(&l->without, n, l->other.settings.nb), size = (double)n;
    double seconds = rate > 0 ? pn_linpack_flops(n) / rate : 0;
    double wanted = pn_choosing_time(l->without.request);
    if (l->without.request->settings.n || seconds <= late * wanted)
        return rate;
    return rate_at(&l->without, (pn_gidx)(size * cbrt(wanted / seconds)), l->other.settings.nb);
}

static void price_all(leaving *l)
{
    l->with_all = l->choosing->choice->rate > 0 ? price(l) : 0;
    for (int i = 0; i < l->list.count; i++) {
        pn_candidate *candidate = &l->list.candidate[i];
        set_out(l->choosing, candidate, true);
        candidate->price = price(l);
        set_out(l->choosing, candidate, false);
    }
}

// The most promising that was not taken yet; NULL: none is.
static pn_candidate *most_promising(leaving *l)
{
    pn_candidate *best = NULL;
    for (int i = 0; i < l->list.count; i++) {
        pn_candidate *candidate = &l->list.candidate[i];
        double least = candidate->has_little_memory ? promising_of_memory : promising;
        if (candidate->price > 0 && candidate->price >= least * l->with_all &&
            (!best || candidate->price > best->price))
            best = candidate;
    }
    return best;
}

// Whether the ranks own nothing in the choice so far.
static bool own_nothing(const pn_choosing *choosing, const pn_candidate *candidate)
{
    const pn_choice *choice = choosing->choice;
    if (!pn_choosing_set_caps(choosing, choice->settings.n, choice->settings.nb))
        return false;
    pn_choosing_deal(choosing, choice->settings.n, choice->settings.nb, choosing->count);
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (candidate->out[rank] && choosing->count[choice->arrangement.table.column[rank]] > 0)
            return false;
    return true;
}

static double rate_if_eased(const leaving *l, const pn_candidate *candidate, pn_left_out trouble)
{
    pn_choosing eased = *l->choosing;
    eased.eased = candidate->out;
    eased.trouble = trouble;
    return rate_at(&eased, l->other.settings.n, l->other.settings.nb);
}

// What keeps the ranks from being worth their place: that without which they would be. Among ranks
// that are as fast as each other it is not their rate.
static pn_left_out trouble_of(const leaving *l, const pn_candidate *candidate)
{
    const pn_choosing *choosing = l->choosing;
    double link = rate_if_eased(l, candidate, PN_LEFT_OUT_LINK);
    double memory = rate_if_eased(l, candidate, PN_LEFT_OUT_MEMORY);
    if (no_slower * fmax(link, memory) > l->other.rate)
        return link > memory ? PN_LEFT_OUT_LINK : PN_LEFT_OUT_MEMORY;
    if (!pn_arrangement_is_like(choosing->rates, choosing->ranks))
        return PN_LEFT_OUT_RATE;
    return pn_choosing_has_gaps(choosing) ? PN_LEFT_OUT_LINK : PN_LEFT_OUT_MEMORY;
}

// Whether the run without these ranks, which is sized, is clearly faster.
static bool is_clearly_better(const leaving *l, const pn_candidate *candidate, pn_left_out trouble)
{
    const pn_choosing *choosing = l->choosing;
    double before = choosing->choice->rate, rates = 0;
    if (before > 0 && own_nothing(choosing, candidate))
        return l->other.rate >= no_slower * before;
    for (int rank = 0; rank < choosing->ranks; rank++)
        rates += choosing->rates[rank].left_out ? 0 : choosing->rates[rank].rate;
    double least =
        trouble == PN_LEFT_OUT_LINK ? error_of_links : fmin(usual_error, candidate->rates / rates);
    return l->other.rate > (1 + least) * before;
}

// Takes the choice without them in place of the choice so far.
static void accept(leaving *l, const pn_candidate *candidate, pn_left_out trouble)
{
    pn_choosing *choosing = l->choosing;
    pn_choice before = *choosing->choice;
    *choosing->choice = l->other;
    l->other = before;
    choosing->rate = l->without.rate;
    choosing->n_for_time = l->without.n_for_time;
    set_out(choosing, candidate, true);
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (candidate->out[rank])
            choosing->choice->ranks[rank].left_out = trouble;
}

// Leaves out one candidate; false: none is worth it.
static bool leave_one(leaving *l)
{
    pn_choosing *choosing = l->choosing;
    pn_candidates_list(&l->list, choosing);
    price_all(l);
    for (int i = 0; i < SIZED; i++) {
        pn_candidate *candidate = most_promising(l);
        if (!candidate)
            return false;
        candidate->price = 0; // it is tried but once
        begin_without(l);
        set_out(choosing, candidate, true);
        pn_status status = pn_choosing_size(&l->without);
        set_out(choosing, candidate, false);
        if (status != PN_OK || l->other.rate <= choosing->choice->rate * no_slower)
            continue;
        pn_left_out trouble = trouble_of(l, candidate);
        if (is_clearly_better(l, candidate, trouble)) {
            accept(l, candidate, trouble);
            return true;
        }
    }
    return false;
}

// Rates that are only assumed say nothing about who costs more than it brings.
static bool may_leave_out(const pn_choosing *choosing, pn_status sized)
{
    const pn_choice_request *request = choosing->request;
    bool is_judged = sized == PN_OK ? !choosing->rate_assumed : sized == PN_ERROR_MEMORY;
    return is_judged && request->settings.share_mode == PN_SHARE_MODE_AUTO &&
           !request->settings.p && choosing->ranks > 1;
}

pn_status pn_choosing_leave_out(pn_choosing *choosing, pn_status sized)
{
    leaving l = {.choosing = choosing};
    pn_status status = PN_OK;
    if (!may_leave_out(choosing, sized))
        return sized;
    choosing->rate_with_all = sized == PN_OK ? choosing->choice->rate : 0;
    PN_TRY(pn_arrangement_create(&l.other.arrangement, choosing->ranks, choosing->ranks));
    PN_TRY(pn_candidates_create(&l.list, choosing));
    l.even = calloc((size_t)choosing->ranks, sizeof *l.even);
    if (!l.even)
        PN_TRY(pn_fail_memory("for the rates of %d ranks", choosing->ranks));
    for (int round = 0; round < ROUNDS && leave_one(&l); round++)
        sized = PN_OK;
    if (sized != PN_OK) // with the words of the whole
        status = pn_choosing_size(choosing);
fail:
    free(l.even);
    pn_candidates_release(&l.list);
    pn_arrangement_release(&l.other.arrangement);
    return status;
}
