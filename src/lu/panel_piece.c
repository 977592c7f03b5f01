// SPDX-License-Identifier: BSD-3-Clause
// A panel buffer of a process that hosts several virtual rows holds their block rows interleaved,
// and each virtual row has a broadcast of its own: what one sends or receives is cut out of the
// panel, block by block, or joined into it again. The head (finding, pivots, L11 and U11) travels
// with each.
#include "lu/panel_piece.h"

#include <string.h>

// First block row of a virtual row at or after `step`.
static pn_gidx first_block(const pn_layout *layout, pn_gidx step, int virtual_row)
{
    int period = layout->virtual_rows;
    return step + (virtual_row - (int)(step % period) + period) % period;
}

static int block_rows(const pn_layout *layout, pn_gidx block)
{
    return (int)pn_min(layout->nb, layout->n - block * layout->nb);
}

static pn_lidx piece_rows(const pn_layout *layout, pn_gidx step, int virtual_row)
{
    pn_gidx first = first_block(layout, step, virtual_row);
    if (first >= layout->row_blocks)
        return 0;
    pn_gidx blocks = (layout->row_blocks - 1 - first) / layout->virtual_rows + 1;
    pn_gidx last = first + (blocks - 1) * layout->virtual_rows;
    return (blocks - 1) * layout->nb + block_rows(layout, last);
}

pn_panel pn_panel_piece_at(void *memory, pn_element element, const pn_layout *layout, pn_gidx step,
                           int virtual_row)
{
    return pn_panel_lay(memory, element, layout, step, piece_rows(layout, step, virtual_row));
}

// `rows` rows from one panel, row `from_row` on, to the other.
static void copy_rows(const pn_panel *to, pn_lidx to_row, const pn_panel *from, pn_lidx from_row,
                      int rows)
{
    pn_element element = to->element;
    for (int j = 0; j < to->width; j++)
        memcpy(pn_element_at(to->a, element, j * to->ld + to_row),
               pn_element_at(from->a, element, j * from->ld + from_row),
               (size_t)(rows * pn_element_bytes(element)));
}

// Walks over the blocks of the virtual row; `cut`: from the panel to the piece, else back.
static void copy_blocks(const pn_panel *panel, const pn_panel *piece, const pn_place *place,
                        int virtual_row, bool cut)
{
    const pn_layout *layout = place->layout;
    pn_lidx at = 0;
    for (pn_gidx block = first_block(layout, panel->step, virtual_row); block < layout->row_blocks;
         block += layout->virtual_rows) {
        pn_lidx row = pn_place_rows_before(place, block * layout->nb) - panel->row;
        int rows = block_rows(layout, block);
        if (cut)
            copy_rows(piece, at, panel, row, rows);
        else
            copy_rows(panel, row, piece, at, rows);
        at += rows;
    }
}

static void copy_head(const pn_panel *to, const pn_panel *from)
{
    memcpy(to->header, from->header, (size_t)((char *)from->a - (char *)from->header));
}

void pn_panel_piece_cut(pn_panel *piece, const pn_panel *panel, const pn_place *place,
                        int virtual_row)
{
    copy_head(piece, panel);
    copy_blocks(panel, piece, place, virtual_row, true);
}

void pn_panel_piece_join(pn_panel *panel, const pn_panel *piece, const pn_place *place,
                         int virtual_row)
{
    copy_head(panel, piece);
    copy_blocks(panel, piece, place, virtual_row, false);
}
