// SPDX-License-Identifier: BSD-3-Clause
// What a matrix costs: bytes, and with choose_model.c seconds; the largest N that stays within
// either.

#include "tune/choose_cost.h"

#include "base/width.h"
#include "grid/deal.h"
#include "grid/layout.h"

#include <math.h>
#include <string.h>

// The piece of a rank that hosts so many virtual rows of its column, without its columns.
static pn_piece piece_of(const pn_choosing *choosing, int column, int64_t hosted, pn_gidx n, int nb)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    int64_t cycle = a->virtual_rows, row_blocks = pn_ceil_div(n, nb);
    int64_t mine = row_blocks / cycle * hosted + pn_min(hosted, row_blocks % cycle);
    return (pn_piece){.rows = pn_min(n, mine * nb),
                      .exchanged = a->table.heights[column] > 1,
                      .buffers = choosing->request->settings.buffers,
                      .element = choosing->request->settings.element};
}

static pn_piece piece_of_rank(const pn_choosing *choosing, int rank, pn_gidx n, int nb)
{
    const pn_arrangement_tables *table = &choosing->choice->arrangement.table;
    return piece_of(choosing, table->column[rank], table->hosted[rank], n, nb);
}

int64_t pn_choosing_bytes(const pn_choosing *choosing, int rank, pn_gidx n, int nb, pn_gidx blocks)
{
    pn_piece piece = piece_of_rank(choosing, rank, n, nb);
    piece.columns = pn_min(pn_width(n, 0), blocks * nb);
    return pn_piece_bytes(n, nb, &piece);
}

// The block columns of a matrix that are due to a process column, over its share.
static double blocks_a_share(const pn_arrangement *a, pn_gidx n, int nb)
{
    double sum = 0.0;
    for (int i = 0; i < a->columns; i++)
        sum += a->table.shares[i];
    return (double)pn_width_blocks(n, nb) / sum;
}

bool pn_choosing_has_caps(const pn_choosing *choosing)
{
    pn_share_mode mode = choosing->request->settings.share_mode;
    return mode == PN_SHARE_MODE_AUTO || mode == PN_SHARE_MODE_RANKS;
}

// The most block columns, up to all, that a rank's memory holds; -1: not even none.
static pn_gidx room_of(const pn_choosing *choosing, int rank, pn_gidx n, int nb)
{
    if (choosing->eased && choosing->eased[rank] && choosing->trouble == PN_LEFT_OUT_MEMORY)
        return pn_width_blocks(n, nb);
    pn_piece piece = piece_of_rank(choosing, rank, n, nb);
    return pn_piece_room(n, nb, &piece, (double)choosing->choice->ranks[rank].bytes_allowed);
}

// The same of a rank of a column of which the class is known.
static pn_gidx room_in(const pn_choosing *choosing, int column, pn_gidx n, int nb)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    const pn_rank_class *of = &choosing->classes->of[a->table.class_of[column]];
    int64_t hosted = pn_ceil_div(a->virtual_rows, a->table.heights[column]);
    pn_piece piece = piece_of(choosing, column, hosted, n, nb);
    piece.matrix_alone = !of->is_measured;
    return of->memory > 0 ? pn_piece_room(n, nb, &piece, of->memory) : pn_width_blocks(n, nb);
}

// Sets the caps to the block columns that the ranks of each column hold; -1: not even none.
static void set_rooms(const pn_choosing *choosing, pn_gidx n, int nb)
{
    pn_arrangement *a = &choosing->choice->arrangement;
    pn_arrangement_tables *table = &a->table;
    for (int column = 0; column < a->columns; column++)
        table->caps[column] = !choosing->classes ? pn_width_blocks(n, nb)
                              : column > 0 && table->class_of[column] == table->class_of[column - 1]
                                  ? table->caps[column - 1]
                                  : room_in(choosing, column, n, nb);
    for (int rank = 0; rank < a->ranks; rank++) {
        int column = table->column[rank];
        if (column >= 0)
            table->caps[column] = pn_min(table->caps[column], room_of(choosing, rank, n, nb));
    }
}

bool pn_choosing_set_caps(const pn_choosing *choosing, pn_gidx n, int nb)
{
    pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx room = 0, least = 0;
    set_rooms(choosing, n, nb);
    for (int column = 0; column < a->columns; column++) {
        room += a->table.caps[column];
        least = pn_min(least, a->table.caps[column]);
        a->table.caps[column] = pn_max(0, a->table.caps[column]);
    }
    return room >= pn_width_blocks(n, nb) && least >= 0;
}

// Whether each column holds its share; no column is capped then.
static bool fit_shares(const pn_choosing *choosing, pn_gidx n, int nb)
{
    pn_arrangement *a = &choosing->choice->arrangement;
    double due = blocks_a_share(a, n, nb);
    bool fits = true;
    set_rooms(choosing, n, nb);
    for (int column = 0; column < a->columns; column++) {
        fits &= (pn_gidx)ceil(due * a->table.shares[column]) <= a->table.caps[column];
        a->table.caps[column] = -1;
    }
    return fits;
}

bool pn_choosing_fits(const pn_choosing *choosing, pn_gidx n, int nb)
{
    return pn_choosing_has_caps(choosing) ? pn_choosing_set_caps(choosing, n, nb)
                                          : fit_shares(choosing, n, nb);
}

// Whether some column is full before it has its share.
bool pn_choosing_is_full(const pn_choosing *choosing, pn_gidx n, int nb)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    double due = blocks_a_share(a, n, nb);
    for (int column = 0; column < a->columns; column++)
        if ((double)a->table.caps[column] < due * a->table.shares[column])
            return true;
    return false;
}

void pn_choosing_rate(pn_choosing *choosing)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    double slowest = 0.0, shares = 0.0; // seconds for one FLOP of the whole, times all shares
    for (int column = 0; column < a->columns; column++) {
        double share = a->table.shares[column];
        shares += share;
        slowest = fmax(slowest, share / pn_arrangement_rate(a, choosing->rates, column));
    }
    choosing->rate = shares / slowest;
}

void pn_choosing_deal(const pn_choosing *choosing, pn_gidx n, int nb, pn_gidx *count)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx blocks = pn_width_blocks(n, nb), thickness = pn_ceil_div(blocks, PN_CHOOSING_BLOCKS);
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

void pn_choosing_mark_full(const pn_choosing *choosing)
{
    pn_choice *choice = choosing->choice;
    const pn_arrangement *a = &choice->arrangement;
    bool capped = pn_choosing_has_caps(choosing) &&
                  pn_choosing_set_caps(choosing, choice->settings.n, choice->settings.nb);
    double due = blocks_a_share(a, choice->settings.n, choice->settings.nb);
    pn_choosing_deal(choosing, choice->settings.n, choice->settings.nb, choosing->count);
    for (int rank = 0; rank < a->ranks; rank++) {
        int column = a->table.column[rank];
        choice->ranks[rank].is_full = false;
        if (!capped || column < 0)
            continue;
        pn_gidx owned = choosing->count[column];
        choice->ranks[rank].is_full =
            owned >= a->table.caps[column] && (double)owned < due * a->table.shares[column] &&
            room_of(choosing, rank, choice->settings.n, choice->settings.nb) ==
                a->table.caps[column];
    }
}
