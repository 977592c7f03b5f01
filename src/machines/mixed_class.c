// SPDX-License-Identifier: BSD-3-Clause
#include "machines/mixed_class.h"

#include "base/rules.h"

#include <math.h>
#include <string.h>

// Of the published peak in 16 bits products get so much inside a run: the median of what published
// runs of HPL-MxP say by this model. Of a rate of products that was measured they get all.
static const double products_of_peak = 0.5;
const pn_range pn_mixed_spread = {0.4, 1.9};

// Processors do twice as much in FP32 as in FP64; devices whose FP64 is as wide as this list's do
// the same.
static const double single_of_processors = 2;
// Of HPL's bytes: the result of a product is of 4 and not 8, panels and rows are sent in 2.
static const double result_bytes = 0.5;
const double pn_mixed_sent = 0.25;
static const double memory_entries = 1.9; // times as many entries in as much memory, copies counted
static const double column_without_pivot = 0.5; // of what a column of a panel costs with one

// Of refinement, by hand: solutions, operations of FP64 in the time of a byte of memory and of an
// entry that is generated, and latencies of a block that is solved.
static const double solutions = 3, operations_a_byte = 20, operations_an_entry = 40;
static const double latencies_a_block = 4;

static const pn_trainer *trainer_of(const pn_trainers *trainers, const char *name)
{
    for (int i = 0; i < trainers->count; i++)
        if (strcmp(trainers->of[i].name, name) == 0)
            return &trainers->of[i];
    return NULL;
}

static double rate_at(const pn_trainer *trainer, pn_end end, double ranks)
{
    double one = end == PN_END_LOW    ? trainer->rates.low / ranks
                 : end == PN_END_HIGH ? trainer->rates.high / ranks
                                      : trainer->rate;
    return trainer->is_peak ? one * products_of_peak : one;
}

static void set_costs(pn_rank_class *class, int nb, double single, double half)
{
    pn_process_cost *process = &class->cost.process;
    double slower = class->rate / half;
    double shallow = fmin(1, (double)PN_ROUNDED_DEPTH / nb);
    double solve = (shallow / single + (1 - shallow) / half);
    process->multiply[0] *= slower;
    process->multiply[1] *= result_bytes;
    process->multiply[2] *= slower;
    process->multiply[3] *= slower;
    process->solve = solve;
    process->panel = solve;
    process->panel_column *= column_without_pivot;
    process->move = 0;
    process->device_panel = 0;
    process->threads = 0;
    process->product_count = 0;
    process->rows[0] = process->rows[1] = process->solve_row = 0;
    memset(process->panels, 0, sizeof process->panels);
    memset(process->look_ahead, 0, sizeof process->look_ahead);
    class->cost.row.per_byte *= pn_mixed_sent;
    class->cost.column.per_byte *= pn_mixed_sent;
}

pn_status pn_mixed_class(pn_prediction *prediction, const pn_trainers *trainers, pn_end end, int nb,
                         pn_rank_class *class, pn_predicted_partition *told)
{
    const pn_machine_partition *partition = told->partition;
    const pn_trainer *trainer = trainer_of(trainers, partition->name);
    bool is_told = end == PN_END_MIDDLE;
    double single = class->rate * (class->is_device ? 1 : single_of_processors);
    pn_status status = PN_OK;
    if (!trainer && class->is_device)
        return pn_fail(PN_ERROR_USAGE,
                       "partition \"%s\", line %d: nothing says what \"%s\" does in 16 bits; "
                       "\"peak_16bit\" or \"rate_16bit\" of the device is needed.",
                       partition->name, partition->line, partition->device);
    double half = trainer ? rate_at(trainer, end, class->ranks) : single;
    if (is_told && !trainer)
        PN_TRY(pn_note_assumed(&prediction->notes, partition->name,
                               "products of FP32, at %.0f times the rate of FP64 "
                               "(\"rate_16bit\" says what 16 bits do)",
                               single_of_processors));
    if (is_told && trainer && trainer->is_peak)
        PN_TRY(pn_note_assumed(&prediction->notes, partition->name,
                               "products of 16 bits reach %.0f %% of the published peak, "
                               "%.4g TFLOP/s, inside a run",
                               100 * products_of_peak, trainer->rate / 1e12));
    set_costs(class, nb, single, half);
    class->rate = half;
    class->memory *= memory_entries;
    told->rate = half;
    told->memory = class->memory;
    told->basis = trainer && !trainer->is_peak ? told->basis : PN_BASIS_ASSUMED;
fail:
    return status;
}

double pn_mixed_refinement(const double *flops, const pn_rank_class *classes, int count, pn_gidx n,
                           int nb)
{
    double all = 0, latency = 0, size = (double)n;
    for (int i = 0; i < count; i++) {
        all += flops[i] * classes[i].ranks;
        latency = fmax(latency, fmax(classes[i].cost.row.latency, classes[i].cost.column.latency));
    }
    double one = size * size * (4 * operations_a_byte + operations_an_entry) / all +
                 2 * latencies_a_block * latency * size / nb;
    return solutions * one;
}
