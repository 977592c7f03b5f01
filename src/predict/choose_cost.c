// SPDX-License-Identifier: BSD-3-Clause
// What a matrix costs: bytes and seconds, and the largest N that stays within either.
#include "predict/choosing.h"

#include <math.h>

// Beside the matrix: panels under way (with room at their ends), row blocks (more where rows are
// exchanged between processes), the solution, and what a process takes without a matrix.
enum { PANELS = 2, PANEL_ENDS = 768, HALF_ROW_BLOCKS = 2, HALF_ROW_BLOCKS_EXCHANGED = 5 };
enum { PADDING = 16, FIXED_BYTES = 8 << 20 };

static const double assumed_core_gflops = 30.0; // where nothing was measured

int pn_choosing_column(const pn_choosing *choosing, int rank)
{
    const pn_choice *choice = choosing->choice;
    return choice->column_major_ranks ? rank / choice->p : rank % choice->q;
}

double pn_choosing_share(const pn_choosing *choosing, int column)
{
    const pn_wishes *wishes = choosing->wishes;
    if (wishes->share_count == 0)
        return 1.0 / choosing->choice->q;
    double sum = 0.0;
    for (int i = 0; i < wishes->share_count; i++)
        sum += wishes->shares[i];
    return wishes->shares[column] / sum;
}

int64_t pn_choosing_bytes(pn_gidx n, int nb, int p, double share)
{
    int64_t blocks = pn_ceil_div(n + 1, nb);
    int64_t rows = pn_min(n, pn_ceil_div(pn_ceil_div(n, nb), p) * nb);
    int64_t columns = pn_min(n + 1, (int64_t)ceil((double)blocks * share) * nb);
    int64_t matrix = rows * (columns + PADDING);
    int64_t panels = PANELS * (rows + PANEL_ENDS + nb) * nb;
    int64_t half_blocks = p > 1 ? HALF_ROW_BLOCKS_EXCHANGED : HALF_ROW_BLOCKS;
    int64_t row_blocks = half_blocks * (columns + PADDING) * nb / 2;
    return 8 * (matrix + panels + row_blocks + n) + FIXED_BYTES;
}

int64_t pn_choice_rank_bytes(pn_gidx n, int nb, int p, int q)
{
    return pn_choosing_bytes(n, nb, p, 1.0 / q);
}

bool pn_choosing_fits(const pn_choosing *choosing, pn_gidx n, int nb)
{
    const pn_choice *choice = choosing->choice;
    for (int rank = 0; rank < choosing->ranks; rank++) {
        double share = pn_choosing_share(choosing, pn_choosing_column(choosing, rank));
        if (pn_choosing_bytes(n, nb, choice->p, share) > choice->ranks[rank].bytes_allowed)
            return false;
    }
    return true;
}

pn_gidx pn_choosing_largest(const pn_choosing *choosing, int nb)
{
    int64_t low = 0, high = 1; // in blocks: low fits, high does not
    while (high < ((int64_t)1 << 30) / nb && pn_choosing_fits(choosing, high * nb, nb)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (pn_choosing_fits(choosing, middle * nb, nb))
            low = middle;
        else
            high = middle;
    }
    pn_gidx n = low * nb;
    for (pn_gidx small = nb - 1; n == 0 && small > 0; small /= 2)
        if (pn_choosing_fits(choosing, small, nb))
            n = small;
    return n;
}

double pn_choice_seconds(pn_gidx n, int nb, int p, int q, int threads, double rate)
{
    double size = (double)n;
    double operations = size * size * (2.0 / 3.0 * size + 1.5);
    // Swaps, packing and what never overlaps; then panels, one column at a time, by few threads;
    // each further process row or column adds three quarters of a block of imbalance
    // (docs/design.md).
    double behind = 500.0 + nb * (1.0 + 0.5 * threads + 0.75 * (p - 1) + 0.75 * (q - 1));
    double latency = size * 2e-6 * log2((double)p) + size / nb * 1e-5 * (q - 1);
    return operations / (rate * 1e9) * (1.0 + behind / size) + latency;
}

static double seconds_of(const pn_choosing *choosing, pn_gidx n, int nb)
{
    const pn_choice *choice = choosing->choice;
    return pn_choice_seconds(n, nb, choice->p, choice->q, choice->ranks[0].threads, choosing->rate);
}

pn_gidx pn_choosing_filling(const pn_choosing *choosing, int nb, double seconds)
{
    int64_t low = 1, high = 2; // in blocks: low is quick enough, or the least there is
    while (seconds_of(choosing, high * nb, nb) <= seconds && high < ((int64_t)1 << 30) / nb) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (seconds_of(choosing, middle * nb, nb) <= seconds)
            low = middle;
        else
            high = middle;
    }
    return low * nb;
}

void pn_choosing_rate(pn_choosing *choosing)
{
    const pn_choice *choice = choosing->choice;
    double slowest = 0.0; // seconds for one GFLOP of the whole
    for (int rank = 0; rank < choosing->ranks; rank++) {
        double rate = choosing->facts[rank].rate_gflops;
        if (!(rate > 0.0)) {
            int cores = (int)pn_max(1, choosing->facts[rank].cores / choice->ranks[rank].slots);
            rate = assumed_core_gflops * (double)pn_min(cores, choice->ranks[rank].threads);
            choosing->rate_assumed = true;
        }
        double share = pn_choosing_share(choosing, pn_choosing_column(choosing, rank)) / choice->p;
        slowest = fmax(slowest, share / rate);
    }
    choosing->rate = 1.0 / slowest;
}
