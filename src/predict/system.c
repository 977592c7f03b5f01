// SPDX-License-Identifier: BSD-3-Clause
// From parts to a grid, a layout and the model.
#include "predict/system.h"

#include <math.h>
#include <stdlib.h>

// Block sizes that HPL codes take on processes of such speeds.
static int block_size(double rate)
{
    return rate > 10e12 ? 1024 : rate > 3e12 ? 512 : 320;
}

static pn_part_model part_model(const pn_system_part *part)
{
    double a = 2.0 / part->rate;
    pn_part_model model = {0};
    model.engine = (pn_engine){.multiply = {a, 0, a * part->narrow, a * part->narrow, 1e-5},
                               .solve = a / 2,
                               .panel = a / part->panel,
                               .panel_column = part->column,
                               .move = 40.0 / part->rate,
                               .busy_panel = 0,
                               .variation = part->variation};
    model.column = (pn_link){part->latency, 1.0 / part->bandwidth};
    model.row = model.column;
    return model;
}

// The height that uses most of the processes at a shape between square and four times as wide.
static int height_of(double processes)
{
    int best = 1;
    double most = 0;
    for (int p = (int)fmax(1, floor(sqrt(processes) / 2)); p <= (int)sqrt(processes) + 1; p++) {
        double used = p * floor(processes / p) / processes;
        double shape = fabs(log(p * 1.4 / sqrt(processes))); // a little flat is best
        double worth = used - 0.005 * shape;
        if (worth > most) {
            most = worth;
            best = p;
        }
    }
    return best;
}

typedef struct column_set {
    int columns;
    int *part_of, *heights;
    double *shares;
} column_set;

static pn_status make_grid(const pn_system *system, pn_system_forecast *forecast, column_set *grid)
{
    int columns = 0, tallest = 0;
    for (int i = 0; i < system->parts; i++) {
        double processes = system->part[i].processes;
        int p = system->parts == 1 && system->p ? system->p : height_of(processes);
        int q = system->parts == 1 && system->q ? system->q : (int)fmax(1, floor(processes / p));
        forecast->heights[i] = p;
        forecast->columns[i] = q;
        columns += q;
        tallest = p > tallest ? p : tallest;
    }
    forecast->p = tallest;
    forecast->q = grid->columns = columns;
    grid->part_of = calloc((size_t)columns, sizeof *grid->part_of);
    grid->heights = calloc((size_t)columns, sizeof *grid->heights);
    grid->shares = calloc((size_t)columns, sizeof *grid->shares);
    if (!grid->part_of || !grid->heights || !grid->shares)
        return pn_fail(PN_ERROR_MEMORY, "There is no memory for %d process columns.", columns);
    for (int i = 0, j = 0; i < system->parts; i++)
        for (int c = 0; c < forecast->columns[i]; c++, j++) {
            grid->part_of[j] = i;
            grid->heights[j] = forecast->heights[i];
            grid->shares[j] = forecast->heights[i] * system->part[i].rate;
        }
    return PN_OK;
}

static void release_grid(column_set *grid)
{
    free(grid->part_of);
    free(grid->heights);
    free(grid->shares);
}

static pn_status run_model(const pn_system *system, pn_system_forecast *forecast,
                           const column_set *grid, const pn_layout *layout)
{
    pn_part_model parts[PN_SYSTEM_PARTS];
    for (int i = 0; i < system->parts; i++)
        parts[i] = part_model(&system->part[i]);
    pn_model model = {.layout = layout,
                      .look_ahead = 1,
                      .first_share = 0.5,
                      .buffers = 4,
                      .parts = system->parts,
                      .part = parts,
                      .part_of = grid->part_of,
                      .between = system->between,
                      .stride = 1};
    if (system->steps > 0)
        model.stride = (int)pn_max(1, layout->row_blocks / system->steps);
    pn_forecast whole;
    pn_status status = pn_model_run(&model, &whole, forecast->part);
    forecast->seconds = whole.seconds;
    forecast->back = whole.back;
    return status;
}

pn_status pn_system_predict(const pn_system *system, pn_system_forecast *forecast)
{
    pn_status status;
    column_set grid = {0};
    pn_layout *layout = NULL;
    *forecast = (pn_system_forecast){.n = system->n, .nb = system->nb};
    double slowest = INFINITY;
    for (int i = 0; i < system->parts; i++)
        slowest = fmin(slowest, system->part[i].rate);
    if (!forecast->nb)
        forecast->nb = block_size(slowest);
    PN_TRY(make_grid(system, forecast, &grid));
    pn_layout_request request = {.n = system->n,
                                 .nb = forecast->nb,
                                 .columns = grid.columns,
                                 .heights = grid.heights,
                                 .virtual_rows = forecast->p,
                                 .shares = grid.shares,
                                 .column_major_ranks = true};
    PN_TRY(pn_layout_create(&layout, &request));
    for (int j = 0; j < grid.columns; j++)
        forecast->shares[grid.part_of[j]] +=
            (double)layout->owned[j] / (double)layout->column_blocks;
    PN_TRY(run_model(system, forecast, &grid, layout));
    double n = (double)system->n;
    forecast->rate = (2.0 / 3.0 * n * n * n + 1.5 * n * n) / forecast->seconds;
fail:
    pn_layout_destroy(layout);
    release_grid(&grid);
    return status;
}

// The host's cores factor the panel where the matrix is not the device's alone.
static double panel_share(const pn_constants *constants, const pn_device_use *use)
{
    const pn_device_kind *kind = &constants->device[use->device];
    double cores = use->host_cores > 0 ? use->host_cores : 10;
    return kind->holds_matrix ? constants->device_panel
                              : constants->host_panel * cores / kind->rate;
}

pn_system_part pn_device_part(const pn_constants *constants, const pn_device_use *use)
{
    const pn_device_kind *kind = &constants->device[use->device];
    const pn_network_kind *net = &constants->network[use->network];
    double clock = use->watts > 0 ? pow(use->watts / kind->watts, constants->power_exponent) : 1.0;
    double rate = kind->rate * fmin(fmax(clock, 0.75), 1.3) * net->device_share;
    return (pn_system_part){.processes = use->count,
                            .rate = rate * (use->young ? constants->device_young : 1.0),
                            .memory = kind->memory,
                            .bandwidth = (use->bandwidth > 0 ? use->bandwidth : net->bandwidth) *
                                         net->efficiency,
                            .latency = net->latency,
                            .variation = constants->device_variation,
                            .column = constants->device_column,
                            .panel = panel_share(constants, use),
                            .narrow = constants->device_narrow};
}

pn_system_part pn_processor_part(const pn_constants *constants, const pn_processor_use *use)
{
    const pn_processor_kind *kind = &constants->processor[use->processor];
    const pn_network_kind *net = &constants->network[use->network];
    return (pn_system_part){
        .processes = use->sockets,
        .rate = use->core_hertz * kind->flops_per_cycle * kind->efficiency * net->processor_share,
        .bandwidth = (use->bandwidth > 0 ? use->bandwidth : net->bandwidth / 2) * net->efficiency,
        .latency = net->latency,
        .variation = constants->processor_variation,
        .column = constants->processor_column,
        .panel = constants->processor_panel,
        .narrow = 16};
}
