// SPDX-License-Identifier: BSD-3-Clause
// A whole machine: its partitions, the links between them, N by memory and by the model, the
// interval.
#include "machines/predict.h"

#include "base/flops.h"
#include "machines/between.h"
#include "machines/mixed_class.h"
#include "machines/notes.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INTERVAL_STEPS = 300, HELD_BYTES = 1024 };

typedef struct whole_machine {
    const pn_prediction_request *request;
    pn_prediction *prediction;
    pn_constants constants;
    pn_rank_class classes[PN_CLASSES_MOST]; // one a partition
    pn_trainers trainers;                   // of HPL-MxP
    double flops[PN_CLASSES_MOST]; // of one of a class in FP64, at the middle of its ranges
    pn_link between[PN_CLASSES_MOST * PN_CLASSES_MOST];
    pn_class_run run; // of these
} whole_machine;

enum { USUAL_MIXED_NB = 1024 };

static pn_status make_class(whole_machine *whole, int i, pn_end end)
{
    const pn_machine *machine = whole->request->machine;
    int nb = whole->request->settings.nb ? whole->request->settings.nb : USUAL_MIXED_NB;
    pn_status status =
        pn_partition_class(whole->prediction, &whole->constants, machine, &machine->partitions[i],
                           end, &whole->classes[i], &whole->prediction->of[i]);
    if (status != PN_OK || !whole->request->is_mixed)
        return status;
    whole->flops[i] = whole->classes[i].rate;
    return pn_mixed_class(whole->prediction, &whole->trainers, end, nb, &whole->classes[i],
                          &whole->prediction->of[i]);
}

static pn_status make_classes(whole_machine *whole, pn_end end)
{
    const pn_machine *machine = whole->request->machine;
    pn_prediction *prediction = whole->prediction;
    int count = machine->partitions_count;
    pn_status status = PN_OK;
    if (count > PN_CLASSES_MOST)
        return pn_fail(PN_ERROR_USAGE, "%d partitions in one run; at most %d are allowed.", count,
                       PN_CLASSES_MOST);
    prediction->partitions = count;
    for (int i = 0; i < count; i++)
        PN_TRY(make_class(whole, i, end));
    PN_TRY(pn_between_fill(
        whole->between, &(pn_between_request){.machine = machine,
                                              .sent = whole->request->is_mixed ? pn_mixed_sent : 1,
                                              .classes = whole->classes,
                                              .end = end,
                                              .prediction = prediction}));
    whole->run.classes = count;
    whole->run.of = whole->classes;
    whole->run.between = count > 1 ? whole->between : NULL;
fail:
    return status;
}

// The key of the figure that says what a partition holds.
static const char *memory_key(const whole_machine *whole, const pn_predicted_partition *told)
{
    const pn_machine_partition *partition = told->partition;
    int kind = pn_device_find(&whole->constants, told->kind);
    if (!partition->device)
        return partition->memory_available.set ? "memory_available" : "memory";
    bool has_hosts = kind >= 0 && !whole->constants.device[kind].holds_matrix;
    return has_hosts && partition->memory.set ? "device_memory and memory" : "device_memory";
}

// What the partitions hold: "partition "gpu", line 7 (device_memory: 21.6 TB in all)", and so on.
static void held_text(const whole_machine *whole, char text[HELD_BYTES])
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < whole->run.classes && used + 1 < HELD_BYTES; i++) {
        const pn_predicted_partition *told = &whole->prediction->of[i];
        const pn_rank_class *class = &whole->classes[i];
        used += (size_t)snprintf(text + used, HELD_BYTES - used,
                                 "%spartition \"%s\", line %d (%s: %.4g TB in all)", i ? ", " : "",
                                 told->partition->name, told->partition->line,
                                 memory_key(whole, told), class->memory * class->ranks / 1e12);
    }
}

// What is open is completed; where no matrix fits, the memory that there is is told.
static pn_status complete(whole_machine *whole)
{
    char held[HELD_BYTES];
    pn_status status = pn_class_run_complete(&whole->run);
    if (status == PN_OK || whole->run.settings.n > 0)
        return status;
    held_text(whole, held);
    return pn_fail(status, "no matrix fits %s: %s", held, pn_fail_message());
}

// The price, and that of the refinement.
static pn_status price(whole_machine *whole, pn_class_forecast *forecast)
{
    pn_status status = pn_class_run_price(&whole->run, forecast);
    if (status != PN_OK || !whole->request->is_mixed)
        return status;
    forecast->seconds += pn_mixed_refinement(whole->flops, whole->classes, whole->run.classes,
                                             forecast->n, forecast->nb);
    forecast->rate = pn_linpack_flops(forecast->n) / forecast->seconds;
    return PN_OK;
}

static pn_status predict_at(whole_machine *whole, pn_class_forecast *forecast)
{
    char held[HELD_BYTES];
    double largest = pn_class_run_orders(&whole->run).largest;
    whole->run.steps = whole->request->steps;
    pn_status status = price(whole, forecast);
    if (status == PN_OK || (double)whole->run.settings.n <= 0.9 * largest)
        return status;
    held_text(whole, held);
    return pn_fail(
        PN_ERROR_USAGE,
        "N = %lld does not fit: a matrix of order %.0f at most does, by the memory of %s",
        (long long)whole->run.settings.n, 0.97 * largest, held);
}

static void set_efficiency(pn_prediction *prediction)
{
    const pn_class_forecast *forecast = &prediction->forecast;
    for (int i = 0; i < prediction->partitions; i++) {
        pn_predicted_partition *told = &prediction->of[i];
        double done = forecast->work[i] * forecast->rate / (told->processes * told->rate);
        told->efficiency = fmin(done, 1); // shapes beyond those measured may be faster still
    }
}

// A peak is no basis of a rate, but a bound on it.
static pn_status tell_peaks(pn_prediction *prediction)
{
    const pn_class_forecast *forecast = &prediction->forecast;
    pn_status status = PN_OK;
    for (int i = 0; i < prediction->partitions && status == PN_OK; i++) {
        const pn_machine_partition *partition = prediction->of[i].partition;
        double rate = forecast->work[i] * forecast->rate;
        char peak[64];
        // A plan adds nodes to a partition, not to its peak.
        if (prediction->is_mixed || !partition->peak.set || partition->nodes.line == 0 ||
            rate <= partition->peak.high)
            continue;
        pn_quantity_format(partition->peak.value, PN_FLOPS, peak, sizeof peak);
        status =
            pn_note_assumed(&prediction->notes, partition->name,
                            "its part of the Rmax, %.4g TFLOP/s, is above its peak in the "
                            "file, %s; one of processor, clock, cores, rate and peak is wrong, "
                            "and it is taken to be the peak",
                            rate / 1e12, peak);
    }
    return status;
}

// A partition whose power is not known leaves that of the whole unknown.
static void add_power(pn_prediction *prediction)
{
    pn_range *watts = &prediction->watts_range;
    prediction->watts = 0;
    *watts = (pn_range){0, 0};
    for (int i = 0; i < prediction->partitions; i++) {
        const pn_predicted_partition *told = &prediction->of[i];
        if (told->watts <= 0) {
            prediction->watts = 0;
            *watts = (pn_range){0, 0};
            return;
        }
        prediction->watts += told->watts;
        watts->low += told->watts_range.low;
        watts->high += told->watts_range.high;
        prediction->watts_assumed = prediction->watts_assumed || told->watts_assumed;
    }
}

// times: the seconds of the runs at the ends of all ranges, over those of the one in the middle.
static void set_power(pn_prediction *prediction, const pn_range *times)
{
    double seconds = prediction->forecast.seconds;
    add_power(prediction);
    prediction->joules = prediction->watts * seconds;
    prediction->joules_range = (pn_range){prediction->watts_range.low * times->low * seconds,
                                          prediction->watts_range.high * times->high * seconds};
}

// How far nine in ten published systems of such parts, or runs of what was probed, lie from the
// model (docs/prediction.md); at least as far as the measurements lie from each other.
static pn_range spread_of(const whole_machine *whole)
{
    const pn_prediction *prediction = whole->prediction;
    const pn_constants *c = &whole->constants;
    pn_range spread = {0, 0};
    for (int i = 0; i < prediction->partitions; i++) {
        const pn_predicted_partition *told = &prediction->of[i];
        bool is_device = told->partition->device && !told->is_as_probed;
        double above = told->is_as_probed ? c->measured_spread
                       : is_device        ? c->device_spread
                                          : c->processor_spread;
        double below = is_device ? c->device_below : above, share = prediction->forecast.shares[i];
        spread.low += share * fmax(below, told->disagreement);
        spread.high += share * fmax(above, told->disagreement);
    }
    return spread;
}

static void widen(pn_range *range, double value)
{
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

// What the prediction keeps of the middle while its parts are made anew for the ends.
typedef struct interval {
    pn_predicted_partition of[PN_CLASSES_MOST];
    pn_class_forecast middle; // on as many steps as the ends
    double largest;           // order that all parts hold
    pn_range rate, seconds;   // over those of the middle
} interval;

static void keep_partitions(const whole_machine *whole, interval *kept)
{
    for (int i = 0; i < whole->run.classes; i++) {
        widen(&kept->of[i].rate_range, whole->prediction->of[i].rate);
        widen(&kept->of[i].watts_range, whole->prediction->of[i].watts);
    }
}

// The run with all ranges at one end, on a matrix that fills as much of the memory.
static pn_status predict_end(whole_machine *whole, pn_end end, interval *kept)
{
    pn_prediction *prediction = whole->prediction;
    pn_gidx n = prediction->forecast.n;
    pn_class_forecast forecast;
    pn_status status;
    PN_TRY(make_classes(whole, end));
    keep_partitions(whole, kept);
    double largest = pn_class_run_orders(&whole->run).largest;
    whole->run.settings.n =
        whole->request->settings.n > 0 ? n : (pn_gidx)((double)n * (largest / kept->largest));
    if (price(whole, &forecast) == PN_OK) {
        widen(&kept->rate, forecast.rate / kept->middle.rate);
        widen(&kept->seconds, forecast.seconds / kept->middle.seconds);
    } else {
        status =
            pn_note_assumed(&prediction->notes, "",
                            "N = %lld fits; at the %s ends of the ranges it does not, and the "
                            "interval leaves them out",
                            (long long)whole->run.settings.n, end == PN_END_LOW ? "low" : "high");
    }
fail:
    return status;
}

// The model's own spread about the rates at both ends of all ranges.
static pn_status set_interval(whole_machine *whole, interval *kept)
{
    pn_prediction *prediction = whole->prediction;
    pn_range spread = spread_of(whole);
    pn_status status;
    kept->largest = pn_class_run_orders(&whole->run).largest;
    whole->run.steps = INTERVAL_STEPS;
    PN_TRY(price(whole, &kept->middle));
    PN_TRY(predict_end(whole, PN_END_LOW, kept));
    PN_TRY(predict_end(whole, PN_END_HIGH, kept));
    prediction->low = prediction->forecast.rate * kept->rate.low / (1 + spread.low);
    prediction->high = prediction->forecast.rate * kept->rate.high * (1 + spread.high);
    if (whole->request->is_mixed) {
        prediction->low = prediction->forecast.rate * kept->rate.low * pn_mixed_spread.low;
        prediction->high = prediction->forecast.rate * kept->rate.high * pn_mixed_spread.high;
    }
fail:
    return status;
}

// Rate, interval and power of the run that was chosen.
static pn_status tell_run(whole_machine *whole)
{
    pn_prediction *prediction = whole->prediction;
    interval kept = {.rate = {1, 1}, .seconds = {1, 1}};
    pn_status status;
    PN_TRY(predict_at(whole, &prediction->forecast));
    set_efficiency(prediction);
    PN_TRY(tell_peaks(prediction));
    for (int i = 0; i < prediction->partitions; i++) {
        pn_predicted_partition *told = &prediction->of[i];
        told->rate_range = (pn_range){told->rate, told->rate};
        told->watts_range = (pn_range){told->watts, told->watts};
    }
    memcpy(kept.of, prediction->of, sizeof kept.of);
    if (!whole->request->no_interval)
        PN_TRY(set_interval(whole, &kept));
    memcpy(prediction->of, kept.of, sizeof kept.of);
    set_power(prediction, &kept.seconds);
fail:
    return status;
}

static pn_status check_grid(const whole_machine *whole)
{
    const pn_settings *asked = &whole->request->settings;
    double processes = (double)asked->p * asked->q, there = whole->classes[0].ranks;
    if (asked->p == 0 || processes <= there)
        return PN_OK;
    return pn_fail(
        PN_ERROR_USAGE,
        "--grid %dx%d has %.0f processes, and partition \"%s\" has %.0f; as many are "
        "allowed%s",
        asked->p, asked->q, processes, whole->request->machine->partitions[0].name, there,
        whole->classes[0].is_measured ? " (probe with as many ranks as the run will have)" : "");
}

// Processors of which nothing is said do FP32.
static bool says_half(const pn_machine *machine)
{
    bool says = false;
    for (int i = 0; i < machine->partitions_count; i++)
        says = says || machine->partitions[i].device || machine->partitions[i].rate_16bit.set;
    return says;
}

// From the file to classes of ranks, and what was asked for of their run. To be freed.
static pn_status open_machine(whole_machine **whole, pn_prediction *prediction,
                              const pn_prediction_request *request)
{
    pn_status status;
    *prediction = (pn_prediction){.is_mixed = request->is_mixed};
    *whole = calloc(1, sizeof **whole);
    if (!*whole)
        return pn_fail_memory("for a prediction");
    (*whole)->request = request;
    (*whole)->prediction = prediction;
    (*whole)->run = (pn_class_run){
        .settings = request->settings, .height = request->height, .steps = request->steps};
    pn_constants_load(&(*whole)->constants);
    if (request->is_mixed && says_half(request->machine))
        PN_TRY(pn_trainers_of_machine(&(*whole)->trainers, request->machine));
    PN_TRY(make_classes(*whole, PN_END_MIDDLE));
    PN_TRY(check_grid(*whole));
fail:
    return status;
}

static void close_machine(whole_machine *whole)
{
    if (whole)
        pn_trainers_release(&whole->trainers);
    free(whole);
}

pn_status pn_predict_machine(pn_prediction *prediction, const pn_prediction_request *request)
{
    whole_machine *whole;
    pn_status status;
    PN_TRY(open_machine(&whole, prediction, request));
    PN_TRY(complete(whole));
    PN_TRY(tell_run(whole));
fail:
    close_machine(whole);
    if (status != PN_OK)
        pn_prediction_release(prediction);
    return status;
}

pn_status pn_tune_machine(pn_tuning *tuning, const pn_prediction_request *request)
{
    whole_machine *whole;
    pn_prediction notes;
    pn_class_forecast usual;
    pn_status status;
    PN_TRY(open_machine(&whole, &notes, request));
    pn_class_run asked = whole->run;
    PN_TRY(complete(whole));
    PN_TRY(predict_at(whole, &usual));
    PN_TRY(pn_class_run_tune(&asked, &usual, tuning));
fail:
    close_machine(whole);
    pn_prediction_release(&notes);
    return status;
}
