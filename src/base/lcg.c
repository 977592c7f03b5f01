// SPDX-License-Identifier: BSD-3-Clause
// A row's entries lie N steps apart, so a strip of columns is as many independent streams, each
// taking one step from row to row: no multiplication waits for another, and vectors fit.
#include "base/lcg.h"

#include "base/clones.h"

enum { STRIP = 512 }; // streams at a time: their states stay in the first-level cache

// A jump that is worked out again only when the distance changes.
typedef struct cached_jump {
    uint64_t steps;
    pn_lcg_jump jump;
} cached_jump;

pn_lcg_jump pn_lcg_jump_by(uint64_t steps)
{
    pn_lcg_jump all = {1, 0};
    pn_lcg_jump power = {UINT64_C(6364136223846793005), 1}; // 1, 2, 4, ... steps
    for (; steps; steps >>= 1) {
        if (steps & 1)
            all =
                (pn_lcg_jump){power.multiplier * all.multiplier, pn_lcg_advance(power, all.addend)};
        power.addend = pn_lcg_advance(power, power.addend);
        power.multiplier *= power.multiplier;
    }
    return all;
}

uint64_t pn_lcg_state(uint64_t seed, uint64_t number)
{
    return pn_lcg_advance(pn_lcg_jump_by(number), seed);
}

static pn_lcg_jump jump_over(cached_jump *cache, uint64_t steps)
{
    if (cache->steps != steps)
        *cache = (cached_jump){steps, pn_lcg_jump_by(steps)};
    return cache->jump;
}

PN_CLONES static void fill_row(double *restrict row, uint64_t *restrict state, pn_lidx count,
                               pn_lcg_jump to_next_row)
{
    for (pn_lidx j = 0; j < count; j++) {
        uint64_t x = state[j];
        row[j] = pn_lcg_value(x);
        state[j] = pn_lcg_advance(to_next_row, x);
    }
}

static void fill_strip(const pn_lcg_rectangle *r, pn_lidx first, pn_lidx count)
{
    uint64_t state[STRIP];
    cached_jump cache = {0, {1, 0}};
    const pn_gidx *column = r->column + first;
    state[0] = pn_lcg_state(r->seed, (uint64_t)r->row[0] + (uint64_t)column[0] * (uint64_t)r->n);
    for (pn_lidx j = 1; j < count; j++) {
        uint64_t steps = (uint64_t)(column[j] - column[j - 1]) * (uint64_t)r->n;
        state[j] = pn_lcg_advance(jump_over(&cache, steps), state[j - 1]);
    }
    for (pn_lidx i = 0; i < r->rows; i++) {
        uint64_t steps = i + 1 < r->rows ? (uint64_t)(r->row[i + 1] - r->row[i]) : 0;
        fill_row(r->data + i * r->ld + first, state, count, jump_over(&cache, steps));
    }
}

void pn_lcg_fill(const pn_lcg_rectangle *rectangle)
{
    if (rectangle->rows < 1)
        return;
    for (pn_lidx first = 0; first < rectangle->columns; first += STRIP)
        fill_strip(rectangle, first, pn_min(STRIP, rectangle->columns - first));
}
