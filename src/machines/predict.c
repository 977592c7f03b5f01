// SPDX-License-Identifier: BSD-3-Clause
// A whole machine: its parts, the links between them, N by memory and by the model, the interval.
#include "machines/predict.h"

#include "machines/between.h"
#include "machines/notes.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCH_STEPS = 300, TRIES = 7, HELD_BYTES = 1024 };

typedef struct whole_machine {
    const pn_prediction_request *request;
    pn_prediction *prediction;
    pn_constants constants;
    pn_system_part part[PN_SYSTEM_PARTS];
    pn_link between[PN_SYSTEM_PARTS * PN_SYSTEM_PARTS];
    pn_system system;
} whole_machine;

const char *pn_basis_name(pn_basis basis)
{
    static const char *const names[] = {"measured", "given", "fitted", "assumed"};
    return names[basis];
}

static pn_status make_parts(whole_machine *whole, pn_end end)
{
    const pn_machine *machine = whole->request->machine;
    pn_prediction *prediction = whole->prediction;
    int count = machine->partitions_count;
    pn_status status = PN_OK;
    if (count > PN_SYSTEM_PARTS)
        return pn_fail(PN_ERROR_USAGE, "%d partitions in one run; at most %d are allowed.", count,
                       PN_SYSTEM_PARTS);
    prediction->parts = count;
    for (int i = 0; i < count; i++)
        PN_TRY(pn_partition_part(prediction, &whole->constants, machine, &machine->partitions[i],
                                 end, &whole->part[i], &prediction->part[i]));
    PN_TRY(pn_between_fill(whole->between, &(pn_between_request){.machine = machine,
                                                                 .part = whole->part,
                                                                 .end = end,
                                                                 .prediction = prediction}));
    whole->system.parts = count;
    whole->system.part = whole->part;
    whole->system.between = count > 1 ? whole->between : NULL;
fail:
    return status;
}

// Order of the largest matrix that all parts together hold, and of the one that they hold in
// proportion to their rates: beyond it a part is full and the others do its work.
static void bounds_of_n(const whole_machine *whole, double *largest, double *balanced)
{
    double bytes = 0, rate = 0, least = INFINITY;
    for (int i = 0; i < whole->system.parts; i++) {
        bytes += whole->part[i].memory * whole->part[i].processes;
        rate += whole->part[i].rate * whole->part[i].processes;
    }
    for (int i = 0; i < whole->system.parts; i++)
        least = fmin(least, whole->part[i].memory / whole->part[i].rate);
    *largest = sqrt(bytes / 8.0);
    *balanced = fmin(*largest, sqrt(least * rate / 8.0));
}

static pn_status rate_at(whole_machine *whole, double n, double *rate)
{
    pn_system_forecast forecast;
    whole->system.n = (pn_gidx)n;
    whole->system.steps = SEARCH_STEPS;
    *rate = 0;
    if (pn_system_predict(&whole->system, &forecast) == PN_OK) // too large a matrix has no rate
        *rate = forecast.rate;
    return PN_OK;
}

// Parts of unlike speeds want unlike blocks; the model finds what suits them together.
static pn_status choose_nb(whole_machine *whole)
{
    static const int sizes[] = {192, 256, 384, 512, 768, 1024};
    double best = 0;
    int chosen = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double rate;
        whole->system.nb = sizes[i];
        pn_status status = rate_at(whole, (double)whole->system.n, &rate);
        if (status != PN_OK)
            return status;
        if (rate > best) {
            best = rate;
            chosen = sizes[i];
        }
    }
    whole->system.nb = chosen; // 0 where nothing fits: the failure comes with the full prediction
    return PN_OK;
}

// Speed left in use if all columns are p high.
static double rate_in_use(const whole_machine *whole, int p)
{
    double rate = 0;
    for (int i = 0; i < whole->system.parts; i++) {
        const pn_system_part *part = &whole->part[i];
        int height = (int)fmin(p, part->processes);
        rate += part->rate * height * floor(part->processes / height);
    }
    return rate;
}

typedef struct shape_choice {
    double n, best;
    int p, nb;
    bool same;
} shape_choice;

static pn_status try_height(whole_machine *whole, int p, bool same, shape_choice *choice)
{
    double rate;
    whole->system.p = p;
    whole->system.same_height = same;
    pn_status status = rate_at(whole, choice->n, &rate);
    if (status == PN_OK && rate > choice->best) {
        choice->best = rate;
        choice->p = p;
        choice->nb = whole->system.nb;
        choice->same = same;
    }
    return status;
}

// Heights between flat and square: in every band one that each part comes near to, and the one at
// which all together leave the fewest processes out.
static pn_status try_heights(whole_machine *whole, double processes, shape_choice *choice)
{
    pn_status status = PN_OK;
    for (double low = fmax(1, sqrt(processes) / 4); low <= sqrt(processes) + 1; low *= 1.4) {
        int fullest = (int)low;
        for (int p = (int)low; p < 1.4 * low; p++)
            if (rate_in_use(whole, p) > rate_in_use(whole, fullest))
                fullest = p;
        PN_TRY(try_height(whole, (int)low, false, choice));
        PN_TRY(try_height(whole, fullest, true, choice));
    }
fail:
    return status;
}

// Height and block size of several parts.
static pn_status choose_shape(whole_machine *whole)
{
    static const int sizes[] = {256, 512, 1024};
    double processes = 0, largest, balanced;
    pn_status status = PN_OK;
    for (int i = 0; i < whole->system.parts; i++)
        processes += whole->part[i].processes;
    bounds_of_n(whole, &largest, &balanced);
    shape_choice choice = {.n = whole->request->n > 0 ? (double)whole->request->n : 0.9 * largest,
                           .nb = whole->request->nb};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        whole->system.nb = whole->request->nb ? whole->request->nb : sizes[i];
        PN_TRY(try_heights(whole, processes, &choice));
        if (whole->request->nb)
            break;
    }
    whole->system.p = choice.p;
    whole->system.nb = choice.nb;
    whole->system.same_height = choice.same;
fail:
    return status;
}

// The key of the figure that says what a partition holds.
static const char *memory_key(const whole_machine *whole, const pn_predicted_part *part)
{
    const pn_machine_partition *partition = part->partition;
    int kind = pn_device_find(&whole->constants, part->kind);
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
    for (int i = 0; i < whole->system.parts && used + 1 < HELD_BYTES; i++) {
        const pn_predicted_part *told = &whole->prediction->part[i];
        const pn_system_part *part = &whole->part[i];
        used += (size_t)snprintf(text + used, HELD_BYTES - used,
                                 "%spartition \"%s\", line %d (%s: %.4g TB in all)", i ? ", " : "",
                                 told->partition->name, told->partition->line,
                                 memory_key(whole, told), part->memory * part->processes / 1e12);
    }
}

// Between filling the first part and filling all, the model chooses.
static pn_status choose_n(whole_machine *whole)
{
    double largest, balanced, best = 0, chosen = 0;
    pn_status status;
    bounds_of_n(whole, &largest, &balanced);
    assert(largest > 0 && isfinite(largest)); // no part is made without its memory
    for (int i = 0; i < TRIES; i++) {
        double n = balanced + (0.97 * largest - balanced) * i / (TRIES - 1), rate;
        PN_TRY(rate_at(whole, 0.985 * n, &rate));
        if (rate > best) {
            best = rate;
            chosen = 0.985 * n;
        }
        if (largest < 1.05 * balanced && chosen > 0)
            break;
    }
    if (chosen == 0) {
        char held[HELD_BYTES];
        held_text(whole, held);
        return pn_fail(PN_ERROR_USAGE, "no matrix fits %s: %s", held, pn_fail_message());
    }
    whole->system.n = (pn_gidx)chosen;
fail:
    return status;
}

static pn_status predict_at(whole_machine *whole, pn_system_forecast *forecast)
{
    pn_status status;
    double largest, balanced;
    whole->system.steps = whole->request->steps;
    status = pn_system_predict(&whole->system, forecast);
    bounds_of_n(whole, &largest, &balanced);
    if (status == PN_OK || (double)whole->system.n <= 0.9 * largest)
        return status;
    char held[HELD_BYTES];
    held_text(whole, held);
    return pn_fail(
        PN_ERROR_USAGE,
        "N = %lld does not fit: a matrix of order %.0f at most does, by the memory of %s",
        (long long)whole->system.n, 0.97 * largest, held);
}

static void set_efficiency(pn_prediction *prediction)
{
    const pn_system_forecast *forecast = &prediction->forecast;
    for (int i = 0; i < prediction->parts; i++) {
        pn_predicted_part *part = &prediction->part[i];
        part->efficiency = forecast->shares[i] * forecast->rate / (part->processes * part->rate);
    }
}

// A part whose power is not known leaves that of the whole unknown.
static void add_power(pn_prediction *prediction)
{
    pn_range *watts = &prediction->watts_range;
    prediction->watts = 0;
    *watts = (pn_range){0, 0};
    for (int i = 0; i < prediction->parts; i++) {
        const pn_predicted_part *part = &prediction->part[i];
        if (part->watts <= 0) {
            prediction->watts = 0;
            *watts = (pn_range){0, 0};
            return;
        }
        prediction->watts += part->watts;
        watts->low += part->watts_range.low;
        watts->high += part->watts_range.high;
        prediction->watts_assumed = prediction->watts_assumed || part->watts_assumed;
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
// model (docs/prediction.md).
static double spread_of(const whole_machine *whole)
{
    const pn_prediction *prediction = whole->prediction;
    double spread = 0;
    for (int i = 0; i < prediction->parts; i++) {
        const pn_predicted_part *part = &prediction->part[i];
        double own = part->is_as_probed        ? whole->constants.measured_spread
                     : part->partition->device ? whole->constants.device_spread
                                               : whole->constants.processor_spread;
        spread += prediction->forecast.shares[i] * own;
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
    pn_predicted_part part[PN_SYSTEM_PARTS];
    pn_system_forecast middle; // on as many steps as the ends
    double largest;            // order that all parts hold
    pn_range rate, seconds;    // over those of the middle
} interval;

static void keep_parts(const whole_machine *whole, interval *kept)
{
    for (int i = 0; i < whole->system.parts; i++) {
        widen(&kept->part[i].rate_range, whole->prediction->part[i].rate);
        widen(&kept->part[i].watts_range, whole->prediction->part[i].watts);
    }
}

// The run with all ranges at one end, on a matrix that fills as much of the memory.
static pn_status predict_end(whole_machine *whole, pn_end end, interval *kept)
{
    pn_prediction *prediction = whole->prediction;
    pn_gidx n = prediction->forecast.n;
    double largest, unused;
    pn_system_forecast forecast;
    pn_status status;
    PN_TRY(make_parts(whole, end));
    keep_parts(whole, kept);
    bounds_of_n(whole, &largest, &unused);
    whole->system.n = whole->request->n > 0 ? n : (pn_gidx)((double)n * (largest / kept->largest));
    if (pn_system_predict(&whole->system, &forecast) == PN_OK) {
        widen(&kept->rate, forecast.rate / kept->middle.rate);
        widen(&kept->seconds, forecast.seconds / kept->middle.seconds);
    } else {
        status = pn_prediction_note(prediction,
                                    "N = %lld fits (assumed): at the %s ends of the ranges it does "
                                    "not, and the interval leaves them out",
                                    (long long)whole->system.n, end == PN_END_LOW ? "low" : "high");
    }
fail:
    return status;
}

// The model's own spread about the rates at both ends of all ranges.
static pn_status set_interval(whole_machine *whole, interval *kept)
{
    pn_prediction *prediction = whole->prediction;
    double spread = spread_of(whole), unused;
    pn_status status;
    bounds_of_n(whole, &kept->largest, &unused);
    whole->system.steps = SEARCH_STEPS;
    PN_TRY(pn_system_predict(&whole->system, &kept->middle));
    PN_TRY(predict_end(whole, PN_END_LOW, kept));
    PN_TRY(predict_end(whole, PN_END_HIGH, kept));
    prediction->low = prediction->forecast.rate * kept->rate.low / (1 + spread);
    prediction->high = prediction->forecast.rate * kept->rate.high * (1 + spread);
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
    for (int i = 0; i < prediction->parts; i++) {
        pn_predicted_part *part = &prediction->part[i];
        part->rate_range = (pn_range){part->rate, part->rate};
        part->watts_range = (pn_range){part->watts, part->watts};
    }
    memcpy(kept.part, prediction->part, sizeof kept.part);
    if (!whole->request->no_interval)
        PN_TRY(set_interval(whole, &kept));
    memcpy(prediction->part, kept.part, sizeof kept.part);
    set_power(prediction, &kept.seconds);
fail:
    return status;
}

static pn_status check_grid(const whole_machine *whole)
{
    const pn_prediction_request *request = whole->request;
    double asked = (double)request->p * request->q, there = whole->part[0].processes;
    if (request->p == 0 || asked <= there)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "--grid %dx%d has %.0f processes, and partition \"%s\" has %.0f; as many are "
                   "allowed%s",
                   request->p, request->q, asked, request->machine->partitions[0].name, there,
                   whole->part[0].is_measured ? " (probe with as many ranks as the run will have)"
                                              : "");
}

pn_status pn_predict_machine(pn_prediction *prediction, const pn_prediction_request *request)
{
    *prediction = (pn_prediction){0};
    pn_status status = PN_ERROR_MEMORY;
    whole_machine *whole = calloc(1, sizeof *whole);
    if (!whole)
        return pn_fail_memory("for a prediction");
    whole->request = request;
    whole->prediction = prediction;
    pn_constants_load(&whole->constants);
    whole->system = (pn_system){.nb = request->nb,
                                .p = request->p,
                                .q = request->q,
                                .in_turn = request->in_turn,
                                .equal_shares = request->equal_shares,
                                .shares = request->shares,
                                .share_count = request->share_count};
    PN_TRY(make_parts(whole, PN_END_MIDDLE));
    PN_TRY(check_grid(whole));
    if (whole->system.parts == 1 && request->p > 0 && request->q == 0)
        whole->system.q = (int)fmax(1, floor(whole->part[0].processes / request->p));
    if (whole->system.parts > 1 && request->height > 0) {
        whole->system.p = request->height;
        whole->system.same_height = !request->differ;
    } else if (whole->system.parts > 1) {
        PN_TRY(choose_shape(whole));
    }
    if (request->n == 0)
        PN_TRY(choose_n(whole));
    if (request->n > 0)
        whole->system.n = request->n;
    if (request->nb == 0 && whole->system.parts > 1)
        PN_TRY(choose_nb(whole));
    PN_TRY(tell_run(whole));
    free(whole);
    return PN_OK;
fail:
    free(whole);
    pn_prediction_release(prediction);
    return status;
}

void pn_prediction_release(pn_prediction *prediction)
{
    free(prediction->note);
    *prediction = (pn_prediction){0};
}
