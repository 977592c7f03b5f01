// SPDX-License-Identifier: BSD-3-Clause
// A candidate is worth what the model says of the very deal that a run would have, be the ranks
// known one by one or by classes.
#include "tune/choose_search.h"

#include "base/flops.h"
#include "tune/choose_cost.h"
#include "tune/choose_grid.h"
#include "tune/choose_model.h"
#include "tune/choose_order.h"
#include "tune/product_rates.h"

bool pn_choosing_take_rates(pn_choosing *choosing, int nb)
{
    bool given = choosing->request->settings.share_mode == PN_SHARE_MODE_RANKS, changed = false;
    for (int rank = 0; rank < choosing->ranks && !given; rank++) {
        const pn_rank_info *info = &choosing->info[rank];
        pn_rank_rate *mine = &choosing->rates[rank];
        double before = pn_product_flops(info, mine->nb ? mine->nb : info->rate_nb);
        if (mine->nb == nb || !(before > 0))
            continue;
        mine->rate *= pn_product_flops(info, nb) / before;
        mine->nb = nb;
        choosing->choice->ranks[rank].rate = mine->rate;
        changed = true;
    }
    return changed;
}

// Most of the time of a choice for many ranks is that of arranging them.
pn_status pn_choosing_set_shape(pn_choosing *choosing, const pn_tuned_height *height, int nb)
{
    bool changed = pn_choosing_take_rates(choosing, nb);
    bool same = choosing->height.p == height->p && choosing->height.differs == height->differs &&
                (!choosing->classes || choosing->nb == nb);
    if (same && !changed)
        return PN_OK;
    choosing->height = *height;
    choosing->nb = nb;
    pn_status status = pn_choosing_arrange(choosing);
    if (status == PN_OK && changed)
        pn_choosing_rate(choosing);
    return status;
}

pn_gidx pn_choosing_fitting(const pn_choosing *choosing, pn_gidx n, int nb)
{
    if (pn_choosing_fits(choosing, pn_ceil_div(n, nb) * nb, nb))
        return n;
    return pn_min(n, pn_choosing_largest(choosing, nb));
}

static pn_status price(void *context, pn_tuned *candidate)
{
    pn_choosing *choosing = context;
    pn_choice *choice = choosing->choice;
    pn_status status = pn_choosing_set_shape(choosing, &candidate->height, candidate->nb);
    if (status != PN_OK)
        return status;
    int nb = candidate->nb;
    pn_gidx n = choosing->request->settings.n
                    ? choice->settings.n
                    : pn_choosing_fitting(choosing, choice->settings.n, nb);
    candidate->n = n;
    candidate->q = choice->settings.q;
    candidate->rate = 0;
    if (n < 1 || !pn_choosing_fits(choosing, n, nb))
        return PN_OK;
    candidate->seconds = pn_choosing_seconds(choosing, n, nb, NULL);
    candidate->rate = pn_linpack_flops(n) / candidate->seconds;
    return PN_OK;
}

pn_status pn_choosing_search(pn_choosing *choosing, pn_tune_space space, pn_tuned *best, int most,
                             int *count)
{
    space.price = price;
    space.context = choosing;
    space.look_ahead = choosing->request->settings.look_ahead;
    return pn_tune_search(&space, best, most, count);
}
