// SPDX-License-Identifier: BSD-3-Clause
// Costs from little more than a rate. What was measured in full is fitted instead
// (model/cost_fit.h).
#include "tune/classes.h"

#include "base/assertion.h"

#include <math.h>

// Nobody measured these where they are used. They are set by hand, as probes of teams on processors
// showed them about (docs/prediction.md, Settings).
static const double call = 1e-5;      // s of a multiplication beside its work
static const double moved_words = 40; // operations of a device that a moved byte takes as long as

// A team of threads, in relation to its rate of multiplication at the usual block size.
static const double usual_nb = 256;
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

pn_process_cost pn_cost_of_team(double rate, double panel, int threads)
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
