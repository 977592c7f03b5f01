// SPDX-License-Identifier: BSD-3-Clause
// What a matrix costs: bytes and seconds, and the largest N that stays within either. Where columns
// are full before they have their share, or a slow rank's panels hold the others up, the steps of
// the run are gone through one by one on the very deal that the run would have.
#include "predict/choosing.h"

#include "grid/layout.h"

#include <math.h>
#include <string.h>

// Beside the matrix: panels under way (with room at their ends), row blocks (more where rows are
// exchanged between processes), the solution, and what a process takes without a matrix.
enum { PANELS = 2, PANEL_ENDS = 768, HALF_ROW_BLOCKS = 2, HALF_ROW_BLOCKS_EXCHANGED = 5 };
enum { PADDING = 16, FIXED_BYTES = 8 << 20, SAMPLES = 64 };

static const double best_enough = 0.9995; // of the best rate, if N is then larger

typedef struct part { // of a matrix, on one rank
    int64_t rows, columns;
    bool exchanged; // rows with other ranks
    int buffers;
} part;

static int64_t bytes_of(pn_gidx n, int nb, const part *p)
{
    int64_t rows = p->rows, columns = p->columns;
    int64_t matrix = rows * (columns + PADDING);
    int64_t panels = pn_max(PANELS, p->buffers) * (rows + PANEL_ENDS + nb) * nb;
    int64_t half_blocks = p->exchanged ? HALF_ROW_BLOCKS_EXCHANGED : HALF_ROW_BLOCKS;
    int64_t row_blocks = half_blocks * (columns + PADDING) * nb / 2;
    return 8 * (matrix + panels + row_blocks + n) + FIXED_BYTES;
}

int64_t pn_choosing_bytes(const pn_choosing *choosing, int rank, pn_gidx n, int nb, pn_gidx blocks)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    int64_t hosted = a->table.hosted[rank], cycle = a->virtual_rows;
    int64_t row_blocks = pn_ceil_div(n, nb);
    int64_t mine = row_blocks / cycle * hosted + pn_min(hosted, row_blocks % cycle);
    part p = {.rows = pn_min(n, mine * nb),
              .columns = pn_min(n + 1, blocks * nb),
              .exchanged = a->table.heights[a->table.column[rank]] > 1,
              .buffers = choosing->wishes->buffers};
    return bytes_of(n, nb, &p);
}

int64_t pn_choice_rank_bytes(pn_gidx n, int nb, int p, int q)
{
    part mine = {.rows = pn_min(n, pn_ceil_div(pn_ceil_div(n, nb), p) * nb),
                 .columns = pn_min(n + 1, pn_ceil_div(pn_ceil_div(n + 1, nb), q) * nb),
                 .exchanged = p > 1};
    return bytes_of(n, nb, &mine);
}

static double share_of(const pn_arrangement *a, int column)
{
    double sum = 0.0;
    for (int i = 0; i < a->columns; i++)
        sum += a->table.shares[i];
    return a->table.shares[column] / sum;
}

bool pn_choosing_has_caps(const pn_choosing *choosing)
{
    pn_share_mode mode = choosing->wishes->share_mode;
    return mode == PN_SHARE_MODE_AUTO || mode == PN_SHARE_MODE_RANKS;
}

// The most block columns, up to all, that a rank's memory holds; -1: not even none.
static pn_gidx room_of(const pn_choosing *choosing, int rank, pn_gidx n, int nb)
{
    int64_t allowed = choosing->choice->ranks[rank].bytes_allowed;
    pn_gidx low = -1, high = pn_ceil_div(n + 1, nb) + 1; // low fits, high does not
    while (high - low > 1) {
        pn_gidx middle = low + (high - low) / 2;
        if (pn_choosing_bytes(choosing, rank, n, nb, middle) <= allowed)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool pn_choosing_set_caps(const pn_choosing *choosing, pn_gidx n, int nb)
{
    pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx blocks = pn_ceil_div(n + 1, nb), room = 0, least = 0;
    for (int column = 0; column < a->columns; column++)
        a->table.caps[column] = blocks;
    for (int rank = 0; rank < a->ranks; rank++) {
        int column = a->table.column[rank];
        if (column < 0)
            continue;
        a->table.caps[column] = pn_min(a->table.caps[column], room_of(choosing, rank, n, nb));
    }
    for (int column = 0; column < a->columns; column++) {
        room += a->table.caps[column];
        least = pn_min(least, a->table.caps[column]);
    }
    return room >= blocks && least >= 0;
}

bool pn_choosing_fits(const pn_choosing *choosing, pn_gidx n, int nb)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    if (pn_choosing_has_caps(choosing))
        return pn_choosing_set_caps(choosing, n, nb);
    pn_gidx blocks = pn_ceil_div(n + 1, nb);
    for (int rank = 0; rank < a->ranks; rank++) {
        int column = a->table.column[rank];
        if (column >= 0 &&
            (pn_gidx)ceil((double)blocks * share_of(a, column)) > room_of(choosing, rank, n, nb))
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

// Whether some column is full before it has its share.
static bool is_full(const pn_choosing *choosing, pn_gidx n, int nb)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx blocks = pn_ceil_div(n + 1, nb);
    for (int column = 0; column < a->columns; column++)
        if ((double)a->table.caps[column] < (double)blocks * share_of(a, column))
            return true;
    return false;
}

// Seconds that a panel of one row costs its column, the strip before it included.
static double panel_cost(const pn_choosing *choosing, int column, int nb)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    double panel = 0.0, strip = 2.0 * nb * nb / a->table.shares[column];
    for (int rank = 0; rank < a->ranks; rank++)
        if (a->table.column[rank] == column && choosing->facts[rank].panel_gflops > 0.0)
            panel = fmax(panel, (double)nb * nb * a->table.hosted[rank] / a->virtual_rows /
                                    choosing->facts[rank].panel_gflops);
    return (strip + panel) * 1e-9;
}

typedef struct walk {          // through all steps of a run, from the last to the first
    pn_gidx blocks, thickness; // thick blocks, and how many real ones are in each
    double rows;               // of a thick block
    const pn_gidx *caps;       // NULL: none
    bool panels;               // are waited for
} walk;

// Seconds of the multiplications, each step as long as its slowest column; as a multiple of what
// equally busy columns take.
static double stretch(const pn_choosing *choosing, const walk *w, int nb)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    const double *shares = a->table.shares;
    double busiest = 0.0, sum = 0.0, took = 0.0, ideal = 0.0;
    if (pn_layout_deal(choosing->owner, w->blocks, a->columns, shares, w->caps) != PN_OK)
        return INFINITY;
    for (int column = 0; column < a->columns; column++) {
        sum += shares[column];
        choosing->count[column] = 0;
    }
    for (pn_gidx block = w->blocks - 1; block > 0; block--) {
        int owner = choosing->owner[block];
        double rows = (double)(w->blocks - block) * w->rows;
        double unit = 2e-9 * rows * w->rows * nb;
        busiest = fmax(busiest, (double)++choosing->count[owner] / shares[owner]);
        double step = unit * busiest;
        if (w->panels)
            step = fmax(step, rows * panel_cost(choosing, owner, nb));
        took += step;
        ideal += unit * (double)(w->blocks - block) / sum;
    }
    return ideal > 0.0 ? took / ideal : 1.0;
}

// How much longer it takes because columns are full, or panels slow (*held_up), and because blocks
// are whole as well (the result).
static double stretch_of_run(const pn_choosing *choosing, pn_gidx n, int nb, bool full,
                             double *held_up)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx blocks = pn_ceil_div(n + 1, nb);
    walk w = {.thickness = pn_ceil_div(blocks, PN_CHOOSING_BLOCKS)};
    w.blocks = pn_ceil_div(blocks, w.thickness);
    w.rows = (double)n / (double)w.blocks;
    double plain = stretch(choosing, &w, nb);
    for (int column = 0; column < a->columns; column++)
        choosing->caps[column] = pn_ceil_div(a->table.caps[column], w.thickness);
    w.caps = full ? choosing->caps : NULL;
    w.panels = a->unlike;
    double stretched = stretch(choosing, &w, nb);
    *held_up = stretched / plain;
    return stretched;
}

double pn_choosing_seconds(const pn_choosing *choosing, pn_gidx n, int nb, double *loss)
{
    const pn_choice *choice = choosing->choice;
    int p = choice->p, q = choice->q, threads = choice->ranks[0].threads;
    double held_up = 1.0, seconds, rate = choosing->rate;
    bool full = pn_choosing_has_caps(choosing) && pn_choosing_set_caps(choosing, n, nb) &&
                is_full(choosing, n, nb);
    if (choice->arrangement.unlike) { // whole blocks weigh most where shares are unlike
        double waiting = pn_choice_seconds(n, nb, 1, q, threads, INFINITY);
        seconds = pn_choice_seconds(n, nb, p, 1, threads, rate) *
                      stretch_of_run(choosing, n, nb, full, &held_up) +
                  waiting;
    } else {
        if (full)
            stretch_of_run(choosing, n, nb, full, &held_up);
        seconds = held_up * pn_choice_seconds(n, nb, p, q, threads, rate);
    }
    if (loss)
        *loss = 1.0 - 1.0 / held_up;
    return seconds;
}

pn_gidx pn_choosing_filling(const pn_choosing *choosing, int nb, double seconds)
{
    int64_t low = 1, high = 2; // in blocks: low is quick enough, or the least there is
    while (pn_choosing_seconds(choosing, high * nb, nb, NULL) <= seconds &&
           high < ((int64_t)1 << 30) / nb) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (pn_choosing_seconds(choosing, middle * nb, nb, NULL) <= seconds)
            low = middle;
        else
            high = middle;
    }
    return low * nb;
}

static double speed(const pn_choosing *choosing, pn_gidx n, int nb)
{
    double size = (double)n;
    return size * size * size / pn_choosing_seconds(choosing, n, nb, NULL);
}

pn_gidx pn_choosing_fastest(const pn_choosing *choosing, int nb, pn_gidx most)
{
    double best = 0.0;
    pn_gidx n = most;
    if (!pn_choosing_has_caps(choosing) || !pn_choosing_set_caps(choosing, most, nb) ||
        !is_full(choosing, most, nb))
        return most;
    for (int i = SAMPLES; i > 0; i--) {
        pn_gidx size = pn_max(1, most * i / SAMPLES / nb) * nb;
        double here = size <= most ? speed(choosing, size, nb) : 0.0;
        if (best_enough * here > best) {
            best = here;
            n = size;
        }
    }
    return n;
}

void pn_choosing_rate(pn_choosing *choosing)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    double slowest = 0.0; // seconds for one GFLOP of the whole
    for (int column = 0; column < a->columns; column++)
        slowest = fmax(slowest, share_of(a, column) / pn_arrange_rate(a, choosing->known, column));
    choosing->rate = 1.0 / slowest;
}

void pn_choosing_deal(const pn_choosing *choosing, pn_gidx n, int nb, pn_gidx *count)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx blocks = pn_ceil_div(n + 1, nb), thickness = pn_ceil_div(blocks, PN_CHOOSING_BLOCKS);
    bool capped = pn_choosing_has_caps(choosing);
    for (int column = 0; column < a->columns; column++) {
        count[column] = 0;
        choosing->caps[column] = pn_ceil_div(a->table.caps[column], thickness);
    }
    pn_gidx thick = pn_ceil_div(blocks, thickness);
    pn_status status = PN_ERROR_USAGE;
    if (capped)
        status =
            pn_layout_deal(choosing->owner, thick, a->columns, a->table.shares, choosing->caps);
    if (status != PN_OK) // or what does not fit
        status = pn_layout_deal(choosing->owner, thick, a->columns, a->table.shares, NULL);
    if (status == PN_OK)
        for (pn_gidx block = 0; block < thick; block++)
            count[choosing->owner[block]] += thickness;
    for (int column = 0; column < a->columns; column++)
        count[column] = pn_min(count[column], blocks);
}
