// SPDX-License-Identifier: BSD-3-Clause
// A whole machine: its parts, the links between them, N by memory and by the model, the interval.
#include "predict/predict.h"

#include "predict/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SEARCH_STEPS = 300, TRIES = 7 };

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
    static const char *const names[] = {"measured", "fitted", "assumed"};
    return names[basis];
}

static const pn_machine_gateway *find_gateway(const pn_machine *machine, const char *from,
                                              const char *to)
{
    for (int i = 0; i < machine->gateways_count; i++) {
        const pn_machine_gateway *g = &machine->gateways[i];
        if ((strcmp(g->from, from) == 0 && strcmp(g->to, to) == 0) ||
            (strcmp(g->from, to) == 0 && strcmp(g->to, from) == 0))
            return g;
    }
    return NULL;
}

static bool same_network(const pn_machine_partition *a, const pn_machine_partition *b)
{
    if (!a->network && !b->network)
        return a->ranks.set && b->ranks.set; // kinds of ranks that were probed together
    return a->network && b->network && strcasecmp(a->network, b->network) == 0;
}

// A gateway is shared by all rows of the grid, which send their panels at about the same time.
static pn_status set_link(whole_machine *whole, int i, int j)
{
    const pn_machine *machine = whole->request->machine;
    const pn_machine_partition *a = &machine->partitions[i], *b = &machine->partitions[j];
    const pn_system_part *from = &whole->part[i], *to = &whole->part[j];
    pn_link *link = &whole->between[i * machine->partitions_count + j];
    *link = (pn_link){fmax(from->latency, to->latency), 1.0 / fmin(from->bandwidth, to->bandwidth)};
    const pn_machine_gateway *gateway = find_gateway(machine, a->name, b->name);
    if (gateway && gateway->bandwidth.set) {
        double rows = sqrt(fmax(from->processes, to->processes));
        link->second = fmax(link->second, rows / gateway->bandwidth.value);
        link->latency += gateway->latency.value;
        return i < j
                   ? pn_prediction_note(whole->prediction, "%s - %s: gateway of %.4g GB/s (%s%s%s)",
                                        a->name, b->name, gateway->bandwidth.value / 1e9,
                                        gateway->bandwidth.assumed ? "assumed" : "",
                                        gateway->source && gateway->bandwidth.assumed ? "; " : "",
                                        gateway->source              ? gateway->source
                                        : gateway->bandwidth.assumed ? ""
                                                                     : "machine file")
                   : PN_OK;
    }
    if (i < j && !same_network(a, b))
        return pn_prediction_note(
            whole->prediction,
            "%s - %s: two networks and no gateway described; taken to reach each "
            "other as fast as the slower one goes (assumed)",
            a->name, b->name);
    return PN_OK;
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
    if (end == PN_END_MIDDLE)
        for (int i = 0; i < count; i++)
            for (int j = 0; j < count; j++)
                if (i != j)
                    PN_TRY(set_link(whole, i, j));
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

// Between filling the first part and filling all, the model chooses.
static pn_status choose_n(whole_machine *whole)
{
    double largest, balanced, best = 0, chosen = 0;
    pn_status status;
    bounds_of_n(whole, &largest, &balanced);
    if (!(largest > 0) || !isfinite(largest))
        return pn_fail(PN_ERROR_USAGE, "The machine file gives no memory for the matrix: every "
                                       "partition needs \"memory\" or a device that is known.");
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
    if (chosen == 0)
        return pn_fail(PN_ERROR_USAGE, "No matrix fits: %s", pn_fail_message());
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
    if (status != PN_OK && (double)whole->system.n > 0.9 * largest)
        return pn_fail(PN_ERROR_USAGE,
                       "N = %lld does not fit: the parts hold a matrix of order %.0f at most.",
                       (long long)whole->system.n, 0.97 * largest);
    return status;
}

static void set_efficiency(pn_prediction *prediction)
{
    const pn_system_forecast *forecast = &prediction->forecast;
    for (int i = 0; i < prediction->parts; i++) {
        pn_predicted_part *part = &prediction->part[i];
        part->efficiency = forecast->shares[i] * forecast->rate / (part->processes * part->rate);
    }
}

static void set_power(pn_prediction *prediction)
{
    prediction->watts = 0;
    for (int i = 0; i < prediction->parts; i++) {
        if (prediction->part[i].watts <= 0) {
            prediction->watts = 0;
            break;
        }
        prediction->watts += prediction->part[i].watts;
        prediction->watts_assumed = prediction->watts_assumed || prediction->part[i].watts_assumed;
    }
    prediction->joules = prediction->watts * prediction->forecast.seconds;
}

// How far nine in ten published systems of such parts lie from the model (docs/prediction.md).
static double spread_of(const whole_machine *whole)
{
    const pn_prediction *prediction = whole->prediction;
    double spread = 0;
    for (int i = 0; i < prediction->parts; i++) {
        const pn_predicted_part *part = &prediction->part[i];
        double own = part->basis == PN_BASIS_MEASURED ? whole->constants.measured_spread
                     : part->partition->device        ? whole->constants.device_spread
                                                      : whole->constants.processor_spread;
        spread += prediction->forecast.shares[i] * own;
    }
    return spread;
}

// The model's own spread about the rates at both ends of all ranges.
static pn_status set_interval(whole_machine *whole)
{
    pn_prediction *prediction = whole->prediction;
    double rates[2] = {prediction->forecast.rate, prediction->forecast.rate};
    pn_predicted_part kept[PN_SYSTEM_PARTS];
    memcpy(kept, prediction->part, sizeof kept);
    pn_gidx n = whole->system.n;
    double spread = spread_of(whole);
    double middle, unused;
    bounds_of_n(whole, &middle, &unused);
    pn_status status = PN_OK;
    for (int e = 0; e < 2; e++) {
        pn_system_forecast forecast;
        PN_TRY(make_parts(whole, e ? PN_END_HIGH : PN_END_LOW));
        double largest, balanced;
        bounds_of_n(whole, &largest, &balanced);
        whole->system.n = whole->request->n > 0 ? n : (pn_gidx)((double)n * largest / middle);
        whole->system.steps = SEARCH_STEPS;
        for (int i = 0; i < prediction->parts; i++) {
            *(e ? &kept[i].rate_high : &kept[i].rate_low) = whole->part[i].rate;
        }
        if (pn_system_predict(&whole->system, &forecast) == PN_OK)
            rates[e] = e ? fmax(rates[e], forecast.rate) : fmin(rates[e], forecast.rate);
    }
    prediction->low = rates[0] / (1 + spread);
    prediction->high = rates[1] * (1 + spread);
    memcpy(prediction->part, kept, sizeof kept);
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
        return pn_fail(status, "There is no memory for a prediction.");
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
    PN_TRY(predict_at(whole, &prediction->forecast));
    set_efficiency(prediction);
    set_power(prediction);
    if (!request->no_interval)
        PN_TRY(set_interval(whole));
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
