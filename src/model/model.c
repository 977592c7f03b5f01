// SPDX-License-Identifier: BSD-3-Clause
// Walking the plan. Every process column has three clocks: its host (the list's own order), its
// multiplier (runs in the background) and its link (exchanges of rows). Panels leave beside these:
// messages of rows are small, get their share of the link at once and hold the panel up.
#include "model/model.h"

#include "base/assertion.h"
#include "base/element.h"
#include "grid/ring.h"
#include "model/price.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct column_state {
    double host, multiplier, link;
    double sending; // until when a panel leaves it
    double delay;   // by which messages of rows held that up
    double rows_done[PN_SLICES];
    double free;    // when the buffer of the next panel is
    double arrival; // of the next panel
    double relay;   // seconds to pass it on; 0: it is not passed on
    pn_gidx left;   // block columns not yet behind the panel
} column_state;

// A panel on its way along the ring: where it has got to.
typedef struct travel {
    int owner;
    double bytes, own, segments; // own: seconds that its owner needs to send it once
    double start;                // of the owner's sending
    double first, last;          // when its first and its last segment were at `distance`
} travel;

typedef struct walker {
    const pn_model *model;
    pn_plan plan;
    pn_price_cache cache;
    column_state *columns;
    double *sent;         // [buffers * columns] when the panel of a buffer had left the column
    pn_class_time *times; // [classes]
    travel panel;
    int *ring;    // [columns] by which it goes, the owner first
    int distance; // place in the ring of the column that is looked at
    double scale; // steps that one priced step stands for
} walker;

static const pn_link *link_between(const pn_model *model, int from, int to)
{
    int class = model->classes.of_column[from], other = model->classes.of_column[to];
    return class == other || !model->classes.between
               ? &model->classes.cost[class].row
               : &model->classes.between[class * model->classes.count + other];
}

// The host does something for `seconds`; a share of the multiplier does it with it.
static void occupy(column_state *c, double seconds, double share)
{
    c->host += seconds;
    c->multiplier += seconds * share;
}

// Whoever copies messages itself is busy with them, with one of its threads.
static double copying(const pn_process_cost *process)
{
    return process->threads > 0 ? process->link / process->threads : 0;
}

// The owner serves the column behind it, then the ring that begins two columns on.
static void send_panel(walker *walk, int owner, double bytes)
{
    const pn_model *model = walk->model;
    const pn_class_cost *cost = pn_model_cost(model, owner);
    int columns = model->layout->columns;
    column_state *from = &walk->columns[owner];
    double start = fmax(from->host, fmax(from->link, from->sending));
    double own = bytes * cost->row.per_byte;
    double segment = (double)pn_settings_segment(&model->settings);
    walk->panel = (travel){.owner = owner,
                           .bytes = bytes,
                           .own = own,
                           .segments = ceil(bytes / segment),
                           .start = start};
    from->sending = start + (columns > 2 ? 2.0 : columns > 1 ? 1.0 : 0.0) * own * walk->scale;
    from->delay = 0;
    from->arrival = from->host;
    from->relay = 0;
    double share = copying(&cost->process);
    if (columns > 1 && share > 0) // it copies before it goes on
        occupy(from, own * walk->scale, share);
}

// When the panel is at a column two or more places on: one segment follows the other from column to
// column.
static double pass_round(travel *panel, int distance, double free, double hop, double transfer)
{
    double piece = transfer / panel->segments;
    double first = distance == 2 ? panel->start + panel->own : panel->first;
    panel->first = fmax(first, free) + hop + piece;
    double last = panel->first + transfer - piece;
    panel->last = distance == 2 ? last : fmax(last, panel->last + hop + piece);
    return panel->last;
}

// Column j, next round the ring, is ready to receive and gets the panel from the one before it. To
// the column behind the owner it comes in one go, but shares the owner's link with as much of what
// goes to the ring as fits the window beside it. A step that stands for several has so many panels
// one after the other, but they are late by the way round the ring only once.
static void receive_panel(walker *walk, int j, double bytes)
{
    const pn_model *model = walk->model;
    int columns = model->layout->columns;
    travel *panel = &walk->panel;
    column_state *c = &walk->columns[j];
    int distance = walk->distance;
    int before = distance < 3 ? panel->owner : walk->ring[distance - 1];
    const pn_link *link = link_between(model, before, j);
    double hop = link->latency + walk->columns[before].delay, free = c->host;
    double transfer = fmax(panel->own, bytes * link->per_byte);
    double window = pn_plan_rules(&walk->plan)->window;
    if (distance == 1 && columns > 2)
        transfer = fmax(transfer, panel->own * fmin(2, fmax(1, window / panel->segments)));
    c->arrival = distance == 1 ? fmax(panel->start, free) + hop + transfer
                               : pass_round(panel, distance, free, hop, transfer);
    c->arrival += (walk->scale - 1) * (hop + transfer);
    c->relay = 0;
    if (distance > 1 && distance < columns - 1) {
        int next = walk->ring[distance + 1];
        c->relay = bytes * link_between(model, j, next)->per_byte * walk->scale;
    }
}

static void hold_up(const walker *walk, column_state *c, double seconds)
{
    if (c->sending > c->host) {
        c->sending += seconds;
        c->delay += seconds / walk->scale;
    }
}

static void start_rows(walker *walk, int j, const pn_price *price, double seconds)
{
    const pn_model *model = walk->model;
    column_state *c = &walk->columns[j];
    double share = copying(&pn_model_cost(model, j)->process);
    if (share > 0) {
        occupy(c, seconds, share);
        c->rows_done[price->slice] = c->host;
    } else {
        c->link = c->rows_done[price->slice] = fmax(c->host, c->link) + seconds;
        hold_up(walk, c, seconds);
    }
}

static void finish_rows(walker *walk, int j, const pn_price *price, double seconds)
{
    const pn_model *model = walk->model;
    column_state *c = &walk->columns[j];
    double share = copying(&pn_model_cost(model, j)->process);
    double allgather = price->allgather * walk->scale;
    c->host = fmax(c->host, c->rows_done[price->slice]);
    occupy(c, seconds, price->busy);
    if (share > 0) {
        occupy(c, allgather, share);
    } else if (allgather > 0) {
        double shared = fmin(allgather, fmax(0, c->sending - c->host)); // half the link for each
        hold_up(walk, c, shared);
        c->host = c->link = fmax(c->host, c->link) + allgather + shared;
    }
}

// The panel is there, or is fetched now; then it is passed on to the next column.
static void take_panel(walker *walk, int j, const pn_price *price)
{
    const pn_model *model = walk->model;
    const pn_class_cost *cost = pn_model_cost(model, j);
    column_state *c = &walk->columns[j];
    double transfer = price->owner ? 0 : price->bytes * cost->row.per_byte * walk->scale;
    double share = copying(&cost->process);
    if (share > 0) {
        c->host = fmax(c->host, c->arrival - transfer);
        occupy(c, transfer + c->relay, share);
    } else {
        c->host = fmax(c->host, c->arrival);
    }
    if (!price->owner) {
        c->delay = 0;
        if (c->relay > 0)
            c->sending = fmax(c->sending, c->arrival) + c->relay;
    }
}

static void perform(walker *walk, int j, const pn_price_list *list, int item)
{
    const pn_model *model = walk->model;
    column_state *c = &walk->columns[j];
    pn_class_time *time = &walk->times[model->classes.of_column[j]];
    const pn_price *price = &list->price[item];
    double seconds = price->seconds * walk->scale, begin = c->host;
    if (price->kind == PN_OP_FACTOR || price->kind == PN_OP_BROADCAST_START)
        c->host = fmax(c->host, c->free); // until the buffer is, nothing else is done
    switch (price->kind) {
    case PN_OP_ROWS_START:
        start_rows(walk, j, price, seconds);
        time->rows += c->host - begin;
        break;
    case PN_OP_ROWS_FINISH:
        finish_rows(walk, j, price, seconds);
        time->rows += c->host - begin;
        break;
    case PN_OP_LOAD:
    case PN_OP_STORE:
    case PN_OP_UPDATE_PANEL:
    case PN_OP_FACTOR:
        occupy(c, seconds, price->busy);
        time->panel += seconds;
        break;
    case PN_OP_MULTIPLY_START:
        c->multiplier = fmax(c->multiplier, c->host) + seconds;
        time->multiply += seconds;
        break;
    case PN_OP_MULTIPLY_FINISH:
        c->host = fmax(c->host, c->multiplier);
        break;
    case PN_OP_BROADCAST_START:
        if (price->owner)
            send_panel(walk, j, price->bytes);
        else
            receive_panel(walk, j, price->bytes);
        break;
    case PN_OP_BROADCAST_FINISH:
        take_panel(walk, j, price);
        time->wait += c->host - begin;
        break;
    case PN_OP_KINDS:
        break;
    }
}

static void perform_all(walker *walk, int j, const pn_price_list *list)
{
    for (int item = 0; item < list->count; item++)
        perform(walk, j, list, item);
}

static pn_status step_of_column(walker *walk, pn_gidx step, int j)
{
    const pn_price_list *list;
    pn_status status =
        pn_price_step(&walk->cache, &walk->plan, step, j, walk->columns[j].left, &list);
    if (status == PN_OK)
        perform_all(walk, j, list);
    return status;
}

// -1: there is no such panel.
static int owner_of(const pn_layout *layout, pn_gidx panel)
{
    return panel < layout->row_blocks ? layout->owner[panel] : -1;
}

// The owner of the next panel goes first, then the others as the panel reaches them.
static pn_status walk_step(walker *walk, pn_gidx step, pn_gidx count)
{
    const pn_layout *layout = walk->model->layout;
    int columns = layout->columns;
    double *oldest = walk->sent + count % pn_settings_buffers(&walk->model->settings) * columns;
    pn_status status = PN_OK;
    pn_price_begin(&walk->cache);
    int owner = (int)pn_max(owner_of(layout, step + 1), 0);
    pn_layout_ring(layout, owner, owner_of(layout, step + 2), walk->ring);
    for (walk->distance = 0; walk->distance < columns; walk->distance++) {
        int j = walk->ring[walk->distance];
        walk->columns[j].free = oldest[j];
        PN_TRY(step_of_column(walk, step, j));
    }
    for (int j = 0; j < columns; j++)
        oldest[j] = walk->columns[j].sending;
fail:
    return status;
}

// Block columns behind the panels of the next steps are no longer in the trailing matrix.
static void advance(walker *walk, pn_gidx from, pn_gidx to)
{
    const pn_layout *layout = walk->model->layout;
    for (pn_gidx b = from; b < to && b < layout->column_blocks; b++)
        walk->columns[layout->owner[b]].left--;
}

static pn_status walk_prologue(walker *walk)
{
    const pn_layout *layout = walk->model->layout;
    const pn_price_list *list;
    pn_status status;
    int owner = layout->owner[0];
    PN_TRY(pn_price_prologue(&walk->cache, &walk->plan, owner, &list));
    perform_all(walk, owner, list);
    pn_layout_ring(layout, owner, owner_of(layout, 1), walk->ring);
    for (walk->distance = 1; walk->distance < layout->columns; walk->distance++) {
        int j = walk->ring[walk->distance];
        receive_panel(walk, j, walk->panel.bytes);
        walk->columns[j].host = walk->columns[j].arrival;
    }
fail:
    return status;
}

static pn_status walk_steps(walker *walk)
{
    const pn_layout *layout = walk->model->layout;
    int steps = walk->model->steps;
    pn_gidx least = pn_ceil_div(layout->row_blocks * layout->columns, PN_MODEL_COLUMN_STEPS);
    pn_gidx stride = pn_max(least, steps > 0 ? layout->row_blocks / steps : 1);
    pn_status status;
    walk->scale = 1;
    PN_TRY(walk_prologue(walk));
    pn_gidx count = 0;
    for (pn_gidx step = 0; step < layout->row_blocks; count++) {
        pn_gidx next = pn_min(step + stride, layout->row_blocks);
        walk->scale = (double)(next - step);
        advance(walk, step, step + 1); // the panel itself
        PN_TRY(walk_step(walk, step, count));
        advance(walk, step + 1, next);
        step = next;
    }
fail:
    return status;
}

// Solving with the upper triangle: for every block column one product down the column and one
// message on to the next. The matrix is read once, and columns read theirs beside each other.
static double back_substitution(const pn_model *model)
{
    const pn_layout *layout = model->layout;
    double seconds = 0, reading = 0, entry = (double)pn_element_bytes(PN_FLOAT64);
    for (int j = 0; j < layout->columns; j++) {
        const pn_class_cost *cost = pn_model_cost(model, j);
        double owned = (double)layout->owned[j];
        double block = entry * layout->nb * (double)layout->nb;
        double hop = 2 * cost->row.latency + entry * layout->nb * cost->row.per_byte;
        double above = 4.0 * layout->nb * (double)layout->n / layout->heights[j];
        seconds += owned * (hop + block * cost->process.move);
        reading = fmax(reading, owned * above * cost->process.read);
    }
    return seconds + reading;
}

static void sum_up(walker *walk, pn_forecast *forecast)
{
    const pn_model *model = walk->model;
    int *columns = walk->cache.columns_of_class;
    forecast->back = back_substitution(model);
    forecast->seconds = 0;
    for (int j = 0; j < model->layout->columns; j++) {
        pn_class_time *time = &walk->times[model->classes.of_column[j]];
        time->end = fmax(time->end, walk->columns[j].host);
        forecast->seconds = fmax(forecast->seconds, walk->columns[j].host);
    }
    forecast->seconds += forecast->back;
    for (int p = 0; p < model->classes.count; p++) {
        double share = columns[p] > 0 ? 1.0 / columns[p] : 0;
        walk->times[p].multiply *= share;
        walk->times[p].panel *= share;
        walk->times[p].rows *= share;
        walk->times[p].wait *= share;
    }
}

pn_status pn_model_run(const pn_model *model, pn_forecast *forecast, pn_class_time *of_class)
{
    const pn_layout *layout = model->layout;
    walker walk = {.model = model,
                   .plan = {.layout = layout,
                            .settings = model->settings,
                            .rules = model->rules,
                            .keeps_l = model->settings.element != PN_FLOAT64},
                   .times = of_class};
    pn_status status;
    memset(of_class, 0, (size_t)model->classes.count * sizeof *of_class);
    PN_TRY(pn_price_open(&walk.cache, model));
    walk.columns = calloc((size_t)layout->columns, sizeof *walk.columns);
    walk.sent = calloc((size_t)layout->columns * (size_t)pn_settings_buffers(&model->settings),
                       sizeof *walk.sent);
    walk.ring = calloc((size_t)layout->columns, sizeof *walk.ring);
    if (!walk.columns || !walk.sent || !walk.ring) {
        status = pn_fail(PN_ERROR_MEMORY, "There is no memory to model %d process columns.",
                         layout->columns);
        goto fail;
    }
    for (int j = 0; j < layout->columns; j++)
        walk.columns[j].left = layout->owned[j];
    PN_TRY(walk_steps(&walk));
    sum_up(&walk, forecast);
    pn_assert(isfinite(forecast->seconds) && forecast->seconds > 0,
              "a run takes some time, and ends");
fail:
    pn_price_close(&walk.cache);
    free(walk.columns);
    free(walk.sent);
    free(walk.ring);
    return status;
}
