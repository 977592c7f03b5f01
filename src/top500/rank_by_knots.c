// SPDX-License-Identifier: BSD-3-Clause
// The known lists, and interpolation between the known ranks of each.
#include "top500/rank_by_knots.h"

#include "base/status.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

static const short knot_ranks[PN_KNOT_COUNT] = {
    1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,
    16,  17,  18,  19,  20,  25,  30,  35,  40,  45,  50,  55,  60,  65,  70,
    75,  80,  85,  90,  95,  100, 110, 120, 130, 140, 150, 160, 170, 180, 190,
    200, 225, 250, 275, 300, 325, 350, 375, 400, 425, 450, 475, 500};

static const pn_knots lists[] = {
#include "top500/knots.inc"
};

enum { LISTS = sizeof lists / sizeof lists[0] };

int pn_rank_list_count(void)
{
    return LISTS;
}

const pn_knots *pn_rank_list(int index)
{
    assert(index >= 0 && index < LISTS);
    return &lists[index];
}

const pn_knots *pn_rank_find(int edition)
{
    for (int i = 0; i < LISTS; i++)
        if (lists[i].edition == edition)
            return &lists[i];
    pn_fail(PN_ERROR_USAGE,
            "There is no list %d here; the lists are those of June (06) and November (11) from %d "
            "to %d, written like %d.",
            edition, lists[0].edition, lists[LISTS - 1].edition, lists[LISTS - 1].edition);
    return NULL;
}

// The first knot whose Rmax is not above `tflops`: PN_KNOT_COUNT if there is none.
static int knot_at_or_below(const pn_knots *list, double tflops)
{
    int i = 0;
    while (i < PN_KNOT_COUNT && list->rmax[i] > tflops)
        i++;
    return i;
}

double pn_knots_rank(const pn_knots *list, double tflops)
{
    int i = knot_at_or_below(list, tflops);
    if (i == 0)
        return 1;
    if (i == PN_KNOT_COUNT)
        return PN_LIST_LENGTH + 1;
    double share = log(list->rmax[i - 1] / tflops) / log(list->rmax[i - 1] / list->rmax[i]);
    // Just below the upper knot a newcomer is already behind it.
    double place = knot_ranks[i - 1] * pow((double)knot_ranks[i] / knot_ranks[i - 1], share);
    return fmax(place, knot_ranks[i - 1] + 1.0);
}

bool pn_rank_is_exact(const pn_knots *list, double tflops)
{
    int i = knot_at_or_below(list, tflops);
    return i == 0 || i == PN_KNOT_COUNT || knot_ranks[i] == knot_ranks[i - 1] + 1;
}

// The first knot at or behind a place, never the very first.
static int knot_behind(double place)
{
    assert(place >= 1 && place <= PN_LIST_LENGTH);
    int i = 1;
    while (knot_ranks[i] < place)
        i++;
    return i;
}

double pn_rank_rmax(const pn_knots *list, double place)
{
    int i = knot_behind(place);
    double share = log(place / knot_ranks[i - 1]) / log((double)knot_ranks[i] / knot_ranks[i - 1]);
    return list->rmax[i - 1] * pow(list->rmax[i] / list->rmax[i - 1], share);
}

bool pn_rank_rmax_is_exact(const pn_knots *list, int place)
{
    int i = knot_behind(place);
    return place == knot_ranks[i] || place == knot_ranks[i - 1] ||
           list->rmax[i] == list->rmax[i - 1];
}
