// SPDX-License-Identifier: BSD-3-Clause
// How high process columns stand. Rows are exchanged down a column and panels only passed on along
// the rows, so columns are a little lower than the grid is wide; a height should leave few ranks
// without a seat, and columns of one run should be about equally high, for a panel is cut by the
// height of its column.
#ifndef PN_TUNE_HEIGHTS_H
#define PN_TUNE_HEIGHTS_H

#include "tune/classes.h"
#include "tune/search.h"

// Of an equal grid of like ranks, of which each host has `a_host`: the least divisor of `ranks`
// that is at least sqrt(ranks / 3) (cheap swaps, yet enough hands for the panel), at most
// sqrt(ranks); rather one that keeps a column within a host.
int pn_height_of_like(int ranks, int a_host);

// Those that are worth trying for such a grid, the one above first; all divisors where links have
// gaps. heights[most]; returns how many.
int pn_heights_of_like(int ranks, int a_host, bool has_gaps, pn_tuned_height *heights, int most);

// Columns for `count` ranks that would best stand `height` high: rather columns of one height, if
// one not far from it divides them.
int pn_columns_near(int count, double height);

// Where nothing else is chosen for `count` ranks of like speed among `ranks` that reach `rates`
// together: one high where these are few, so that no rows are exchanged; else the slower they are
// the higher, sqrt(S / (3 s)) for ranks of speed s in a job of speed S (docs/design.md).
enum { PN_FLAT_RANKS = 8 };
double pn_height_by_speed(int ranks, double rates, double rate);

// For so many ranks of one class: alone, and beside others, of which most stand so high.
int pn_height_alone(double ranks);
int pn_height_beside(double ranks, const pn_tuned_height *most);

// Heights to try for classes together, in bands from a quarter of the root of all ranks up: in each
// the one that leaves the least speed without a seat.
typedef struct pn_height_bands {
    double roots, more; // bands begin up to roots x root + more
    double wide;        // the end of a band over its begin
    // What each class on its own is to come near to is tried as well: the begin of the band, before
    // the fullest; or the fullest, behind it.
    bool differs_at_begin, differs_at_fullest;
} pn_height_bands;

// Few, where each costs several prices.
#define PN_HEIGHT_BANDS_FEW                                                                        \
    ((pn_height_bands){.roots = 1, .more = 1, .wide = 1.4, .differs_at_begin = true})

// heights[most]; returns how many.
int pn_heights_of_classes(const pn_rank_class *classes, int count, const pn_height_bands *bands,
                          pn_tuned_height *heights, int most);

#endif
