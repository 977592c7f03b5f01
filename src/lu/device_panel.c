// SPDX-License-Identifier: BSD-3-Clause
// The image of a panel in the part's memory begins with L11 and ends with its rows, as the message
// does from there on, so that it can be sent as it is. The costs of both sides are measured on two
// heights of a panel; the line through them tells all others.
#include "lu/device_panel.h"

#include "base/clock.h"
#include "base/lcg.h"
#include "lu/await.h"
#include "lu/panel_plain.h"

#include <string.h>

enum { BAD = PN_PANEL_HEADER - 2 }; // words of the header that are free for the part's answer

bool pn_device_panel_is_possible(const pn_compute *compute, const pn_place *place,
                                 pn_element element)
{
    bool alone = place->layout->heights[place->column] == 1;
    if (element == PN_FLOAT32)
        return alone && compute->ops->factor_plain;
    return compute->ops->factor_panel && (alone || compute->ops->factors_jointly);
}

static void *image_of_a(const pn_device_panel *r)
{
    return (char *)r->part + ((char *)r->panel->a - (char *)r->panel->l11);
}

void pn_device_panel_update(const pn_device_panel *r, const pn_update *task)
{
    r->compute->ops->update_panel_here(r->compute, task, image_of_a(r), r->panel->ld);
}

typedef struct talk {
    const pn_device_panel *device_panel;
    long spins;
} talk;

static void agree(void *context, int column, pn_pivot_record *record)
{
    talk *t = context;
    pn_panel_agree(t->device_panel->engine, t->device_panel->panel, column, record);
    t->spins = 0;
}

// As pn_await does it.
static void pause_for_part(void *context)
{
    talk *t = context;
    pn_comm *comm = t->device_panel->comm;
    bool (*idle)(void *) = comm->idle;
    comm->idle = NULL;
    comm->awaited = -1;
    pn_comm_pause(comm, &t->spins);
    comm->idle = idle;
}

static bool is_joint(const pn_device_panel *r)
{
    return r->place->layout->heights[r->place->column] > 1;
}

static void note_fault(pn_panel *panel, const int64_t bad[2])
{
    pn_finding finding = bad[0] == PN_PLAIN_SINGULAR     ? PN_FINDING_SINGULAR
                         : bad[0] == PN_PLAIN_NOT_FINITE ? PN_FINDING_NOT_FINITE
                                                         : PN_FINDING_GROWTH;
    if (bad[0] != 0)
        pn_panel_note_finding(panel, finding, panel->step * panel->nb + bad[1]);
}

// Of FP32: no row moves.
static void factor_plain(const pn_device_panel *r, bool travels)
{
    pn_panel *panel = r->panel;
    memset(panel->header, 0, PN_PANEL_HEADER * sizeof *panel->header);
    for (int i = 0; i < panel->width; i++)
        pn_panel_pivots(panel)[i] = panel->step * panel->nb + i;
    int64_t *bad = panel->header + BAD;
    pn_plain_panel task = {.a = image_of_a(r),
                           .ld = panel->ld,
                           .rows = panel->rows,
                           .width = panel->width,
                           .l11 = r->part,
                           .ld_l11 = panel->nb,
                           .bad = bad,
                           .host_l11 = panel->l11,
                           .host_a = travels ? panel->a : NULL};
    pn_await(r->comm, r->compute, r->compute->ops->factor_plain(r->compute, &task));
    note_fault(panel, bad);
    bad[0] = bad[1] = 0;
}

static void factor(const pn_device_panel *r, bool travels)
{
    pn_panel *panel = r->panel;
    if (panel->element == PN_FLOAT32) {
        factor_plain(r, travels);
        return;
    }
    talk t = {.device_panel = r};
    pn_joint_column column = {
        .has_top = panel->top > 0, .agree = agree, .pause = pause_for_part, .context = &t};
    memset(panel->header, 0, PN_PANEL_HEADER * sizeof *panel->header);
    pn_panel_task task = {.a = image_of_a(r),
                          .ld = panel->ld,
                          .rows = panel->rows,
                          .width = panel->width,
                          .l11 = r->part,
                          .ld_l11 = panel->nb,
                          .column = is_joint(r) ? &column : NULL,
                          .pivots = pn_panel_pivots(panel),
                          .bad = panel->header + BAD,
                          .host_l11 = panel->l11,
                          .host_a = travels ? panel->a : NULL};
    pn_await(r->comm, r->compute, r->compute->ops->factor_panel(r->compute, &task));
}

// The part's own words, as the host's panel has them.
static void translate(pn_panel *panel, const pn_place *place)
{
    int64_t kind = panel->header[BAD], column = panel->header[BAD + 1];
    if (kind != 0)
        pn_panel_note_finding(panel, kind == 1 ? PN_FINDING_SINGULAR : PN_FINDING_NOT_FINITE,
                              panel->step * panel->nb + column);
    panel->header[BAD] = panel->header[BAD + 1] = 0;
    for (int i = 0; i < panel->width; i++)
        pn_panel_pivots(panel)[i] =
            pn_place_global_row(place, panel->row + pn_panel_pivots(panel)[i]);
}

void pn_device_panel_factor(const pn_device_panel *r)
{
    bool is_plain = r->panel->element == PN_FLOAT32; // L is kept from where the part has it
    factor(r, (r->is_kept && !is_plain) || (r->place->layout->columns > 1 && !r->gpu_aware));
    if (!is_joint(r) && !is_plain)
        translate(r->panel, r->place);
}

// Numbers of no meaning, below a half in magnitude.
static void fill(const pn_panel *panel)
{
    float *a = panel->a;
    for (pn_lidx j = 0; panel->element == PN_FLOAT32 && j < panel->width; j++)
        for (pn_lidx i = 0; i < panel->ld; i++)
            a[j * panel->ld + i] = i == j ? (float)panel->width : 0.25F;
    if (panel->element == PN_FLOAT32)
        return;
    pn_lcg_series(panel->a, panel->width * panel->ld, 1, pn_lcg_jump_by(1));
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
static void time_both(const pn_device_panel *r, double seconds[2])
{
    enum { TIMES = 2 }; // the first one also warms up
    for (int i = 0; i < TIMES; i++) {
        fill(r->panel);
        double transfer = upload(r), begin = pn_clock();
        factor(r, r->place->layout->columns > 1 && !r->gpu_aware);
        seconds[0] = pn_clock() - begin;
        fill(r->panel);
        begin = pn_clock();
        if (r->panel->element == PN_FLOAT32)
            pn_panel_factor_plain(r->engine, r->panel);
        else
            pn_panel_factor(r->engine, r->panel);
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

// A panel of this process alone, whose pivot block is here.
static void time_alone(const pn_device_panel *r, pn_lidx rows, double seconds[2])
{
    pn_panel panel = *r->panel;
    pn_panel_engine engine = *r->engine;
    pn_device_panel alone = *r;
    panel.rows = rows;
    panel.top = panel.width;
    engine.column.size = 1;
    alone.panel = &panel;
    alone.engine = &engine;
    time_both(&alone, seconds);
}

pn_panel_costs pn_device_panel_costs(const pn_device_panel *r)
{
    double seconds[2][2];
    pn_lidx rows[2] = {r->panel->rows, pn_max(r->panel->width, r->panel->rows / 4)};
    if (rows[0] < r->panel->width)
        return (pn_panel_costs){.rate = 0};
    for (int i = 0; i < 2; i++)
        time_alone(r, rows[i], seconds[i]);
    const pn_compute *part = r->compute;
    return (pn_panel_costs){.device = line_through(rows, seconds[0][0], seconds[1][0]),
                            .host = line_through(rows, seconds[0][1], seconds[1][1]),
                            .rate = part->multiply_seconds > 0
                                        ? part->multiply_operations / part->multiply_seconds
                                        : 0};
}
