// SPDX-License-Identifier: BSD-3-Clause
// Counting nodes: the rate grows nearly in proportion to them, so a few secant steps find how many
// reach a target.
#include "predict/upgrade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 8, STEPS = 150 };

static const double most_nodes = 100000;

pn_status pn_upgrade_rate(const pn_machine *machine, double *rate)
{
    pn_prediction prediction;
    pn_prediction_request request = {.machine = machine, .steps = STEPS, .no_interval = true};
    pn_status status = pn_predict_machine(&prediction, &request);
    *rate = status == PN_OK ? prediction.forecast.rate : 0;
    pn_prediction_release(&prediction);
    return status;
}

// The machine and `nodes` of a kind. A shallow copy: lists are fresh, what they hold is borrowed.
typedef struct joined_machine {
    pn_machine machine;
} joined_machine;

static pn_status join(joined_machine *joined, const pn_machine *machine,
                      const pn_machine *catalogue, const pn_machine_partition *kind, double nodes)
{
    size_t old = machine ? (size_t)machine->partitions_count : 0;
    size_t own = machine ? (size_t)machine->devices_count : 0;
    size_t others = (size_t)catalogue->devices_count;
    joined->machine = machine ? *machine : *catalogue;
    pn_machine *m = &joined->machine;
    m->partitions = calloc(old + 1, sizeof *m->partitions);
    m->devices = calloc(own + others + 1, sizeof *m->devices);
    if (!m->partitions || !m->devices)
        return pn_fail(PN_ERROR_MEMORY, "There is no memory for an enlarged machine.");
    if (machine) {
        memcpy(m->partitions, machine->partitions, old * sizeof *m->partitions);
        if (own)
            memcpy(m->devices, machine->devices, own * sizeof *m->devices);
    }
    if (others)
        memcpy(m->devices + own, catalogue->devices, others * sizeof *m->devices);
    m->partitions[old] = *kind;
    m->partitions[old].nodes = pn_figure_of(nodes);
    m->partitions_count = (int)old + 1;
    m->devices_count = (int)(own + others);
    return PN_OK;
}

static void disjoin(joined_machine *joined)
{
    free(joined->machine.partitions);
    free(joined->machine.devices);
}

static pn_status rate_with(const pn_machine *machine, const pn_upgrade_request *request,
                           const pn_machine_partition *kind, double nodes, double *rate)
{
    joined_machine joined = {0};
    pn_status status = join(&joined, machine, request->catalogue, kind, nodes);
    if (status == PN_OK)
        status = pn_upgrade_rate(&joined.machine, rate);
    disjoin(&joined);
    return status;
}

static double affordable(const pn_upgrade_request *request, const pn_machine_partition *kind)
{
    return request->budget > 0 ? floor(request->budget / kind->price.value) : most_nodes;
}

// Fewest nodes with which the whole reaches the target, or as many as can be had.
static pn_status count_nodes(const pn_upgrade_request *request, pn_upgrade *upgrade, double before)
{
    const pn_machine_partition *kind = upgrade->kind;
    double most = affordable(request, kind);
    double low = 0, high = most, low_rate = before, high_rate = 0, nodes = 64;
    pn_status status = PN_OK;
    upgrade->nodes = most;
    for (int round = 0; round < ROUNDS && high - low > 1; round++) {
        nodes = fmin(fmax(ceil(nodes), low + 1), fmin(high, most));
        double rate;
        PN_TRY(rate_with(request->machine, request, kind, nodes, &rate));
        if (rate >= request->target) {
            high = nodes;
            high_rate = rate;
            upgrade->nodes = nodes;
        } else {
            low = nodes;
            low_rate = fmax(rate, 0.5 * low_rate);
            if (nodes >= most)
                break;
        }
        nodes = high_rate > 0
                    ? low + (high - low) * fmin(0.97, fmax(0.03, (request->target - low_rate) /
                                                                     (high_rate - low_rate)))
                    : nodes * fmin(8, 1.05 * (request->target - before) /
                                          fmax(low_rate - before, 0.01 * request->target));
    }
fail:
    return status;
}

static pn_status fill_in(const pn_upgrade_request *request, pn_upgrade *upgrade, double before)
{
    const pn_machine_partition *kind = upgrade->kind;
    pn_status status;
    if (request->budget > 0 && !kind->price.set)
        return pn_fail(PN_ERROR_USAGE,
                       "catalogue, partition \"%s\", line %d: \"price\" is missing.", kind->name,
                       kind->line);
    if (request->target > 0)
        PN_TRY(count_nodes(request, upgrade, before));
    else if (request->target_peak > 0)
        upgrade->nodes =
            fmin(affordable(request, kind), ceil(request->target_peak / kind->peak.value));
    else
        upgrade->nodes = affordable(request, kind);
    upgrade->price = upgrade->nodes * kind->price.value;
    upgrade->watts = upgrade->nodes * kind->power.value;
    upgrade->peak = upgrade->nodes * kind->peak.value;
    if (upgrade->nodes < 1)
        return PN_OK;
    PN_TRY(rate_with(request->machine, request, kind, upgrade->nodes, &upgrade->rate));
    PN_TRY(rate_with(NULL, request, kind, upgrade->nodes, &upgrade->rate_alone));
    upgrade->is_reached = request->target > 0        ? upgrade->rate >= request->target
                          : request->target_peak > 0 ? upgrade->peak >= request->target_peak
                                                     : true;
fail:
    return status;
}

static int best_first(const void *a, const void *b)
{
    const pn_upgrade *x = a, *y = b;
    if (x->is_reached != y->is_reached)
        return x->is_reached ? -1 : 1;
    if (x->is_reached && x->price != y->price && x->nodes > 0 && y->nodes > 0 &&
        fabs(x->price - y->price) > 0.02 * x->price)
        return x->price < y->price ? -1 : 1;
    return (x->rate < y->rate) - (x->rate > y->rate);
}

pn_status pn_upgrade_list(const pn_upgrade_request *request, pn_upgrade *upgrades, int *count)
{
    double before = 0;
    pn_status status = PN_OK;
    *count = 0;
    if (request->target > 0)
        PN_TRY(pn_upgrade_rate(request->machine, &before));
    for (int i = 0; i < request->catalogue->partitions_count; i++) {
        const pn_machine_partition *kind = &request->catalogue->partitions[i];
        if (request->target_peak > 0 && !kind->peak.set)
            continue;
        pn_upgrade *upgrade = &upgrades[(*count)++];
        *upgrade = (pn_upgrade){.kind = kind};
        PN_TRY(fill_in(request, upgrade, before));
    }
    qsort(upgrades, (size_t)*count, sizeof *upgrades, best_first);
fail:
    return status;
}
