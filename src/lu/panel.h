// SPDX-License-Identifier: BSD-3-Clause
// A panel: NB columns factored by the processes of one column, then sent along the rows as one
// message. Factored on the host by a crew of threads, recursively, with partial pivoting; rows are
// shared out to processes and, inside each, to threads, and every thread does the same.
#ifndef PN_LU_PANEL_H
#define PN_LU_PANEL_H

#include "base/team.h"
#include "comm/comm.h"
#include "comm/group.h"
#include "compute/blas.h"
#include "compute/joint_panel.h"
#include "grid/place.h"
#include "measure/result.h"

enum { PN_PANEL_HEADER = 8 }; // words before the pivots; a cache line

// The message, in this order in one piece of memory: header and pivots, L11\U11, the rows.
typedef struct pn_panel {
    pn_gidx step;
    pn_element element; // of L11 and the rows
    int nb;             // of the layout: sizes the fixed parts
    int width;          // columns
    pn_lidx row;        // first local row
    pn_lidx rows;       // local rows, those of the pivot block included where it is hosted
    pn_lidx top;        // rows of the pivot block here: width or 0
    pn_lidx ld;         // leading dimension of `a`
    int64_t *header;    // [PN_PANEL_HEADER + nb] finding, its column; then the global pivot rows
    void *l11;          // [nb x nb] column-major, leading dimension nb: L11 unit lower, U11 upper
    void *a;            // [width x ld] column-major; below `top` rows it is L21 once factored
} pn_panel;

// Bytes of memory for a panel of at most `rows` local rows; of the message of this panel; and of
// what of it the part needs: from l11 to the end.
size_t pn_panel_memory(pn_element element, int nb, pn_lidx rows);
size_t pn_panel_bytes(const pn_panel *panel);
size_t pn_panel_part_bytes(const pn_panel *panel);

// Lays the panel of `step` into `memory` (pn_panel_memory bytes, aligned to 64).
pn_panel pn_panel_at(void *memory, pn_element element, const pn_place *place, pn_gidx step);
// The same for any number of rows, without the place: row and top are left at 0.
pn_panel pn_panel_lay(void *memory, pn_element element, const pn_layout *layout, pn_gidx step,
                      pn_lidx rows);

static inline int64_t *pn_panel_pivots(const pn_panel *panel)
{
    return panel->header + PN_PANEL_HEADER;
}

pn_finding pn_panel_finding(const pn_panel *panel, pn_gidx *column);
// Sets it if there is none yet.
void pn_panel_note_finding(pn_panel *panel, pn_finding finding, pn_gidx column);

// What the factorisation works with.
typedef struct pn_panel_engine {
    pn_group column; // the processes that share the panel, in the order of their process rows
    pn_team *team;
    const pn_blas *blas;
    const pn_place *place;
    double *record; // scratch, pn_panel_record_bytes of it
    // Of a panel of FP32: scratch for products of 16 bits (lu/panel_plain.h); NULL: they are of
    // FP32.
    uint16_t *rounding;
} pn_panel_engine;

size_t pn_panel_record_bytes(int nb, int threads);

// Factors a panel of FP64 in place: `a` holds its columns (up to date) on entry. A pivot that is
// not finite, or zero, or so small that its inverse overflows, becomes the panel's finding, and the
// factorisation goes on.
void pn_panel_factor(const pn_panel_engine *engine, pn_panel *panel);

// Agrees on the pivot of a column with the other processes of the column, as pn_joint_column says
// it: panel gets its number, and what there is to say of it. One call for each column in turn, on
// all of them, whichever way they factor.
void pn_panel_agree(const pn_panel_engine *engine, pn_panel *panel, int column,
                    pn_pivot_record *record);

#endif
