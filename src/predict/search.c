// SPDX-License-Identifier: BSD-3-Clause
// Everything with everything: a few hundred candidates, of which the best are kept in order.
#include "predict/search.h"

#include <string.h>

const char *pn_tuned_name(int share)
{
    static const char *const names[] = {"multiplying", "factoring panels", "exchanging rows",
                                        "waiting for panels"};
    return names[share];
}

void pn_tuned_insert(pn_tuned *best, int most, int *count, const pn_tuned *candidate)
{
    int at = *count;
    while (at > 0 && best[at - 1].rate < candidate->rate)
        at--;
    if (at == most)
        return;
    *count = *count < most ? *count + 1 : most;
    memmove(&best[at + 1], &best[at], (size_t)(*count - 1 - at) * sizeof *best);
    best[at] = *candidate;
}

static pn_status try_one(const pn_tune_space *space, pn_tuned candidate, pn_tuned *best, int most,
                         int *count)
{
    pn_status status = space->price(space->context, &candidate);
    if (status == PN_OK && candidate.rate > 0)
        pn_tuned_insert(best, most, count, &candidate);
    return status;
}

pn_status pn_tune_search(const pn_tune_space *space, pn_tuned *best, int most, int *count)
{
    pn_status status = PN_OK;
    *count = 0;
    for (int i = 0; i < space->nbs; i++)
        for (int k = 0; k < space->height_count; k++) {
            pn_tuned candidate = {.nb = space->nb[i], .p = space->heights[k]};
            PN_TRY(try_one(space, candidate, best, most, count));
        }
    if (space->may_wait && *count > 0) {
        pn_tuned waiting = {.nb = best[0].nb, .p = best[0].p, .in_turn = true};
        PN_TRY(try_one(space, waiting, best, most, count));
    }
fail:
    return status;
}
