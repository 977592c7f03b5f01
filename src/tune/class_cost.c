// SPDX-License-Identifier: BSD-3-Clause
// Costs from little more than a rate. What was measured in full is fitted instead
// (model/cost_fit.h), and published kinds have constants of their own (machines/kind_class.c).
#include "tune/class_cost.h"

#include "base/assertion.h"
#include "base/rules.h"
#include "tune/product_rates.h"

#include <math.h>
#include <string.h>

// Nobody measured these where they are used. They are set by hand, as probes of teams on processors
// showed them about (docs/prediction.md, Settings).
static const double call = 1e-5;      // s of a multiplication beside its work
static const double moved_words = 40; // operations of a device that a moved byte takes as long as

// A device, beside its rate: rows or columns that cost as much as they bring, its panels in
// relation to it, s per column of a panel, and bytes a second over its bus, which a panel of the
// host's crosses twice.
static const double device_narrow = 32, device_panel = 0.1, device_column = 5e-6, device_bus = 25e9;

// A team of threads, in relation to its rate of multiplication at the usual block size.
static const double usual_nb = 256;     // at which interchanges are measured (job/calibrate.c)
static const double half_depth = 7;     // depth at which the result costs as much as the product
static const double few_rows = 30;      // rows and columns of which packing costs as much
static const double few_columns = 80;   // as multiplying by them
static const double panel_rate = 0.45;  // of a panel, on all threads
static const double panel_growth = 0.6; // exponent with which that grows by threads
static const double panel_deep = 0.75;  // part of a panel's time that is as its depth squared
static const double look_ahead_rate = 0.85; // of the columns that become the next panel, by thread
static const double solve_rate = 0.8;       // of solving for U
static const double solve_short = 80;       // operations that each of its entries costs beside
static const double copy_bytes = 0.5;       // bytes that are copied in the time of an operation
static const double back_slowness = 5;      // times that the back substitution reads more slowly

pn_process_cost pn_cost_usual(const pn_usual_cost *usual)
{
    double a = 2.0 / usual->rate;
    pn_assert(usual->rate > 0 && isfinite(usual->rate) && usual->panel_rate > 0,
              "the rates of products and panels are finite and positive");
    return (pn_process_cost){
        .multiply = {a, a * usual->half_depth, a * usual->half_width, a * usual->half_width, call},
        .solve = a / 2,
        .panel = 1 / usual->panel_rate,
        .panel_column = usual->panel_column,
        .device_panel = usual->device_panel_rate > 0 ? 1 / usual->device_panel_rate : 0,
        .device_panel_column = usual->device_panel_rate > 0 ? usual->panel_column : 0,
        .move = moved_words / usual->rate,
        .variation = usual->variation};
}

// panel: FLOP/s of a panel on all threads, 0: as usual.
static pn_process_cost cost_of_team(double rate, double panel, int threads)
{
    double a = 2 / rate / (1 + half_depth / usual_nb),
           whole = panel > 0 ? panel : panel_rate * rate;
    double one = whole / pow(threads, panel_growth);
    pn_process_cost process = {.multiply = {a, a * half_depth, a * few_columns, a * few_rows, call},
                               .threads = threads,
                               .look_ahead = {2 * threads / (look_ahead_rate * rate)},
                               .solve = 1 / (solve_rate * rate),
                               .solve_row = solve_short / rate,
                               .move = 1 / (copy_bytes * rate),
                               .read = back_slowness / (copy_bytes * rate)};
    for (int i = 0; i < 2; i++) {
        double of = i ? whole : one;
        process.panels[i][0] = panel_deep / of;
        process.panels[i][1] = (1 - panel_deep) * usual_nb / of;
    }
    return process;
}

// Panels NB wide.
static pn_process_cost cost_of_device(double rate, const pn_rank_info *info, int nb)
{
    double host = info->panel_rate > 0 ? info->panel_rate : device_panel * rate;
    pn_process_cost process =
        pn_cost_usual(&(pn_usual_cost){.rate = rate,
                                       .half_depth = PN_DEVICE_HALF_DEPTH,
                                       .half_width = device_narrow,
                                       .panel_rate = host,
                                       .panel_column = device_column,
                                       .device_panel_rate = info->device_panel_rate});
    process.panel += 2 * (double)pn_element_bytes(PN_FLOAT64) / (device_bus * nb);
    return process;
}

static pn_process_cost plain_cost(const pn_rank_info *info, int threads, double rate, int nb)
{
    return info->is_device ? cost_of_device(rate, info, nb)
                           : cost_of_team(rate, info->panel_rate, threads);
}

// Panels and solves of a team: what is deep in them is of 16 bits as products are, `relative` as
// slow as FP32 (base/rules.h). The small solves that are left run at half the rate of large ones,
// and strips and panels are turned round and rounded as well, which fast products do not hide
// (N = 3,000 to 16,000 with NB = 192 to 1,024, two cores with AMX).
static void scale_deep(pn_process_cost *process, int nb, double relative)
{
    const double small_solves = 2.1, turned_round = 1.5;
    double shallow = fmin(1, (double)PN_ROUNDED_DEPTH / nb);
    double factor = shallow + (1 - shallow) * relative;
    process->solve *= small_solves * factor;
    process->look_ahead[0] *= turned_round;
    for (int i = 0; i < 2; i++)
        process->panels[i][0] *= turned_round * factor;
}

// Panels and solves are of FP32 where products are faster by 16 bits.
static pn_process_cost mixed_cost(const pn_rank_info *info, int threads, double rate, int nb)
{
    double single = pn_product_flops_single(info, (int)usual_nb), best = pn_product_flops(info, nb);
    if (!(single > 0))
        single = best;
    pn_process_cost process = plain_cost(info, threads, rate * single / best, nb);
    pn_process_cost products = plain_cost(info, threads, rate, nb);
    memcpy(process.multiply, products.multiply, sizeof process.multiply);
    // The rate is that at this very block size.
    process.multiply[0] = 2 / rate - process.multiply[1] / nb;
    memcpy(process.look_ahead, products.look_ahead, sizeof process.look_ahead);
    if (!info->is_device && pn_product_format(info, nb) == PN_BFLOAT16)
        scale_deep(&process, nb, fmin(1, single / best));
    return process;
}

// Interchange and solve as fast as measured with some NB; how they grow with it is as usual.
static void set_rows(pn_process_cost *process, double rate, double nb)
{
    double by_block = process->solve * nb, by_row = process->solve_row + 32 * process->move;
    double scale = nb / (rate * (by_block + by_row));
    process->rows[0] = scale * process->solve;
    process->rows[1] = scale * by_row;
}

pn_process_cost pn_cost_of_rank(const pn_rank_info *info, int threads, double rate, int nb)
{
    pn_process_cost process = pn_product_flops(info, nb) > 0 ? mixed_cost(info, threads, rate, nb)
                                                             : plain_cost(info, threads, rate, nb);
    if (info->rows_rate > 0)
        set_rows(&process, info->rows_rate, info->rate_nb ? info->rate_nb : usual_nb);
    return process;
}
