// SPDX-License-Identifier: BSD-3-Clause
// What factor_setup.c takes, counted before it is taken: N is chosen so that it fits.
#include "lu/extent.h"

#include "lu/diagonal.h"
#include "lu/panel_plain.h"
#include "lu/rows.h"

pn_lidx pn_extent_u_ld(const pn_place *place)
{
    pn_lidx ld = pn_round_up(pn_max(place->columns, 1), 8);
    return ld % 256 == 0 ? ld + 8 : ld;
}

pn_lidx pn_extent_widest(const pn_lu_request *request)
{
    pn_lidx widest = 0;
    pn_op ops[PN_PLAN_STEP_LIMIT];
    for (pn_gidx step = 0; step < request->plan.layout->row_blocks; step++) {
        int count = pn_plan_step(&request->plan, request->place, step, ops);
        for (int i = 0; i < count; i++)
            if (ops[i].kind == PN_OP_ROWS_START)
                widest = pn_max(widest, ops[i].columns);
    }
    return widest;
}

bool pn_extent_u_is_apart(const pn_place *place, const pn_compute *compute)
{
    return place->layout->heights[place->column] > 1 || !compute || !compute->ops->solves_in_place;
}

size_t pn_lu_bytes(const pn_lu_request *request)
{
    const pn_place *place = request->place;
    int nb = place->layout->nb;
    pn_element element = request->matrix.element;
    size_t panel = pn_panel_memory(element, nb, place->rows);
    int copies = request->compute && request->compute->ops->panel_needs_buffer ? 2 : 1;
    if (place->hosted > 1)
        copies++;
    size_t u = (size_t)(nb * pn_extent_u_ld(place) * pn_element_bytes(element));
    size_t buffers = (size_t)pn_settings_buffers(&request->plan.settings);
    // Rounded to 16 bits as well, if multiplications take them so.
    size_t rounded = element == PN_FLOAT32 ? (buffers * panel + u) / 2 : 0;
    if (element == PN_FLOAT32)
        rounded += pn_panel_rounding_bytes(nb, request->compute ? request->compute->threads : 1);
    return buffers * (size_t)copies * panel + rounded + pn_diagonal_bytes(element, nb) +
           (pn_extent_u_is_apart(place, request->compute) ? u : 0) +
           pn_rows_bytes(element, place, pn_extent_widest(request));
}
