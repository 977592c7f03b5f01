// SPDX-License-Identifier: BSD-3-Clause
// Rates, editions and places as text.
#include "cli/list_rank.h"

#include "base/rate_text.h"

#include <math.h>
#include <stdio.h>

void pn_edition_text(int edition, char *text, size_t bytes)
{
    snprintf(text, bytes, "%s %d", edition % 100 == 6 ? "June" : "November", edition / 100);
}

int pn_list_rank_number(const pn_knots *list, double tflops)
{
    return (int)ceil(pn_knots_rank(list, tflops) - 1e-9); // behind all that are above
}

void pn_list_rank_text(const pn_knots *list, double tflops, char *text, size_t bytes)
{
    char rate[32];
    int place = pn_list_rank_number(list, tflops);
    pn_flops_text(pn_rank_rmax(list, PN_LIST_LENGTH) * 1e12, rate);
    if (place > PN_LIST_LENGTH)
        snprintf(text, bytes, "below place %d (%s)", PN_LIST_LENGTH, rate);
    else
        snprintf(text, bytes, "%splace %d", pn_rank_is_exact(list, tflops) ? "" : "about ", place);
}

const pn_knots *pn_list_rank_knots(int64_t edition)
{
    return edition == 0 ? pn_rank_list(pn_rank_list_count() - 1) : pn_rank_find((int)edition);
}
