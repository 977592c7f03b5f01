// SPDX-License-Identifier: BSD-3-Clause
// Walking the plan. Every process column has three clocks: its host (the list's own order), its
// multiplier (runs in the background) and its link (exchanges of rows, panels passed on).
#include "predict/model.h"

#include "predict/price.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct column_state {
    double host, multiplier, link;
    double rows_done[PN_SLICES];
    double arrival; // of the next panel
    double fed;     // by when the link from another part has brought the last one
    pn_gidx left;   // block columns not yet behind the panel
} column_state;

typedef struct walker {
    const pn_model *model;
    pn_plan plan;
    pn_price_cache cache;
    column_state *columns;
    double *done; // [buffers * columns] when each of the last steps ended
    pn_part_forecast *parts;
    double scale; // steps that one priced step stands for
} walker;

double pn_model_slowest(double variation, double count)
{
    return 1.0 + variation * sqrt(2.0 * log(fmax(count, 1.0)));
}

static const pn_link *link_between(const pn_model *model, int from, int to)
{
    int part = model->part_of[from], other = model->part_of[to];
    return part == other || !model->between ? &model->part[part].row
                                            : &model->between[part * model->parts + other];
}

// The host does something for `seconds`; a share of the multiplier does it with it.
static void occupy(column_state *c, double seconds, double share)
{
    c->host += seconds;
    c->multiplier += seconds * share;
}

// Whoever copies messages itself is busy with them, with one of its threads.
static double copying(const pn_engine *engine)
{
    return engine->threads > 0 ? engine->link / engine->threads : 0;
}

// The panel reaches the next owner first and goes round the ring from there, in pieces: a column
// d places on has it one transfer and d latencies later. Slow links come last and relay nothing.
static void send_panel(walker *walk, int owner, double bytes)
{
    const pn_model *model = walk->model;
    int columns = model->layout->columns;
    column_state *from = &walk->columns[owner];
    double own = bytes * model->part[model->part_of[owner]].row.second;
    double start = fmax(from->host, from->link);
    from->link = start + (columns > 2 ? 2.0 : columns > 1 ? 1.0 : 0.0) * own * walk->scale;
    from->arrival = from->host;
    double share = copying(&model->part[model->part_of[owner]].engine);
    if (columns > 1 && share > 0) // it copies before it goes on
        occupy(from, own * walk->scale, share);
    for (int j = 0; j < columns; j++) {
        if (j == owner)
            continue;
        int distance = (j - owner + columns) % columns;
        const pn_link *link = link_between(model, owner, j);
        double transfer = fmax(own, bytes * link->second);
        double hops = distance == 1 ? 0.0 : own, begin = start;
        if (model->part_of[j] != model->part_of[owner]) { // one panel after the other
            begin = fmax(begin, walk->columns[j].fed);
            walk->columns[j].fed = begin + transfer * walk->scale;
        }
        walk->columns[j].arrival =
            begin + (transfer + hops + distance * link->latency) * walk->scale;
    }
}

static void start_rows(walker *walk, int j, const pn_price *price, double seconds)
{
    const pn_model *model = walk->model;
    column_state *c = &walk->columns[j];
    double share = copying(&model->part[model->part_of[j]].engine);
    if (share > 0) {
        occupy(c, seconds, share);
        c->rows_done[price->slice] = c->host;
    } else {
        c->link = c->rows_done[price->slice] = fmax(c->host, c->link) + seconds;
    }
}

// The panel is there, or is fetched now; then it is passed on to the next column.
static void take_panel(walker *walk, int j, const pn_price *price)
{
    const pn_model *model = walk->model;
    const pn_part_model *part = &model->part[model->part_of[j]];
    column_state *c = &walk->columns[j];
    double transfer = price->owner ? 0 : price->bytes * part->row.second * walk->scale;
    double share = copying(&part->engine);
    if (share > 0) {
        c->host = fmax(c->host, c->arrival - transfer);
        occupy(c, transfer, share);
    } else {
        c->host = fmax(c->host, c->arrival);
        if (!price->owner && model->layout->columns > 2) // of two, none passes it on
            c->link = fmax(c->link, c->arrival) + transfer;
    }
}

static void perform(walker *walk, int j, const pn_price_list *list, int item)
{
    const pn_model *model = walk->model;
    column_state *c = &walk->columns[j];
    pn_part_forecast *part = &walk->parts[model->part_of[j]];
    const pn_price *price = &list->price[item];
    double seconds = price->seconds * walk->scale, begin = c->host;
    switch (price->kind) {
    case PN_OP_ROWS_START:
        start_rows(walk, j, price, seconds);
        part->rows += c->host - begin;
        break;
    case PN_OP_ROWS_FINISH:
        c->host = fmax(c->host, c->rows_done[price->slice]);
        occupy(c, seconds, price->busy);
        part->rows += c->host - begin;
        break;
    case PN_OP_LOAD:
    case PN_OP_UPDATE_STRIP:
    case PN_OP_FACTOR:
        occupy(c, seconds, price->busy);
        part->panel += seconds;
        break;
    case PN_OP_MULTIPLY_START:
        c->multiplier = fmax(c->multiplier, c->host) + seconds;
        part->multiply += seconds;
        break;
    case PN_OP_MULTIPLY_FINISH:
        c->host = fmax(c->host, c->multiplier);
        break;
    case PN_OP_BROADCAST_START:
        if (price->owner)
            send_panel(walk, j, price->bytes);
        break;
    case PN_OP_BROADCAST_FINISH:
        take_panel(walk, j, price);
        part->wait += c->host - begin;
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

// The owner of the next panel goes first: all others wait for what it sends in this very step.
static pn_status walk_step(walker *walk, pn_gidx step, pn_gidx count)
{
    const pn_layout *layout = walk->model->layout;
    int columns = layout->columns;
    double *oldest = walk->done + count % walk->model->buffers * columns;
    pn_status status = PN_OK;
    int owner = step + 1 < layout->row_blocks ? layout->owner[step + 1] : -1;
    pn_price_begin(&walk->cache);
    if (owner >= 0)
        PN_TRY(step_of_column(walk, step, owner));
    for (int j = 0; j < columns; j++) {
        if (j == owner)
            continue;
        walk->columns[j].arrival = fmax(walk->columns[j].arrival, oldest[j]); // a free buffer
        PN_TRY(step_of_column(walk, step, j));
    }
    for (int j = 0; j < columns; j++)
        oldest[j] = walk->columns[j].host;
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
    for (int j = 0; j < layout->columns; j++)
        if (j != owner)
            walk->columns[j].host = fmax(walk->columns[j].host, walk->columns[j].arrival);
fail:
    return status;
}

static pn_status walk_steps(walker *walk)
{
    const pn_layout *layout = walk->model->layout;
    pn_status status;
    walk->scale = 1;
    PN_TRY(walk_prologue(walk));
    pn_gidx count = 0;
    for (pn_gidx step = 0; step < layout->row_blocks; count++) {
        pn_gidx next = pn_min(step + walk->model->stride, layout->row_blocks);
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
// message on to the next; the matrix is read once.
static double back_substitution(const pn_model *model)
{
    const pn_layout *layout = model->layout;
    double seconds = 0;
    for (int j = 0; j < layout->columns; j++) {
        const pn_part_model *part = &model->part[model->part_of[j]];
        double block = 8.0 * layout->nb * (double)layout->nb;
        double hop = 2 * part->row.latency + 8.0 * layout->nb * part->row.second;
        double above = 4.0 * layout->nb * (double)layout->n / layout->heights[j];
        seconds += (double)layout->owned[j] *
                   (hop + block * part->engine.move + above * part->engine.read);
    }
    return seconds;
}

static void sum_up(walker *walk, pn_forecast *forecast)
{
    const pn_model *model = walk->model;
    int *columns = walk->cache.columns_of_part;
    forecast->back = back_substitution(model);
    forecast->seconds = 0;
    for (int j = 0; j < model->layout->columns; j++) {
        pn_part_forecast *part = &walk->parts[model->part_of[j]];
        part->end = fmax(part->end, walk->columns[j].host);
        forecast->seconds = fmax(forecast->seconds, walk->columns[j].host);
    }
    forecast->seconds += forecast->back;
    for (int p = 0; p < model->parts; p++) {
        double share = columns[p] > 0 ? 1.0 / columns[p] : 0;
        walk->parts[p].multiply *= share;
        walk->parts[p].panel *= share;
        walk->parts[p].rows *= share;
        walk->parts[p].wait *= share;
    }
}

pn_status pn_model_run(const pn_model *model, pn_forecast *forecast,
                       pn_part_forecast *forecast_of_part)
{
    const pn_layout *layout = model->layout;
    walker walk = {.model = model,
                   .plan = {.layout = layout,
                            .look_ahead = model->look_ahead,
                            .first_share = model->first_share},
                   .parts = forecast_of_part};
    pn_status status;
    memset(forecast_of_part, 0, (size_t)model->parts * sizeof *forecast_of_part);
    PN_TRY(pn_price_open(&walk.cache, model));
    walk.columns = calloc((size_t)layout->columns, sizeof *walk.columns);
    walk.done = calloc((size_t)layout->columns * (size_t)model->buffers, sizeof *walk.done);
    if (!walk.columns || !walk.done) {
        status = pn_fail(PN_ERROR_MEMORY, "There is no memory to model %d process columns.",
                         layout->columns);
        goto fail;
    }
    for (int j = 0; j < layout->columns; j++)
        walk.columns[j].left = layout->owned[j];
    PN_TRY(walk_steps(&walk));
    sum_up(&walk, forecast);
fail:
    pn_price_close(&walk.cache);
    free(walk.columns);
    free(walk.done);
    return status;
}
