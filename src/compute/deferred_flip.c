// SPDX-License-Identifier: BSD-3-Clause
// A device that computes wrongly once: what checks are tried with.
#include "compute/deferred_private.h"

#include <string.h>

enum { BITS = 64 };

static uint64_t draw(pn_deferred_flip *flip)
{
    flip->random = flip->random * 6364136223846793005u + 1442695040888963407u;
    return flip->random >> 20;
}

void pn_deferred_strike(pn_deferred *deferred, pn_deferred_victim victim, pn_block block)
{
    pn_deferred_flip *flip = deferred->flip;
    if (!flip || flip->is_done || flip->victim != victim || block.element != PN_FLOAT64 ||
        block.rows <= 0 || block.columns <= 0)
        return;
    if (flip->after > 0) {
        flip->after--;
        return;
    }
    pn_lidx row = (pn_lidx)(draw(flip) % (uint64_t)block.rows);
    pn_lidx column = (pn_lidx)(draw(flip) % (uint64_t)block.columns);
    double *element = pn_block_at(block, row, column);
    uint64_t bits;
    flip->was = *element;
    memcpy(&bits, element, sizeof bits);
    bits ^= UINT64_C(1) << draw(flip) % BITS;
    memcpy(element, &bits, sizeof bits);
    flip->is = *element;
    flip->is_done = true;
}

void pn_compute_deferred_flip(pn_compute *compute, pn_deferred_flip *flip)
{
    pn_deferred_of(compute)->flip = flip;
}
