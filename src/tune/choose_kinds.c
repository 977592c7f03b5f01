// SPDX-License-Identifier: BSD-3-Clause
// Kinds are few, ranks are many: one pass over the ranks, each compared with the kinds so far.
#include "tune/choose_kinds.h"

#include <math.h>
#include <stdlib.h>

static int by_rate(const void *left, const void *right)
{
    const pn_rank_kind *a = left, *b = right;
    double rate = a->rates / a->ranks, other = b->rates / b->ranks;
    return rate != other ? (rate > other) - (rate < other) : a->id - b->id;
}

int pn_choosing_kinds(const pn_choosing *choosing, pn_rank_kind *kinds)
{
    int count = 0;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        const pn_rank_rate *rank_rate = &choosing->rates[rank];
        int i = 0;
        if (rank_rate->left_out)
            continue;
        while (i < count && kinds[i].id != rank_rate->kind)
            i++;
        if (i == PN_KINDS_SEEN)
            continue;
        if (i == count)
            kinds[count++] = (pn_rank_kind){.id = rank_rate->kind, .slowest = INFINITY};
        kinds[i].ranks++;
        kinds[i].rates += rank_rate->rate;
        kinds[i].slowest = fmin(kinds[i].slowest, rank_rate->rate);
    }
    qsort(kinds, (size_t)count, sizeof *kinds, by_rate);
    return count;
}
