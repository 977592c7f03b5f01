// SPDX-License-Identifier: BSD-3-Clause
// Rates between two block sizes follow from times: an operation of a product takes a constant and a
// part that goes with 1 / NB.
#include "tune/product_rates.h"

// By which 16 bits have to be faster, so that noise does not tell like ranks apart.
static const double faster = 1.03;

static double rate_of(const pn_product_rate *product, pn_element format)
{
    return format == PN_FLOAT32 ? product->single : product->half;
}

// By the time of an operation, which goes with 1 / NB beside a constant; outside of what was
// measured it is that of the nearest.
static double rate_at(const pn_rank_info *info, int nb, pn_element format)
{
    int above = 0, count = info->product_count;
    if (count == 0)
        return 0;
    while (above < count - 1 && info->products[above].nb < nb)
        above++;
    const pn_product_rate *high = &info->products[above], *low = high - (above > 0);
    double fast = rate_of(high, format), slow = rate_of(low, format);
    if (nb >= high->nb || nb <= low->nb || !(fast > 0) || !(slow > 0))
        return nb <= low->nb ? slow : fast;
    double way = (double)(nb - low->nb) / (high->nb - low->nb);
    return nb / ((1 - way) * low->nb / slow + way * high->nb / fast);
}

pn_element pn_product_format(const pn_rank_info *info, int nb)
{
    double single = rate_at(info, nb, PN_FLOAT32), half = rate_at(info, nb, PN_BFLOAT16);
    return half > faster * single ? PN_BFLOAT16 : PN_FLOAT32;
}

double pn_product_flops(const pn_rank_info *info, int nb)
{
    return rate_at(info, nb, pn_product_format(info, nb));
}

double pn_product_flops_single(const pn_rank_info *info, int nb)
{
    return rate_at(info, nb, PN_FLOAT32);
}

int pn_product_best(const pn_rank_info *info)
{
    int best = 0;
    for (int i = 0; i < info->product_count; i++) {
        int nb = info->products[i].nb;
        if (best == 0 || pn_product_flops(info, nb) > pn_product_flops(info, best))
            best = nb;
    }
    return best;
}

void pn_product_scale(pn_rank_info *info, int nb, double rate)
{
    double scale = rate / pn_product_flops(info, nb);
    for (int i = 0; i < info->product_count; i++) {
        info->products[i].single *= scale;
        info->products[i].half *= scale;
    }
}
