// SPDX-License-Identifier: BSD-3-Clause
// The sums of the rows of [A b], which ride along as one column more behind b. Eliminating a row
// keeps its sum: what is left of it in columns that are still to come, and in b, adds up to what is
// left of its sum; and so does a row of U from its diagonal on. An error in any of these numbers,
// or in a multiplier, makes a difference (Huang and Abraham, 1984).
#ifndef PN_CHECK_ROW_SUMS_H
#define PN_CHECK_ROW_SUMS_H

#include "comm/comm.h"
#include "compute/compute.h"
#include "grid/place.h"

// This process's part of a matrix whose column N + 1 holds the sums.
typedef struct pn_site {
    pn_comm *comm;
    pn_compute *compute;
    const pn_place *place;
    pn_block matrix; // of FP64
    uint64_t seed;
} pn_site;

static inline pn_gidx pn_site_n(const pn_site *site)
{
    return site->place->layout->n;
}

// Columns that ride along where rows are checked: the right-hand side, and the sums.
enum { PN_ROW_SUMS_RIDING = 2 };

typedef struct pn_row_sums {
    double *difference; // [N]
    double *local;      // [N] scratch, as are the others
    double *signs;      // [width of the matrix]
    double *block;      // [NB x NB] host memory that the part reaches
    size_t block_bytes;
} pn_row_sums;

// Failure: memory.
pn_status pn_row_sums_create(pn_row_sums *sums, pn_compute *compute, const pn_layout *layout);
void pn_row_sums_release(pn_row_sums *sums, pn_compute *compute); // one never created, too
size_t pn_row_sums_bytes(const pn_layout *layout);

// Writes the column of sums, from the generator and not from the memory that it guards. All ranks
// call it.
void pn_row_sums_write(pn_row_sums *sums, const pn_site *site);

// difference[i] := the sum of row i as it stands, less what stands in the column of sums, for rows
// from block row `from` on: rows of U before block row `step`, trailing rows after it. Steps before
// `step` are done, and no other has begun. All ranks call it and get the same bits.
void pn_row_sums_compare(pn_row_sums *sums, const pn_site *site, pn_gidx from, pn_gidx step);

// scale[i] := root of the mean square of what adds up in row rows[i], a place, before `step`: of a
// trailing row what is right of the columns that are done, of a row of U what is right of its
// diagonal. All ranks call it and get the same bits; count <= PN_ROW_SCALES.
enum { PN_ROW_SCALES = 256 };
void pn_row_sums_scale(pn_row_sums *sums, const pn_site *site, pn_gidx step, const pn_gidx *rows,
                       int count, double *scale);

#endif
