// SPDX-License-Identifier: BSD-3-Clause
// The order N of a run that is being chosen: the largest by memory, the one that fills a time, and
// the one of the best rate where some are full before the others.
#ifndef PN_TUNE_CHOOSE_ORDER_H
#define PN_TUNE_CHOOSE_ORDER_H

#include "tune/choosing.h"

// By the bytes of the matrix alone: what all together hold, and what they hold in proportion to
// their rates; beyond that someone is full and the others do its work.
typedef struct pn_orders {
    double largest, balanced;
} pn_orders;
pn_orders pn_choosing_orders(const pn_choosing *choosing);

// The largest N, a multiple of NB (or below it), whose parts fit all ranks; 0: none.
pn_gidx pn_choosing_largest(const pn_choosing *choosing, int nb);
// The largest multiple of NB (at least one) solved within `seconds`, with choosing->rate set.
pn_gidx pn_choosing_filling(const pn_choosing *choosing, int nb, double seconds);

typedef struct pn_order_range {
    double least, most;
    int samples;
    pn_gidx step;  // N is a multiple of it
    double enough; // part of the best rate that suffices if N is larger with it
} pn_order_range;

// The N of the best rate among samples of the range; 0: none can be.
pn_gidx pn_choosing_best_order(const pn_choosing *choosing, int nb, const pn_order_range *range);

#endif
