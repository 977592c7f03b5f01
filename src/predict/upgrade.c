// SPDX-License-Identifier: BSD-3-Clause
// Counting nodes: the rate grows nearly in proportion to them, so a few secant steps find how many
// reach a target.
#include "predict/upgrade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 8, STEPS = 150 };

static const double most_nodes = 100000;

// steps: as in pn_system; some for a search, 0 for what is told.
static pn_status rate_of(const pn_machine *machine, int steps, double *rate)
{
    pn_prediction prediction;
    pn_prediction_request request = {.machine = machine, .steps = steps, .no_interval = true};
    pn_status status = pn_predict_machine(&prediction, &request);
    *rate = status == PN_OK ? prediction.forecast.rate : 0;
    pn_prediction_release(&prediction);
    return status;
}

pn_status pn_upgrade_rate(const pn_machine *machine, double *rate)
{
    return rate_of(machine, 0, rate);
}

// A machine, NULL for none, and `nodes` of a kind.
typedef struct mixture {
    const pn_machine *machine, *catalogue;
    const pn_machine_partition *kind;
    double nodes;
} mixture;

// Both as one machine. A shallow copy: lists are fresh, what they hold is borrowed.
typedef struct joined_machine {
    pn_machine machine;
} joined_machine;

static pn_status join(joined_machine *joined, const mixture *mixed)
{
    const pn_machine *machine = mixed->machine, *catalogue = mixed->catalogue;
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
    m->partitions[old] = *mixed->kind;
    m->partitions[old].nodes = pn_figure_of(mixed->nodes);
    m->partitions_count = (int)old + 1;
    m->devices_count = (int)(own + others);
    return PN_OK;
}

static void disjoin(joined_machine *joined)
{
    free(joined->machine.partitions);
    free(joined->machine.devices);
}

static pn_status rate_with(const mixture *mixed, int steps, double *rate)
{
    joined_machine joined = {0};
    pn_status status = join(&joined, mixed);
    if (status == PN_OK)
        status = rate_of(&joined.machine, steps, rate);
    disjoin(&joined);
    return status;
}

static double affordable(const pn_upgrade_request *request, const pn_machine_partition *kind)
{
    return request->budget > 0 ? floor(request->budget / kind->price.value) : most_nodes;
}

typedef struct search { // for a count of nodes, on some of the steps
    const pn_upgrade_request *request;
    double before; // the machine's rate by these steps
    double target;
} search;

// Fewest nodes with which the whole reaches the target, or as many as can be had.
static pn_status count_nodes(const search *goal, pn_upgrade *upgrade)
{
    const pn_upgrade_request *request = goal->request;
    const pn_machine_partition *kind = upgrade->kind;
    double before = goal->before, target = goal->target;
    double most = affordable(request, kind);
    double low = 0, high = most, low_rate = before, high_rate = 0, nodes = 64;
    pn_status status = PN_OK;
    upgrade->nodes = most;
    for (int round = 0; round < ROUNDS && high - low > 1; round++) {
        nodes = fmin(fmax(ceil(nodes), low + 1), fmin(high, most));
        double rate;
        mixture mixed = {request->machine, request->catalogue, kind, nodes};
        PN_TRY(rate_with(&mixed, STEPS, &rate));
        if (rate >= target) {
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
                    ? low + (high - low) *
                                fmin(0.97, fmax(0.03, (target - low_rate) / (high_rate - low_rate)))
                    : nodes * fmin(8, 1.05 * (target - before) /
                                          fmax(low_rate - before, 0.01 * target));
    }
fail:
    return status;
}

// The rate with all steps priced, and more nodes where the search stopped just below the target.
static pn_status settle(const pn_upgrade_request *request, pn_upgrade *upgrade)
{
    enum { MENDS = 6 };
    double most = affordable(request, upgrade->kind);
    mixture mixed = {request->machine, request->catalogue, upgrade->kind, upgrade->nodes};
    pn_status status;
    PN_TRY(rate_with(&mixed, 0, &upgrade->rate));
    for (int i = 0; i < MENDS && upgrade->rate < request->target && mixed.nodes < most; i++) {
        double more = 1.2 * mixed.nodes * (request->target / upgrade->rate - 1);
        upgrade->nodes = mixed.nodes = fmin(most, ceil(mixed.nodes + fmax(1, more)));
        PN_TRY(rate_with(&mixed, 0, &upgrade->rate));
    }
    mixed.machine = NULL;
    PN_TRY(rate_with(&mixed, 0, &upgrade->rate_alone));
fail:
    return status;
}

static pn_status fill_in(const search *goal, pn_upgrade *upgrade)
{
    const pn_upgrade_request *request = goal->request;
    const pn_machine_partition *kind = upgrade->kind;
    pn_status status;
    if (request->budget > 0 && !kind->price.set)
        return pn_fail(PN_ERROR_USAGE,
                       "catalogue, partition \"%s\", line %d: \"price\" is missing.", kind->name,
                       kind->line);
    if (request->target > 0)
        PN_TRY(count_nodes(goal, upgrade));
    else if (request->target_peak > 0)
        upgrade->nodes =
            fmin(affordable(request, kind), ceil(request->target_peak / kind->peak.value));
    else
        upgrade->nodes = affordable(request, kind);
    if (upgrade->nodes >= 1)
        PN_TRY(settle(request, upgrade));
    upgrade->price = upgrade->nodes * kind->price.value;
    upgrade->watts = upgrade->nodes * kind->power.value;
    upgrade->peak = upgrade->nodes * kind->peak.value;
    if (upgrade->nodes < 1)
        return PN_OK;
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
    search goal = {.request = request};
    pn_status status = PN_OK;
    *count = 0;
    if (request->target > 0) {
        double exact;
        PN_TRY(pn_upgrade_rate(request->machine, &exact));
        PN_TRY(rate_of(request->machine, STEPS, &goal.before));
        goal.target = request->target * goal.before / exact;
    }
    for (int i = 0; i < request->catalogue->partitions_count; i++) {
        const pn_machine_partition *kind = &request->catalogue->partitions[i];
        if (request->target_peak > 0 && !kind->peak.set)
            continue;
        pn_upgrade *upgrade = &upgrades[(*count)++];
        *upgrade = (pn_upgrade){.kind = kind};
        PN_TRY(fill_in(&goal, upgrade));
    }
    qsort(upgrades, (size_t)*count, sizeof *upgrades, best_first);
fail:
    return status;
}
