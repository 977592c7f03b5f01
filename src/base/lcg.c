// SPDX-License-Identifier: BSD-3-Clause
// Jumps are affine maps, composed by squaring (Brown, Random Number Generation with Arbitrary
// Strides, 1994). A series is made by many generators side by side, each as many steps ahead of the
// one before as there are of them: the numbers are the same as one by one, and the latency of the
// multiplication is hidden.
#include "base/lcg.h"

#include "base/clones.h"
#include "base/vector.h"

static const pn_lcg_jump one_step = {PN_LCG_MULTIPLIER, 1};

// `first`, then `second`.
static pn_lcg_jump chain(pn_lcg_jump first, pn_lcg_jump second)
{
    return (pn_lcg_jump){second.multiplier * first.multiplier,
                         second.multiplier * first.addend + second.addend};
}

pn_lcg_jump pn_lcg_jump_by(uint64_t steps)
{
    pn_lcg_jump result = {1, 0}, power = one_step;
    for (; steps > 0; steps >>= 1) {
        if (steps & 1)
            result = chain(result, power);
        power = chain(power, power);
    }
    return result;
}

uint64_t pn_lcg_state(uint64_t seed, pn_gidx n, pn_gidx row, pn_gidx column)
{
    return pn_lcg_after(seed, pn_lcg_jump_by(1 + (uint64_t)row + (uint64_t)column * (uint64_t)n));
}

// pn_lcg_value of several.
static inline pn_vector values_of(pn_vector_words state)
{
    pn_vector high = (pn_vector)(state >> 32 | PN_LCG_HIGH);
    pn_vector low = (pn_vector)((state & UINT32_MAX) | PN_LCG_LOW);
    return 0.5 - ((high - (0x1p84 + 0x1p52)) + low) * 0x1p-64;
}

PN_CLONES uint64_t pn_lcg_series(double *values, pn_lidx count, uint64_t state, pn_lcg_jump jump)
{
    enum { PARTS = 8, STREAMS = PARTS * PN_VECTOR }; // they hide the latency of the multiplication
    pn_vector_words states[PARTS];
    pn_lcg_jump far = {1, 0};
    pn_lidx i = 0;
    if (count >= STREAMS) {
        for (int s = 0; s < STREAMS; s++) {
            states[s / PN_VECTOR][s % PN_VECTOR] = pn_lcg_after(state, far);
            far = chain(far, jump);
        }
        for (; i + STREAMS <= count; i += STREAMS)
            for (int s = 0; s < PARTS; s++) {
                *(pn_vector *)(values + i + s * PN_VECTOR) = values_of(states[s]);
                states[s] = states[s] * far.multiplier + far.addend;
            }
        state = states[0][0];
    }
    for (; i < count; i++) {
        values[i] = pn_lcg_value(state);
        state = pn_lcg_after(state, jump);
    }
    return state;
}

// Columns [begin, end) are consecutive in the matrix.
static void fill_run(const pn_lcg_rectangle *t, pn_lidx begin, pn_lidx end)
{
    pn_lcg_jump along = pn_lcg_jump_by((uint64_t)t->n);
    uint64_t state = 0;
    for (pn_lidx i = 0; i < t->rows; i++) {
        if (i > 0 && t->row[i] == t->row[i - 1] + 1)
            state = pn_lcg_after(state, one_step);
        else
            state = pn_lcg_state(t->seed, t->n, t->row[i], t->column[begin]);
        pn_lcg_series(t->data + i * t->ld + begin, end - begin, state, along);
    }
}

void pn_lcg_fill(const pn_lcg_rectangle *t)
{
    for (pn_lidx begin = 0, end; begin < t->columns; begin = end) {
        end = begin + 1;
        while (end < t->columns && t->column[end] == t->column[end - 1] + 1)
            end++;
        fill_run(t, begin, end);
    }
}
