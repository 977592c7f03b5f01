// SPDX-License-Identifier: BSD-3-Clause
#include "measure/peers.h"

#include <stdlib.h>
#include <string.h>

static int by_kind_and_value(const void *left, const void *right)
{
    const pn_peer *a = *(pn_peer *const *)left, *b = *(pn_peer *const *)right;
    int kinds = strcmp(a->kind, b->kind);
    return kinds ? kinds : (a->value > b->value) - (a->value < b->value);
}

pn_status pn_peers_compare(pn_peer *peers, int count)
{
    pn_peer **sorted = malloc((size_t)(count + 1) * sizeof(pn_peer *));
    if (!sorted)
        return pn_fail(PN_ERROR_MEMORY, "no memory to compare %d ranks", count);
    for (int i = 0; i < count; i++)
        sorted[i] = &peers[i];
    qsort(sorted, (size_t)count, sizeof *sorted, by_kind_and_value);
    for (int begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count; end++)
            if (strcmp(sorted[end]->kind, sorted[begin]->kind) != 0)
                break;
        double median = sorted[(begin + end) / 2]->value;
        for (int i = begin; i < end; i++)
            sorted[i]->relative = median > 0.0 ? sorted[i]->value / median : 1.0;
    }
    free(sorted);
    return PN_OK;
}
