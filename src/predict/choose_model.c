// SPDX-License-Identifier: BSD-3-Clause
// The seconds of a run that is being chosen: the model (predict/model.h) on the very layout that
// the run would have. Of each rank a rate or two were measured; the rest is as usual for such a
// rank.
#include "predict/choosing.h"

#include "predict/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 80, BUFFERS = 4 };

// Of a team of threads, beside its rate: how deep and wide products must be, how its panels,
// strips, solves and copies compare with it (docs/prediction.md, own runs).
static const double shallow = 7, few_rows = 30, few_columns = 80, usual_nb = 256;
static const double panel_rate = 0.45, panel_growth = 0.6, panel_deep = 0.75;
static const double strip_rate = 0.85, solve_rate = 0.8, solve_short = 80, copy_bytes = 0.5,
                    back_slowness = 5;
static const double device_shallow = 24, device_narrow = 32, device_panel = 0.1;
static const pn_link on_host = {1.5e-6, 1 / 6e9}, between_hosts = {3e-6, 1 / 5e9};

typedef struct shape { // of a run to be modelled
    pn_gidx n;
    int nb;
    bool caps;   // that are set in the arrangement
    bool panels; // take time
} shape;

static pn_engine team_engine(double rate, double panel, int threads)
{
    double a = 2 / rate / (1 + shallow / usual_nb), whole = panel > 0 ? panel : panel_rate * rate;
    double one = whole / pow(threads, panel_growth);
    pn_engine engine = {.multiply = {a, a * shallow, a * few_columns, a * few_rows, 1e-5},
                        .threads = threads,
                        .strip = 2 * threads / (strip_rate * rate),
                        .solve = 1 / (solve_rate * rate),
                        .solve_row = solve_short / rate,
                        .move = 1 / (copy_bytes * rate),
                        .read = back_slowness / (copy_bytes * rate)};
    for (int i = 0; i < 2; i++) {
        double of = i ? whole : one;
        engine.panels[i][0] = panel_deep / of;
        engine.panels[i][1] = (1 - panel_deep) * usual_nb / of;
    }
    return engine;
}

static pn_engine device_engine(double rate, double panel)
{
    double a = 2 / rate;
    return (pn_engine){
        .multiply = {a, a * device_shallow, a * device_narrow, a * device_narrow, 1e-5},
        .solve = a / 2,
        .panel = 1 / (panel > 0 ? panel : device_panel * rate),
        .panel_column = 5e-6,
        .move = 40 / rate};
}

static pn_engine engine_of(const pn_choosing *choosing, int rank, double gflops)
{
    const pn_facts *facts = &choosing->facts[rank];
    double rate = 1e9 * gflops, panel = 1e9 * facts->panel_gflops;
    return facts->device_memory > 0
               ? device_engine(rate, panel)
               : team_engine(rate, panel, choosing->choice->ranks[rank].threads);
}

static bool on_one_host(const pn_choosing *choosing)
{
    for (int rank = 1; rank < choosing->ranks; rank++)
        if (strcmp(choosing->facts[rank].host, choosing->facts[0].host) != 0)
            return false;
    return true;
}

// The process that stands for its column in the model, and how fast it is: the slowest where its
// column takes all for alike.
static pn_engine column_engine(const pn_choosing *choosing, const pn_layout *layout, int column)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    int row = pn_layout_row_of(layout, column, layout->n - 1);
    int rank = a->table.order[pn_layout_rank(layout, row, column)];
    double gflops = choosing->known[rank].rate;
    for (int other = 0; other < a->ranks && !a->weighted; other++)
        if (a->table.column[other] == column)
            gflops = fmin(gflops, choosing->known[other].rate);
    return engine_of(choosing, rank, gflops);
}

// Columns that are like the one before share its part.
static int make_parts(const pn_choosing *choosing, const pn_layout *layout, bool panels,
                      pn_part_model *parts, int *part_of)
{
    bool is_near = on_one_host(choosing);
    int count = 0;
    for (int column = 0; column < layout->columns; column++) {
        pn_engine engine = column_engine(choosing, layout, column);
        engine.link = is_near;
        if (!panels) {
            memset(engine.panels, 0, sizeof engine.panels);
            engine.panels[0][0] = engine.panels[1][0] = engine.panel = 1e-18;
        }
        if (count == 0 || memcmp(&parts[count - 1].engine, &engine, sizeof engine) != 0) {
            pn_link link = is_near ? on_host : between_hosts;
            parts[count++] = (pn_part_model){.column = link, .row = link};
            memcpy(&parts[count - 1].engine, &engine, sizeof engine);
        }
        part_of[column] = count - 1;
    }
    return count;
}

static double run_model(const pn_choosing *choosing, const pn_layout *layout, bool panels)
{
    size_t columns = (size_t)layout->columns;
    pn_part_model *parts = calloc(columns, sizeof *parts);
    pn_part_forecast *forecasts = calloc(columns, sizeof *forecasts);
    int *part_of = calloc(columns, sizeof *part_of);
    pn_forecast forecast = {.seconds = INFINITY};
    if (parts && forecasts && part_of) {
        pn_model model = {.layout = layout,
                          .look_ahead = 1,
                          .first_share = 0.5,
                          .buffers = BUFFERS,
                          .part = parts,
                          .part_of = part_of,
                          .stride = (int)pn_max(1, layout->row_blocks / STEPS)};
        model.parts = make_parts(choosing, layout, panels, parts, part_of);
        if (pn_model_run(&model, &forecast, forecasts) != PN_OK)
            forecast.seconds = INFINITY;
    }
    free(parts);
    free(forecasts);
    free(part_of);
    return forecast.seconds;
}

// Beyond so many blocks the time grows as the cube of N.
static double modelled(const pn_choosing *choosing, const shape *run)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx n = pn_min(run->n, (pn_gidx)PN_CHOOSING_BLOCKS * run->nb);
    pn_layout_request request = {.n = n,
                                 .nb = run->nb,
                                 .columns = a->columns,
                                 .heights = a->table.heights,
                                 .virtual_rows = a->virtual_rows,
                                 .shares = a->table.shares,
                                 .caps = run->caps && n == run->n ? a->table.caps : NULL,
                                 .column_major_ranks = a->column_major,
                                 .weights = a->weighted ? a->table.weights : NULL};
    pn_layout *layout = NULL;
    if (pn_layout_create(&layout, &request) != PN_OK)
        return INFINITY;
    double seconds = run_model(choosing, layout, run->panels);
    pn_layout_destroy(layout);
    return seconds * pow((double)run->n / (double)n, 3);
}

double pn_choosing_seconds(const pn_choosing *choosing, pn_gidx n, int nb, double *loss)
{
    bool full = pn_choosing_has_caps(choosing) && pn_choosing_set_caps(choosing, n, nb) &&
                pn_choosing_is_full(choosing, n, nb);
    bool unlike = choosing->choice->arrangement.unlike;
    shape run = {.n = n, .nb = nb, .caps = full, .panels = true};
    double seconds = modelled(choosing, &run);
    if (!loss)
        return seconds;
    shape free_of_both = {.n = n, .nb = nb, .panels = !unlike};
    *loss = full || unlike ? fmax(0, 1 - modelled(choosing, &free_of_both) / seconds) : 0;
    return seconds;
}
