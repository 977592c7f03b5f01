// SPDX-License-Identifier: BSD-3-Clause
// Memory grows with the square of N and time nearly with its cube, so a bisection finds the one
// limit and a few guesses the other. Between them the rate has one hill.
#include "tune/choose_order.h"

#include "base/flops.h"
#include "tune/choose_cost.h"
#include "tune/choose_model.h"

#include <math.h>

typedef struct held { // by ranks together
    double bytes, rate;
    double least; // bytes for the rate of one
} held;

static void add(held *all, double ranks, double bytes, double rate)
{
    all->bytes += bytes * ranks;
    all->rate += rate * ranks;
    all->least = fmin(all->least, bytes / rate);
}

pn_orders pn_choosing_orders(const pn_choosing *choosing)
{
    const pn_class_run *run = choosing->classes;
    double entry = (double)pn_element_bytes(choosing->request->settings.element);
    held all = {.least = INFINITY};
    for (int i = 0; run && i < run->classes; i++)
        add(&all, run->of[i].ranks, run->of[i].memory, run->of[i].rate);
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (!choosing->rates[rank].left_out)
            add(&all, 1, (double)choosing->choice->ranks[rank].bytes_allowed,
                choosing->rates[rank].rate);
    double largest = sqrt(all.bytes / entry);
    return (pn_orders){largest, fmin(largest, sqrt(all.least * all.rate / entry))};
}

pn_gidx pn_choosing_largest(const pn_choosing *choosing, int nb)
{
    int64_t low = 0, high = 1; // in blocks: low fits, high does not
    while (high <= PN_N_LIMIT / nb && pn_choosing_fits(choosing, high * nb, nb)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (middle <= PN_N_LIMIT / nb && pn_choosing_fits(choosing, middle * nb, nb))
            low = middle;
        else
            high = middle;
    }
    pn_gidx n = low * nb;
    for (pn_gidx small = nb - 1; n == 0 && small > 0; small /= 2)
        if (pn_choosing_fits(choosing, small, nb))
            n = small;
    return n;
}

pn_gidx pn_choosing_filling(const pn_choosing *choosing, int nb, double seconds)
{
    enum { GUESSES = 3 };
    const double most = (double)pn_max(1, PN_N_LIMIT / nb);
    double guess = cbrt(1.3 * seconds * choosing->rate) / nb; // in blocks
    for (int i = 0; i < GUESSES; i++) {
        double size = fmin(fmax(floor(guess), 1.0), most);
        guess = size * cbrt(seconds / pn_choosing_seconds(choosing, (pn_gidx)size * nb, nb, NULL));
    }
    int64_t blocks = (int64_t)fmin(fmax(floor(guess), 1.0), most);
    while (blocks > 1 && pn_choosing_seconds(choosing, blocks * nb, nb, NULL) > seconds)
        blocks -= pn_max(1, blocks / 200);
    return blocks * nb;
}

pn_gidx pn_choosing_best_order(const pn_choosing *choosing, int nb, const pn_order_range *range)
{
    double best = 0;
    pn_gidx n = 0;
    for (int i = range->samples - 1; i >= 0; i--) {
        double way = range->samples > 1 ? (double)i / (range->samples - 1) : 0;
        pn_gidx size = (pn_gidx)(range->least + (range->most - range->least) * way);
        size = pn_max(1, size / range->step) * range->step;
        double rate = pn_linpack_flops(size) / pn_choosing_seconds(choosing, size, nb, NULL);
        if (range->enough * rate > best) {
            best = rate;
            n = size;
        }
    }
    return n;
}
