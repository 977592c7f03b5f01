// SPDX-License-Identifier: BSD-3-Clause
// Who sits where. Like ranks make the equal grid that was chosen or asked for. Unlike ranks are
// sorted by kind; each process column holds ranks of one kind, as many as suit its speed, and gets
// a share of the matrix by what its ranks deliver together. Ranks of one kind that are unlike in
// speed hold unlike numbers of virtual rows. Pure: the same input gives the same arrangement.
#ifndef PN_TUNE_ARRANGEMENT_H
#define PN_TUNE_ARRANGEMENT_H

#include "base/status.h"
#include "base/types.h"
#include "grid/layout.h"
#include "tune/host_order.h"
#include "tune/search.h"

typedef struct pn_rank_rate { // of one rank
    int kind, host;           // as numbered by pn_rank_info_number
    double rate;              // FLOP/s of multiplication, > 0
    int nb;                   // block size at which, where it differs by that; 0: as measured
    int host_order; // of its host among those in order by links (tune/host_order.h); 0: unknown
    bool left_out;
} pn_rank_rate;

// All in one block of memory, so that it can travel whole. Those by place are numbered as in
// pn_layout_request; a rank here is one of the job. Where ranks are known by their classes alone,
// there are no tables by rank.
typedef struct pn_arrangement_tables {
    void *memory;
    size_t bytes;
    double *weights;   // [used] by place
    double *shares;    // [columns] FLOP/s, or as asked for
    pn_gidx *caps;     // [columns] most block columns; -1: no limit
    int *order;        // [used] the rank at each place
    int *row, *column; // [ranks] of the grid; -1: left out
    int *hosted;       // [ranks] virtual rows
    int *heights;      // [columns]
    int *class_of;     // [columns] class of ranks, where these are all that is known
    int *gaps;         // [columns] how slow the links to the column before are; 0: not at all
} pn_arrangement_tables;

typedef struct pn_arrangement {
    int ranks; // of the job
    int used;  // take part
    int columns, height, virtual_rows;
    bool column_major; // numbering of the places
    bool unlike;       // not the equal grid with equal shares
    bool weighted;     // ranks of some column are unlike
    pn_arrangement_tables table;
} pn_arrangement;

// Tables for so many ranks and process columns, nothing arranged yet. Failure: memory.
pn_status pn_arrangement_create(pn_arrangement *arrangement, int ranks, int columns);
void pn_arrangement_release(pn_arrangement *arrangement);

// The layout of a matrix on these columns, with their caps; its ranks are the places.
pn_layout_request pn_arrangement_request(const pn_arrangement *arrangement, pn_gidx n, int nb);

// Whether the speeds of the ranks that are not left out differ by no more than 5 %.
bool pn_arrangement_is_like(const pn_rank_rate *ranks, int count);
bool pn_arrangement_are_like(double least, double most); // rates that measuring may tell apart

// ranks[arrangement->ranks]: the grid p x q on the first p q of them, numbered as said, with equal
// shares. Failure: memory.
pn_status pn_arrangement_make_grid(pn_arrangement *arrangement, int p, int q, bool column_major);
// Process columns of one kind each, the fastest kind first, about as high as said or, with p 0, as
// suits their speed (tune/heights.h); by the places of their hosts where these are known; then
// pn_arrangement_set_weights. Failures: memory.
pn_status pn_arrangement_make_kinds(pn_arrangement *arrangement, const pn_rank_rate *ranks,
                                    const pn_tuned_height *height);
// Sets shares, and weights where ranks of one column are unlike. Failures: memory.
pn_status pn_arrangement_set_weights(pn_arrangement *arrangement, const pn_rank_rate *ranks);

// After pn_arrangement_make_grid: puts the ranks in the order of their hosts, not by their
// numbers.
void pn_arrangement_sort_hosts(pn_arrangement *arrangement, const pn_rank_rate *ranks);
// Sorts the columns, numbered down, by the order of their first ranks' hosts.
void pn_arrangement_sort_columns(pn_arrangement *arrangement, const pn_rank_rate *ranks);
// Sets the gaps between the columns: the widest along the rows of the grid. Failure: memory.
pn_status pn_arrangement_set_gaps(pn_arrangement *arrangement, const pn_rank_rate *ranks,
                                  const pn_host_order *order);
// Sets row and column of every rank from heights and order.
void pn_arrangement_set_places(pn_arrangement *arrangement);

// What a column's ranks deliver together, FLOP/s, with the virtual rows that they host.
double pn_arrangement_rate(const pn_arrangement *arrangement, const pn_rank_rate *ranks,
                           int column);

#endif
