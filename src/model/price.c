// SPDX-License-Identifier: BSD-3-Clause
// The prices. Formulas: docs/design.md section 7.
#include "model/price.h"

#include "base/assertion.h"
#include "base/element.h"

#include <math.h>
#include <stdlib.h>

pn_status pn_price_open(pn_price_cache *cache, const pn_model *model)
{
    *cache = (pn_price_cache){.model = model};
    cache->columns_of_class = calloc((size_t)model->classes.count, sizeof *cache->columns_of_class);
    cache->places = calloc((size_t)model->layout->columns, sizeof *cache->places);
    cache->lists = calloc(PN_PRICE_LISTS, sizeof *cache->lists);
    if (!cache->columns_of_class || !cache->places || !cache->lists)
        return pn_fail(PN_ERROR_MEMORY, "There is no memory to price %d process columns.",
                       model->layout->columns);
    for (int j = 0; j < model->layout->columns; j++)
        cache->columns_of_class[model->classes.of_column[j]]++;
    return PN_OK;
}

void pn_price_close(pn_price_cache *cache)
{
    for (int j = 0; cache->places && j < cache->model->layout->columns; j++)
        if (cache->places[j].layout)
            pn_place_release(&cache->places[j]);
    free(cache->columns_of_class);
    free(cache->places);
    free(cache->lists);
    *cache = (pn_price_cache){0};
}

void pn_price_begin(pn_price_cache *cache)
{
    cache->count = 0;
}

static double log2_of(int count)
{
    return count > 1 ? log2(count) : 0.0;
}

static double product(const double *c, double m, double w, double b)
{
    return c[0] * m * w * b + c[1] * m * w + c[2] * m * b + c[3] * w * b + c[4];
}

double pn_price_multiply(const pn_process_cost *process, double m, double w, double b)
{
    int above = 0, count = process->product_count;
    if (count == 0)
        return product(process->multiply, m, w, b);
    while (above < count - 1 && process->products[above].nb < b)
        above++;
    const pn_product_cost *high = &process->products[above], *low = high - (above > 0);
    double way = above > 0 ? fmin(1, (b - low->nb) / (high->nb - low->nb)) : 1;
    return (1 - way) * product(low->multiply, m, w, b) + way * product(high->multiply, m, w, b);
}

// Every process sends each other its share of that one's piece of the pivot rows, all at once; the
// one with the pivot block also sends the rows that leave it, and the others wait for that.
static double spread_rows(const pn_class_cost *cost, int height, double bytes)
{
    double others = 1.0 - 1.0 / height;
    return height == 1 ? 0
                       : bytes * others * (1.0 + 1.0 / height) * cost->column.per_byte +
                             cost->column.latency;
}

// The solved pieces go round the column, one after the other.
static double allgather_rows(const pn_class_cost *cost, int height, double bytes)
{
    return (height - 1) * (bytes / height * cost->column.per_byte + cost->column.latency);
}

// A panel on `crew` of a team's threads: between what one takes and what all take, by the
// logarithm.
static double factor_by(const pn_process_cost *process, int crew, double m, double b)
{
    double seconds[2];
    for (int i = 0; i < 2; i++) {
        const double *c = process->panels[i];
        seconds[i] = c[0] * m * b * b + c[1] * m * b + c[2] * b;
    }
    double way = process->threads > 1 ? log(crew) / log(process->threads) : 0;
    return seconds[0] * pow(seconds[1] / seconds[0], way);
}

static double factor(const pn_process_cost *process, int crew, double m, double b)
{
    return process->threads > 0 ? factor_by(process, crew, m, b)
                                : process->panel * m * b * b + b * process->panel_column;
}

// Where a panel is factored, by the plan's own rule on this process's costs.
static bool is_on_device(const pn_plan *plan, const pn_place *place, const pn_process_cost *process,
                         const pn_op *op)
{
    pn_plan mine = *plan;
    double b = op->width;
    if (process->device_panel <= 0)
        return false;
    mine.panels = (pn_panel_costs){
        .host = {b * process->panel_column, process->panel * b * b},
        .device = {b * process->device_panel_column, process->device_panel * b * b},
        .rate = 2 / process->multiply[0]};
    return pn_plan_factors_on_device(&mine, place, op->step);
}

// A panel of the device's own in the place of the host's.
static void take_home(pn_price *price, const pn_process_cost *process, const pn_op *op)
{
    double m = (double)op->rows, b = op->width;
    price->seconds += process->device_panel * m * b * b + b * process->device_panel_column -
                      factor(process, 1, m, b);
    price->busy = 1;
}

// For each column of a panel the two rows that change places are told to all of the column.
static double exchange_pivots(const pn_class_cost *cost, int height, double b, double row_bytes)
{
    return b * log2_of(height) * (cost->column.latency + 2 * row_bytes * cost->column.per_byte);
}

static double look_ahead(const pn_process_cost *process, int crew, double m, double w, double b)
{
    const double *c = process->look_ahead;
    return process->threads > 0 ? (c[0] * b + c[1]) * m * w / crew
                                : pn_price_multiply(process, m, w, b);
}

// The pivot rows change places with others and are solved for.
static double finish_rows(const pn_process_cost *process, int height, double w, double b)
{
    const double *c = process->rows;
    if (height == 1 && c[0] + c[1] > 0)
        return (c[0] * b + c[1]) * w * b;
    double moved = 4 * (double)pn_element_bytes(PN_FLOAT64) * w * b; // read and written, both ways
    return process->solve * w * b * b + process->solve_row * w * b + moved * process->move;
}

// Threads of a team that are kept from the multiplication to factor the next panel beside it.
static int crew_for(const pn_plan *plan, const pn_process_cost *process, const pn_op *ops,
                    int count)
{
    for (int i = 0; i < count; i++)
        if (ops[i].kind == PN_OP_MULTIPLY_START && ops[i].slice == PN_SLICE_FIRST)
            return pn_plan_crew(plan, process->threads, ops[i].width, ops[i].columns);
    return 1;
}

// Seconds in which what rows in host memory a rectangle has goes over the bus once; both ways can
// be used at the same time.
static double over_bus(const pn_price_cache *cache, int j, const pn_op *op, pn_lidx rows)
{
    const pn_process_cost *process = &pn_model_cost(cache->model, j)->process;
    double hosted = process->hosted * (double)cache->places[j].rows - (double)op->row;
    double moved = fmax(0, fmin((double)rows, hosted)) * (double)op->columns;
    return moved * (double)pn_element_bytes(PN_FLOAT64) * process->bus;
}

// The slowest process of the column sets the pace of the column, and the slowest column that of
// all; the first is priced here.
static pn_price price_of(const pn_price_cache *cache, int j, const pn_op *op, int crew)
{
    const pn_model *model = cache->model;
    const pn_class_cost *cost = pn_model_cost(model, j);
    int height = model->layout->heights[j];
    pn_price price = {.kind = op->kind, .slice = op->slice};
    double b = op->width, m = (double)op->rows, w = (double)op->columns;
    double entry = (double)pn_element_bytes(PN_FLOAT64);
    double share = cost->process.threads > 0 ? (double)crew / cost->process.threads : 0;
    double slowest = pn_price_slowest(cost->process.variation, model->layout->ranks);
    switch (op->kind) {
    case PN_OP_ROWS_START:
        price.seconds = spread_rows(cost, height, entry * w * b);
        break;
    case PN_OP_ROWS_FINISH:
        price.seconds = finish_rows(&cost->process, height, w, b);
        price.allgather = allgather_rows(cost, height, entry * w * b);
        price.seconds += 2 * over_bus(cache, j, op, op->width);
        price.busy = op->slice == PN_SLICE_SECOND ? share : 0;
        break;
    case PN_OP_LOAD:
    case PN_OP_STORE:
        price.seconds = 2 * entry * m * w * cost->process.move + over_bus(cache, j, op, op->rows);
        price.busy = 1;
        break;
    case PN_OP_UPDATE_PANEL:
        price.seconds =
            slowest * look_ahead(&cost->process, crew, m, w, b) + over_bus(cache, j, op, op->rows);
        price.busy = share > 0 ? share : 1;
        break;
    case PN_OP_MULTIPLY_START:
        price.seconds = fmax(slowest * pn_price_multiply(&cost->process, m, w, b),
                             over_bus(cache, j, op, op->rows));
        break;
    case PN_OP_FACTOR:
        price.seconds =
            factor(&cost->process, crew, m, b) + exchange_pivots(cost, height, b, entry * b);
        price.busy = share > 0 ? share : cost->process.busy_panel;
        break;
    case PN_OP_BROADCAST_START:
    case PN_OP_BROADCAST_FINISH:
        price.owner = model->layout->owner[op->step] == j;
        price.bytes = entry * b * (m + b);
        break;
    case PN_OP_MULTIPLY_FINISH:
    case PN_OP_KINDS:
        break;
    }
    return price;
}

// The process of column j that has the most rows from block row `block` on: its column waits for
// it. Which one that is changes from step to step where the virtual rows do not divide.
static pn_status place_of(pn_price_cache *cache, int j, pn_gidx block, const pn_place **place)
{
    const pn_layout *layout = cache->model->layout;
    int row = pn_layout_fullest_row(layout, j, block);
    *place = &cache->places[j];
    if (!cache->places[j].layout)
        return pn_place_create_at(&cache->places[j], layout, row, j);
    pn_place_change_row(&cache->places[j], row);
    return PN_OK;
}

static pn_price_list *new_list(pn_price_cache *cache)
{
    if (cache->count == PN_PRICE_LISTS)
        cache->count = 0; // more kinds of columns than lists: begin anew
    return &cache->lists[cache->count++];
}

// A process of one thread that waits for the others of its column multiplies a piece meanwhile
// (base/rules.h), and they then wait for it: for half a piece a panel.
static double wait_for_pieces(const pn_slab_rules *slabs, const pn_process_cost *process,
                              const pn_op *ops, int count)
{
    double least = (double)slabs->alone_least, pieces = slabs->alone_pieces;
    for (int i = 0; i < count; i++)
        if (ops[i].kind == PN_OP_MULTIPLY_START && ops[i].slice == PN_SLICE_FIRST) {
            double rows = (double)ops[i].rows;
            double piece = fmin(rows, fmax(least, rows / pieces));
            return 0.5 * pn_price_multiply(process, piece, (double)ops[i].columns, ops[i].width);
        }
    return 0;
}

// Threads of a team take slabs of rows, and the part of them that comes late from the panel joins
// at some moment (base/rules.h): each ends somewhere within the time of a last slab, and
// all wait for the last of them, which is later than their mean by this part of it.
static double wait_for_slabs(const pn_slab_rules *slabs, const pn_process_cost *process,
                             const pn_op *op)
{
    double threads = process->threads;
    double rows = fmin((double)slabs->least, (double)op->rows / threads);
    double rest = 0.5 * (threads - 1) / (threads + 1);
    // At the rate of the whole product: what a small one costs beside is not a slab's.
    double all = pn_price_multiply(process, (double)op->rows, (double)op->columns, op->width);
    return rest * rows * threads * all / (double)op->rows;
}

// Who stands for a column has its share of the rows at least, and no price is nonsense.
static void check(const pn_layout *layout, int height, const pn_op *op, const pn_price *price)
{
    bool is_below = op->kind == PN_OP_MULTIPLY_START || op->kind == PN_OP_UPDATE_PANEL;
    pn_gidx left = is_below ? layout->n - pn_plan_after(layout, op->step) : 0;
    pn_assert(op->rows * height >= left, "a column is priced by a process with its share of rows");
    pn_assert(price->seconds >= 0 && price->seconds < INFINITY && price->allgather >= 0 &&
                  price->allgather < INFINITY,
              "a price is a finite time");
    pn_assert(price->busy >= 0 && price->busy <= 1, "a share of the multiplier is 0 to 1");
}

static void price_all(const pn_price_cache *cache, const pn_plan *plan, int j, const pn_op *ops,
                      pn_price_list *list)
{
    const pn_slab_rules *slabs = &pn_plan_rules(plan)->slabs;
    const pn_model *model = cache->model;
    const pn_process_cost *process = &pn_model_cost(model, j)->process;
    int crew = crew_for(plan, process, ops, list->count);
    bool waits = process->threads == 1 && process->link > 0 && model->layout->heights[j] > 1;
    bool joins_late = false;
    for (int i = 0; i < list->count; i++)
        joins_late = joins_late || ops[i].kind == PN_OP_UPDATE_PANEL;
    for (int i = 0; i < list->count; i++) {
        list->price[i] = price_of(cache, j, &ops[i], crew);
        if (joins_late && process->threads > 1 && ops[i].kind == PN_OP_MULTIPLY_START &&
            ops[i].rows > 0)
            list->price[i].seconds += wait_for_slabs(slabs, process, &ops[i]);
        if (ops[i].kind == PN_OP_FACTOR && is_on_device(plan, &cache->places[j], process, &ops[i]))
            take_home(&list->price[i], process, &ops[i]);
        if (waits && ops[i].kind == PN_OP_FACTOR)
            list->price[i].seconds += wait_for_pieces(slabs, process, ops, list->count);
        check(model->layout, model->layout->heights[j], &ops[i], &list->price[i]);
    }
}

pn_status pn_price_step(pn_price_cache *cache, const pn_plan *plan, pn_gidx step, int j,
                        pn_gidx left, const pn_price_list **list)
{
    const pn_layout *layout = cache->model->layout;
    int class = cache->model->classes.of_column[j];
    bool owner = step + 1 < layout->row_blocks && layout->owner[step + 1] == j;
    for (int i = cache->count - 1; i >= 0; i--) {
        const pn_price_list *known = &cache->lists[i];
        if (known->left == left && known->class == class && known->owner == owner &&
            known->height == layout->heights[j]) {
            *list = known;
            return PN_OK;
        }
    }
    const pn_place *place;
    pn_op ops[PN_PLAN_STEP_LIMIT];
    pn_status status = place_of(cache, j, step + 1, &place);
    if (status != PN_OK)
        return status;
    pn_price_list *fresh = new_list(cache);
    *fresh =
        (pn_price_list){.class = class, .height = layout->heights[j], .left = left, .owner = owner};
    fresh->count = pn_plan_step(plan, place, step, ops);
    price_all(cache, plan, j, ops, fresh);
    *list = fresh;
    return PN_OK;
}

pn_status pn_price_prologue(pn_price_cache *cache, const pn_plan *plan, int j,
                            const pn_price_list **list)
{
    const pn_place *place;
    pn_op ops[PN_PLAN_STEP_LIMIT];
    pn_status status = place_of(cache, j, plan->begin, &place);
    if (status != PN_OK)
        return status;
    pn_price_list *fresh = new_list(cache);
    *fresh = (pn_price_list){.class = cache->model->classes.of_column[j],
                             .height = cache->model->layout->heights[j]};
    fresh->count = pn_plan_prologue(plan, place, ops);
    price_all(cache, plan, j, ops, fresh);
    *list = fresh;
    return PN_OK;
}

double pn_price_slowest(double variation, double count)
{
    return 1.0 + variation * sqrt(2.0 * log(fmax(count, 1.0)));
}
