// SPDX-License-Identifier: BSD-3-Clause
// The seconds of a run that is being chosen: the model (model/model.h) on the very layout that
// the run would have. Of each rank some rates were measured; the rest is as usual for such a rank.

#include "tune/choose_model.h"

#include "base/element.h"
#include "tune/choose_cost.h"
#include "tune/choose_links.h"
#include "tune/class_cost.h"
#include "tune/product_rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Beyond so many blocks the time of a run grows as the cube of N.
enum { BLOCKS_MODELLED = 1 << 18 };

// Links slower than the first bytes a second go through the processor, which copies what it sends
// and receives: seconds a byte over Linux's TCP. Both set by hand.
static const double by_processor = 2e9, copied_byte = 1.5e-9;

// Of refinement: solutions that it takes, for each of which the matrix is generated again, entries
// that a thread generates and bytes of the factors that it goes through in a second. Set by hand,
// the last two after runs of N = 16,000 on two cores.
static const double solutions_refined = 3, entries_refined = 3.5e9, triangle_bytes = 9e9;

typedef struct shape { // of a run to be modelled
    pn_gidx n;
    int nb;
    bool caps;   // that are set in the arrangement
    bool panels; // take time
} shape;

// The rate of a rank is that of some depth of products.
static double rate_at(const pn_choosing *choosing, int rank, int nb)
{
    const pn_rank_info *info = &choosing->info[rank];
    const pn_rank_rate *mine = &choosing->rates[rank];
    double there = pn_product_flops(info, mine->nb ? mine->nb : info->rate_nb);
    return there > 0 ? mine->rate * pn_product_flops(info, nb) / there : mine->rate;
}

static bool on_one_host(const pn_choosing *choosing)
{
    for (int rank = 1; rank < choosing->ranks; rank++)
        if (choosing->info[rank].host_id != choosing->info[0].host_id)
            return false;
    return true;
}

// The process that stands for its column in the model, and how fast it is: the slowest where its
// column takes all for alike.
static pn_process_cost cost_of_column(const pn_choosing *choosing, const pn_layout *layout,
                                      int column)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    int row = pn_layout_fullest_row(layout, column, 0);
    int rank = a->table.order[pn_layout_rank(layout, row, column)];
    double rate = rate_at(choosing, rank, layout->nb);
    for (int other = 0; other < a->ranks && !a->weighted; other++)
        if (a->table.column[other] == column)
            rate = fmin(rate, rate_at(choosing, other, layout->nb));
    return pn_cost_of_rank(&choosing->info[rank], choosing->choice->ranks[rank].threads, rate,
                           layout->nb);
}

// The part of its rows that a device's own memory has no room for. (Of a matrix that is modelled
// smaller than it is, none: the largest machines are not priced by it.)
static void set_hosted(const pn_choosing *choosing, const pn_layout *layout, int column,
                       pn_process_cost *process)
{
    int row = pn_layout_fullest_row(layout, column, 0);
    int rank = choosing->choice->arrangement.table.order[pn_layout_rank(layout, row, column)];
    const pn_rank_info *info = &choosing->info[rank];
    if (info->overflow_bytes == 0 || !(info->bus_rate > 0))
        return;
    double bytes =
        (double)pn_choosing_bytes(choosing, rank, layout->n, layout->nb, layout->owned[column]);
    process->hosted = fmax(0, 1 - (double)info->device_memory / bytes);
    process->bus = 1 / info->bus_rate;
}

// How the columns of a layout fall into classes.
typedef struct divided {
    pn_link_ends ends;
    pn_class_cost *costs; // [columns]
    int *of_column;       // [columns] its class
    int *first;           // [classes] its first column
    pn_link *between;     // [classes * classes]
    int count;
} divided;

static void release(divided *d)
{
    pn_link_ends_release(&d->ends);
    free(d->costs);
    free(d->of_column);
    free(d->first);
    free(d->between);
}

static bool is_alike(const pn_class_cost *cost, const pn_class_cost *other)
{
    return memcmp(&cost->process, &other->process, sizeof cost->process) == 0 &&
           memcmp(&cost->row, &other->row, sizeof cost->row) == 0 &&
           memcmp(&cost->column, &other->column, sizeof cost->column) == 0;
}

static bool share_host(const pn_choosing *choosing, const divided *d, int column, int other)
{
    const int *first = d->ends.first;
    return !choosing->has_links ||
           choosing->info[first[column]].host_id == choosing->info[first[other]].host_id;
}

// Every panel comes in or goes out, or both: m x b numbers, as in that term of the multiplication.
static void charge_copies(pn_class_cost *cost, int columns)
{
    if (columns > 1 && cost->row.per_byte > 1 / by_processor)
        cost->process.multiply[2] +=
            (double)pn_element_bytes(PN_FLOAT64) * copied_byte * (columns > 2 ? 2 : 1);
}

// Columns that are like the one before, on its host if links are known, share its class.
static void make_classes(const pn_choosing *choosing, const pn_layout *layout, bool panels,
                         divided *d)
{
    bool is_near = on_one_host(choosing);
    for (int column = 0; column < layout->columns; column++) {
        pn_class_cost *cost = &d->costs[d->count];
        pn_process_cost process = cost_of_column(choosing, layout, column);
        process.link = is_near;
        set_hosted(choosing, layout, column, &process);
        if (!panels) {
            memset(process.panels, 0, sizeof process.panels);
            process.panels[0][0] = process.panels[1][0] = process.panel = 1e-18;
            process.device_panel = process.device_panel_column = 0;
        }
        *cost = (pn_class_cost){.column = pn_choosing_link_inside(choosing, &d->ends, column),
                                .row = pn_choosing_link_beside(choosing, &d->ends, column)};
        memcpy(&cost->process, &process, sizeof process);
        charge_copies(cost, layout->columns);
        if (d->count == 0 || !is_alike(cost, cost - 1) ||
            !share_host(choosing, d, column, column - 1))
            d->first[d->count++] = column;
        d->of_column[column] = d->count - 1;
    }
}

static pn_status divide(const pn_choosing *choosing, const pn_layout *layout, bool panels,
                        divided *d)
{
    size_t columns = (size_t)layout->columns;
    d->costs = calloc(columns + 1, sizeof *d->costs);
    d->of_column = calloc(columns, sizeof *d->of_column);
    d->first = calloc(columns, sizeof *d->first);
    if (!d->costs || !d->of_column || !d->first)
        return pn_fail_memory("for the classes of %d process columns", layout->columns);
    pn_status status = pn_link_ends_find(choosing, &d->ends);
    if (status != PN_OK)
        return status;
    make_classes(choosing, layout, panels, d);
    if (d->count == 1 || !choosing->has_links)
        return PN_OK;
    d->between = calloc((size_t)d->count * (size_t)d->count, sizeof *d->between);
    if (!d->between)
        return pn_fail_memory("for the links of %d classes of columns", d->count);
    for (int i = 0; i < d->count; i++)
        for (int j = 0; j < d->count; j++)
            d->between[i * d->count + j] =
                pn_choosing_link(choosing, &d->ends, d->first[i], d->first[j]);
    return PN_OK;
}

// The classes of the columns, where these are what is known.
static pn_status take_classes(const pn_choosing *choosing, divided *d)
{
    const pn_class_run *run = choosing->classes;
    d->count = run->classes;
    d->costs = calloc((size_t)d->count, sizeof *d->costs);
    if (!d->costs)
        return pn_fail_memory("for the costs of %d classes", d->count);
    for (int i = 0; i < d->count; i++)
        d->costs[i] = run->of[i].cost;
    return PN_OK;
}

static pn_status run_model(const pn_choosing *choosing, const pn_layout *layout, bool panels,
                           pn_forecast *forecast, pn_class_time *times)
{
    const pn_class_run *classes = choosing->classes;
    divided d = {0};
    pn_status status = classes ? take_classes(choosing, &d) : divide(choosing, layout, panels, &d);
    if (status == PN_OK) {
        const int *of_column = classes ? choosing->choice->arrangement.table.class_of : d.of_column;
        const pn_link *between = classes ? classes->between : d.between;
        pn_model model = {.layout = layout,
                          .settings = choosing->request->settings,
                          .classes = {d.count, d.costs, of_column, between},
                          .steps = choosing->steps};
        status = pn_model_run(&model, forecast, times);
    }
    release(&d);
    return status;
}

pn_status pn_choosing_layout(const pn_choosing *choosing, pn_gidx n, int nb, pn_layout **layout)
{
    pn_layout_request request = pn_arrangement_request(&choosing->choice->arrangement, n, nb);
    return pn_layout_create(layout, &request);
}

pn_status pn_choosing_model(const pn_choosing *choosing, const pn_layout *layout,
                            pn_forecast *forecast, pn_class_time *times)
{
    return run_model(choosing, layout, true, forecast, times);
}

// Seconds in which a solution in FP32 is refined; 0 in FP64.
static double refinement_of(const pn_choosing *choosing, pn_gidx n)
{
    double threads = 0, size = (double)n;
    if (choosing->request->settings.element == PN_FLOAT64)
        return 0;
    for (int rank = 0; rank < choosing->ranks; rank++)
        if (!choosing->rates[rank].left_out)
            threads +=
                choosing->choice->ranks[rank].threads * choosing->choice->ranks[rank].cpu_share;
    double one = size * size * (1 / entries_refined + 4 / triangle_bytes);
    return solutions_refined * one / fmax(threads, 1e-3);
}

static double modelled(const pn_choosing *choosing, const shape *run)
{
    const pn_arrangement *a = &choosing->choice->arrangement;
    pn_gidx n = pn_min(run->n, (pn_gidx)BLOCKS_MODELLED * run->nb);
    pn_layout_request request = pn_arrangement_request(a, n, run->nb);
    request.caps = run->caps && n == run->n ? a->table.caps : NULL;
    pn_layout *layout = NULL;
    pn_forecast forecast = {.seconds = INFINITY};
    pn_class_time *times = calloc((size_t)a->columns, sizeof *times);
    if (times && pn_layout_create(&layout, &request) == PN_OK &&
        run_model(choosing, layout, run->panels, &forecast, times) != PN_OK)
        forecast.seconds = INFINITY;
    pn_layout_destroy(layout);
    free(times);
    return forecast.seconds * pow((double)run->n / (double)n, 3) + refinement_of(choosing, run->n);
}

double pn_choosing_seconds(const pn_choosing *choosing, pn_gidx n, int nb, pn_choosing_loss *loss)
{
    bool full = pn_choosing_has_caps(choosing) && pn_choosing_set_caps(choosing, n, nb) &&
                pn_choosing_is_full(choosing, n, nb);
    bool unlike = choosing->choice->arrangement.unlike &&
                  !pn_arrangement_is_like(choosing->rates, choosing->ranks);
    shape run = {.n = n, .nb = nb, .caps = full, .panels = true};
    double seconds = modelled(choosing, &run);
    if (!loss)
        return seconds;
    shape with_room = {.n = n, .nb = nb, .panels = true}, without_panels = {.n = n, .nb = nb};
    double roomy = full ? modelled(choosing, &with_room) : seconds;
    double least = unlike ? modelled(choosing, &without_panels) : roomy;
    *loss = (pn_choosing_loss){.capped = fmax(0, (seconds - roomy) / seconds),
                               .panels = fmax(0, (roomy - least) / seconds),
                               .refinement = refinement_of(choosing, n)};
    return seconds;
}
