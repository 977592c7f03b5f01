// SPDX-License-Identifier: BSD-3-Clause
#include "lu/device_panel.h"

#include "base/clock.h"
#include "lu/await.h"

#include <string.h>

enum { BAD = PN_PANEL_HEADER - 2 }; // words of the header that are free for the part's answer

bool pn_device_panel_is_possible(const pn_compute *compute, const pn_place *place)
{
    return compute->ops->factor_panel && place->layout->heights[place->column] == 1;
}

static void *image_of_a(const pn_device_panel *r)
{
    return (char *)r->part + ((char *)r->panel->a - (char *)r->panel->l11);
}

void pn_device_panel_update(const pn_device_panel *r, const pn_update *task)
{
    r->compute->ops->update_panel_here(r->compute, task, image_of_a(r), r->panel->ld);
}

static void factor(const pn_device_panel *r, bool travels)
{
    pn_panel *panel = r->panel;
    memset(panel->header, 0, PN_PANEL_HEADER * sizeof *panel->header);
    pn_panel_task task = {.a = image_of_a(r),
                          .ld = panel->ld,
                          .rows = panel->rows,
                          .width = panel->width,
                          .l11 = r->part,
                          .ld_l11 = panel->nb,
                          .pivots = pn_panel_pivots(panel),
                          .bad = panel->header + BAD,
                          .host_l11 = panel->l11,
                          .host_a = travels ? panel->a : NULL};
    pn_await(r->comm, r->compute, r->compute->ops->factor_panel(r->compute, &task));
}

void pn_device_panel_factor(const pn_device_panel *r)
{
    pn_panel *panel = r->panel;
    factor(r, r->is_kept || (r->place->layout->columns > 1 && !r->gpu_aware));
    int64_t kind = panel->header[BAD], column = panel->header[BAD + 1];
    if (kind != 0)
        pn_panel_note_finding(panel, kind == 1 ? PN_FINDING_SINGULAR : PN_FINDING_NOT_FINITE,
                              panel->step * panel->nb + column);
    panel->header[BAD] = panel->header[BAD + 1] = 0;
    for (int i = 0; i < panel->width; i++)
        pn_panel_pivots(panel)[i] =
            pn_place_global_row(r->place, panel->row + pn_panel_pivots(panel)[i]);
}

static void fill(const pn_panel *panel)
{
    uint32_t seed = 1;
    double *a = panel->a;
    for (pn_lidx i = 0; i < panel->width * panel->ld; i++) {
        seed = seed * 1664525u + 1013904223u;
        a[i] = (double)seed * 0x1p-32 - 0.5;
    }
}

// The panel from the host to its image; returns the seconds it took.
static double upload(const pn_device_panel *r)
{
    const pn_panel *panel = r->panel;
    size_t bytes = pn_panel_part_bytes(panel);
    double begin = pn_clock();
    r->compute->ops->panel(r->compute, panel->l11, bytes, r->part);
    r->compute->ops->wait(r->compute, PN_TICKET_ALL);
    return pn_clock() - begin;
}

// Seconds of the panel on the part and on the host, transfers included.
static void time_both(const pn_device_panel *r, const pn_panel_engine *host, double seconds[2])
{
    enum { TIMES = 2 }; // the first one also warms up
    for (int i = 0; i < TIMES; i++) {
        fill(r->panel);
        double transfer = upload(r), begin = pn_clock();
        factor(r, r->place->layout->columns > 1 && !r->gpu_aware);
        seconds[0] = pn_clock() - begin;
        fill(r->panel);
        begin = pn_clock();
        pn_panel_factor(host, r->panel);
        seconds[1] = pn_clock() - begin + 2 * transfer;
    }
}

// Through two points; a shorter panel is never the slower one.
static pn_panel_line line_through(const pn_lidx rows[2], double tall, double low)
{
    double per_row = 0;
    if (rows[0] > rows[1] && tall > low)
        per_row = (tall - low) / (double)(rows[0] - rows[1]);
    double fixed = tall - per_row * (double)rows[0];
    return (pn_panel_line){fixed > 0 ? fixed : 0, fixed > 0 ? per_row : tall / (double)rows[0]};
}

pn_panel_costs pn_device_panel_costs(const pn_device_panel *r, const pn_panel_engine *host)
{
    pn_panel tall = *r->panel;
    double seconds[2][2];
    pn_lidx rows[2] = {tall.rows, pn_max(tall.width, tall.rows / 4)};
    for (int i = 0; i < 2; i++) {
        r->panel->rows = rows[i];
        time_both(r, host, seconds[i]);
    }
    *r->panel = tall;
    const pn_compute *part = r->compute;
    return (pn_panel_costs){.device = line_through(rows, seconds[0][0], seconds[1][0]),
                            .host = line_through(rows, seconds[0][1], seconds[1][1]),
                            .rate = part->multiply_seconds > 0
                                        ? part->multiply_operations / part->multiply_seconds
                                        : 0};
}
