// SPDX-License-Identifier: BSD-3-Clause
// Everything with everything: a few hundred candidates, of which the best are kept in order. Equal
// shares and no look-ahead are tried with the best of these.
#include "tune/search.h"

#include <assert.h>
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

pn_tuned pn_tuned_again(const pn_tuned *tuned)
{
    return (pn_tuned){.nb = tuned->nb,
                      .p = tuned->height.p,
                      .height = tuned->height,
                      .equal = tuned->equal,
                      .look_ahead = tuned->look_ahead};
}

bool pn_tuned_is_same(const pn_tuned *a, const pn_tuned *b)
{
    bool same = a->nb == b->nb && a->p == b->p && a->q == b->q && a->equal == b->equal &&
                a->look_ahead == b->look_ahead && a->classes == b->classes;
    for (int i = 0; i < a->classes && same; i++)
        same = a->of[i].height == b->of[i].height && a->of[i].columns == b->of[i].columns;
    return same;
}

// Two heights to come near to can make the same columns: one of them is enough.
static bool is_there(const pn_tuned *best, int count, const pn_tuned *candidate)
{
    for (int i = 0; i < count; i++)
        if (pn_tuned_is_same(&best[i], candidate))
            return true;
    return false;
}

static pn_status try_one(const pn_tune_space *space, pn_tuned candidate, pn_tuned *best, int most,
                         int *count)
{
    pn_status status = space->price(space->context, &candidate);
    if (status == PN_OK && candidate.rate > 0 && !is_there(best, *count, &candidate))
        pn_tuned_insert(best, most, count, &candidate);
    return status;
}

static pn_status try_all(const pn_tune_space *space, pn_tuned *best, int most, int *count)
{
    pn_status status = PN_OK;
    for (int i = 0; i < space->nbs; i++)
        for (int k = 0; k < space->height_count; k++) {
            pn_tuned candidate = {.nb = space->nb[i],
                                  .p = space->heights[k].p,
                                  .height = space->heights[k],
                                  .look_ahead = space->look_ahead};
            PN_TRY(try_one(space, candidate, best, most, count));
        }
fail:
    return status;
}

pn_status pn_tune_search(const pn_tune_space *space, pn_tuned *best, int most, int *count)
{
    pn_tuned first[PN_TUNED_MOST];
    pn_status status;
    assert(most <= PN_TUNED_MOST);
    *count = 0;
    PN_TRY(try_all(space, best, most, count));
    int firsts = *count;
    memcpy(first, best, (size_t)firsts * sizeof *best);
    for (int i = 0; i < firsts; i++) {
        pn_tuned equal = pn_tuned_again(&first[i]), without = equal;
        equal.equal = true;
        without.look_ahead = 0;
        if (space->tries_equal)
            PN_TRY(try_one(space, equal, best, most, count));
        if (space->tries_no_look_ahead)
            PN_TRY(try_one(space, without, best, most, count));
    }
fail:
    return status;
}
