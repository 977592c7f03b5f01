// SPDX-License-Identifier: BSD-3-Clause
// The part of a panel that belongs to one virtual row, as a message. Process columns may differ in
// height: a process that hosts several virtual rows gets its panel in as many pieces, each from the
// process that hosts the same virtual row in the panel's own column. A piece has the form of a
// panel and carries pivots and L11 with it; where one virtual row is hosted the piece is the panel.
#ifndef PN_LU_PANEL_PIECE_H
#define PN_LU_PANEL_PIECE_H

#include "lu/panel.h"

// Lays the piece of `virtual_row` of panel `step` into `memory`; only sizes that all processes
// hosting this virtual row agree on enter.
pn_panel pn_panel_piece_at(void *memory, pn_element element, const pn_layout *layout, pn_gidx step,
                           int virtual_row);

// Copies one virtual row's part out of a factored panel, and into one that arrives.
void pn_panel_piece_cut(pn_panel *piece, const pn_panel *panel, const pn_place *place,
                        int virtual_row);
void pn_panel_piece_join(pn_panel *panel, const pn_panel *piece, const pn_place *place,
                         int virtual_row);

#endif
