// SPDX-License-Identifier: BSD-3-Clause
// The order in which ranks and links are listed: the slowest against its own kind first, and of
// equals the one with the lowest number. For qsort.
#ifndef PN_REPORT_STANDING_H
#define PN_REPORT_STANDING_H

typedef struct pn_standing {
    double relative; // speed over the median of its kind
    int index;
} pn_standing;

static inline int pn_standing_order(const void *left, const void *right)
{
    const pn_standing *a = left, *b = right;
    int order = (a->relative > b->relative) - (a->relative < b->relative);
    return order ? order : a->index - b->index;
}

#endif
