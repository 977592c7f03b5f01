// SPDX-License-Identifier: BSD-3-Clause
// From parts to a grid, a layout and the model.
#include "machines/system.h"

#include "model/price.h"
#include "tune/choose.h"

#include <math.h>
#include <stdlib.h>

// Block sizes that HPL codes take on processes of such speeds.
static int block_size(double rate)
{
    return rate > 10e12 ? 1024 : rate > 3e12 ? 512 : 320;
}

static pn_part_model part_model(const pn_system_part *part)
{
    if (part->is_measured)
        return part->model;
    double a = 2.0 / part->rate;
    pn_part_model model = {0};
    model.engine =
        (pn_engine){.multiply = {a, a * part->shallow, a * part->narrow, a * part->narrow, 1e-5},
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

// The height within the bounds that uses most of the processes, and of equals the one nearest to
// `ideal`.
static int height_near(double processes, double ideal, double lowest, double highest)
{
    int best = 1;
    double most = 0;
    for (int p = (int)fmax(1, lowest); p <= (int)fmin(highest, processes); p++) {
        double used = p * floor(processes / p) / processes;
        double worth = used - 0.01 * fabs(log(p / ideal));
        if (worth > most) {
            most = worth;
            best = p;
        }
    }
    return best;
}

// A little flat is best: rows are exchanged down the columns, panels only passed on.
static int height_alone(double processes)
{
    double root = sqrt(processes);
    return height_near(processes, root / 1.4, root / 2, root + 1);
}

// A panel is cut by the height of a column, so columns of one run should be about equally high.
static int height_beside(const pn_system *system, double processes)
{
    double height = system->p;
    if (processes <= height)
        return (int)processes;
    return system->same_height ? system->p
                               : height_near(processes, height, 0.8 * height, 1.25 * height);
}

// Unlike heights share the rows evenly only if each divides the number of virtual rows: the
// multiple of the tallest that comes nearest to that, with some blocks left for every virtual row.
static int virtual_rows_of(const pn_system_forecast *forecast, int parts, pn_gidx blocks)
{
    int best = forecast->p;
    double least = INFINITY;
    for (int v = forecast->p; v <= 16 * forecast->p && (v == forecast->p || 16 * v <= blocks);
         v += forecast->p) {
        double worst = 1;
        for (int i = 0; i < parts; i++) {
            int height = forecast->heights[i];
            worst = fmax(worst, ceil((double)v / height) * height / v);
        }
        if (worst < least - 1e-3) {
            least = worst;
            best = v;
        }
    }
    return best;
}

typedef struct column_set {
    int columns, virtual_rows;
    int *part_of, *heights;
    double *shares;
    pn_gidx *caps;
} column_set;

static void choose_shape(const pn_system *system, pn_system_forecast *forecast)
{
    for (int i = 0; i < system->parts; i++) {
        double processes = system->part[i].processes;
        bool is_given = system->parts == 1 && system->p > 0;
        forecast->heights[i] = is_given        ? system->p
                               : system->p > 0 ? height_beside(system, processes)
                                               : height_alone(processes);
        forecast->columns[i] =
            is_given ? system->q : (int)fmax(1, floor(processes / forecast->heights[i]));
        forecast->q += forecast->columns[i];
        if (forecast->heights[i] > forecast->p)
            forecast->p = forecast->heights[i];
    }
}

// Block columns that a process can hold: its rows of one, with the panels and rows under way.
static pn_gidx cap_of(const pn_system *system, const pn_system_forecast *forecast, int part)
{
    double nb = forecast->nb;
    pn_gidx row_blocks =
        pn_ceil_div(pn_ceil_div(forecast->n, forecast->nb), forecast->heights[part]);
    double bytes = system->part[part].memory;
    if (bytes <= 0)
        return -1;
    if (!system->part[part].is_measured)
        return (pn_gidx)(bytes / (8.0 * nb * nb * (double)row_blocks));
    pn_choice_piece piece = {.rows = pn_min(forecast->n, row_blocks * forecast->nb),
                             .exchanged = forecast->heights[part] > 1};
    double least = (double)pn_choice_piece_bytes(forecast->n, forecast->nb, &piece);
    piece.columns = forecast->nb;
    double more = (double)pn_choice_piece_bytes(forecast->n, forecast->nb, &piece) - least;
    return (pn_gidx)fmax(0, (bytes - least) / more);
}

// FLOP/s by which a process gets its share: where it was measured, at this block size.
static double share_rate(const pn_system_part *part, int nb)
{
    const double large = 1e6;
    return part->is_measured
               ? 2 * large * large * nb / pn_price_multiply(&part->model.engine, large, large, nb)
               : part->rate;
}

static pn_status make_columns(const pn_system *system, pn_system_forecast *forecast,
                              column_set *set)
{
    choose_shape(system, forecast);
    size_t columns = (size_t)forecast->q;
    set->columns = forecast->q;
    if (system->shares && system->share_count != set->columns)
        return pn_fail(PN_ERROR_USAGE,
                       "--shares has %d entries, and there are %d process columns; one entry a "
                       "column is allowed",
                       system->share_count, set->columns);
    set->virtual_rows = virtual_rows_of(forecast, system->parts, forecast->n / forecast->nb);
    set->part_of = calloc(columns, sizeof *set->part_of);
    set->heights = calloc(columns, sizeof *set->heights);
    set->shares = calloc(columns, sizeof *set->shares);
    set->caps = calloc(columns, sizeof *set->caps);
    if (!set->part_of || !set->heights || !set->shares || !set->caps)
        return pn_fail_memory("for %zu process columns", columns);
    for (int i = 0, j = 0; i < system->parts; i++)
        for (int c = 0; c < forecast->columns[i]; c++, j++) {
            set->part_of[j] = i;
            set->heights[j] = forecast->heights[i];
            set->shares[j] =
                system->shares ? system->shares[j]
                : system->equal_shares
                    ? 1
                    : forecast->heights[i] * share_rate(&system->part[i], forecast->nb);
            set->caps[j] =
                system->shares || system->equal_shares ? -1 : cap_of(system, forecast, i);
        }
    return PN_OK;
}

static void release_columns(column_set *set)
{
    free(set->part_of);
    free(set->heights);
    free(set->shares);
    free(set->caps);
}

static pn_status run_model(const pn_system *system, pn_system_forecast *forecast,
                           const column_set *set, const pn_layout *layout)
{
    pn_part_model parts[PN_SYSTEM_PARTS];
    for (int i = 0; i < system->parts; i++)
        parts[i] = part_model(&system->part[i]);
    pn_model model = {.layout = layout,
                      .settings = {.look_ahead = !system->in_turn, .split = 0.5, .buffers = 4},
                      .parts = system->parts,
                      .part = parts,
                      .part_of = set->part_of,
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
    column_set set = {0};
    pn_layout *layout = NULL;
    *forecast = (pn_system_forecast){.n = system->n, .nb = system->nb};
    double slowest = INFINITY;
    for (int i = 0; i < system->parts; i++)
        slowest = fmin(slowest, system->part[i].rate);
    if (!forecast->nb)
        forecast->nb = block_size(slowest);
    PN_TRY(make_columns(system, forecast, &set));
    pn_layout_request request = {.n = system->n,
                                 .nb = forecast->nb,
                                 .columns = set.columns,
                                 .heights = set.heights,
                                 .virtual_rows = set.virtual_rows,
                                 .shares = set.shares,
                                 .caps = set.caps,
                                 .column_major_ranks = true};
    PN_TRY(pn_layout_create(&layout, &request));
    for (int j = 0; j < set.columns; j++)
        forecast->shares[set.part_of[j]] +=
            (double)layout->owned[j] / (double)layout->column_blocks;
    PN_TRY(run_model(system, forecast, &set, layout));
    double n = (double)system->n;
    forecast->rate = (2.0 / 3.0 * n * n * n + 1.5 * n * n) / forecast->seconds;
fail:
    pn_layout_destroy(layout);
    release_columns(&set);
    return status;
}

double pn_device_bandwidth(const pn_constants *constants, double links, double in_node)
{
    return constants->device_link * links / sqrt(fmax(in_node, 1));
}

double pn_device_draw(const pn_constants *constants, int device, double watts)
{
    const double most = 0.8;
    double draw = watts > 0 ? log(watts / constants->device[device].watts) : 0;
    return fmin(fmax(draw, -most), most);
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
    double in_node = fmax(use->in_node, 1), links = use->bandwidth;
    if (links == 0)
        links = net->bandwidth * pn_node_find(constants, "", use->device, in_node)->links;
    double rate = kind->rate * net->device_share;
    rate *= exp(kind->power_exponent * pn_device_draw(constants, use->device, use->watts));
    rate *= pow(use->count / 500, constants->device_scale);
    rate *= pow(constants->device_young, exp(-fmax(use->age, 0)));
    rate *= use->is_card && kind->is_card ? constants->device_card : 1;
    rate *= use->is_by_xeon ? constants->device_xeon : 1;
    rate *= use->is_template ? constants->device_template : 1;
    return (pn_system_part){.processes = use->count,
                            .rate = rate,
                            .bandwidth = pn_device_bandwidth(constants, links, in_node),
                            .latency = net->latency,
                            .variation = constants->device_variation,
                            .column = constants->device_column,
                            .panel = panel_share(constants, use),
                            .narrow = constants->device_narrow,
                            .shallow = 24};
}

// A run gets this much of links that are known; the constant of all networks also stands for how
// many links a processor usually has, which lists do not tell.
static const double link_efficiency = 0.85;

pn_system_part pn_processor_part(const pn_constants *constants, const pn_processor_use *use)
{
    const pn_processor_kind *kind = &constants->processor[use->processor];
    const pn_network_kind *net = &constants->network[use->network];
    return (pn_system_part){
        .processes = use->sockets,
        .rate = use->core_hertz * kind->flops_per_cycle * kind->efficiency * net->processor_share,
        .bandwidth = use->bandwidth > 0 ? use->bandwidth * link_efficiency
                                        : constants->processor_link * net->bandwidth,
        .latency = net->latency,
        .variation = constants->processor_variation,
        .column = constants->processor_column,
        .panel = constants->processor_panel,
        .narrow = 16,
        .shallow = 8};
}
