// SPDX-License-Identifier: BSD-3-Clause
// Counting nodes: the rate grows nearly in proportion to them, so a few secant steps find how many
// reach a target.
#include "machines/upgrade_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 8, STEPS = 150 };

static const double most_nodes = 100000;

// steps: as in pn_class_run; some for a search, 0 for what is told.
static pn_status rate_of(const pn_machine *machine, int steps, double *rate)
{
    pn_prediction prediction;
    pn_prediction_request request = {
        .machine = machine, .settings = PN_SETTINGS_USUAL, .steps = steps, .no_interval = true};
    pn_status status = pn_predict_machine(&prediction, &request);
    *rate = status == PN_OK ? prediction.forecast.rate : 0;
    pn_prediction_release(&prediction);
    return status;
}

pn_status pn_upgrade_rate(const pn_machine *machine, double *rate)
{
    return rate_of(machine, 0, rate);
}

static pn_upgrade_rmax rmax_of(const pn_prediction *prediction)
{
    return (pn_upgrade_rmax){prediction->forecast.rate, prediction->low, prediction->high};
}

static pn_status rate_with(const pn_mixture *mixture, int steps, double *rate)
{
    pn_joined joined;
    pn_status status = pn_mixture_join(&joined, mixture);
    if (status == PN_OK)
        status = rate_of(&joined.machine, steps, rate);
    pn_joined_release(&joined);
    return status;
}

static pn_status forecast_with(const pn_mixture *mixture, pn_upgrade_list *list,
                               pn_upgrade_rmax *rmax)
{
    pn_joined joined;
    pn_prediction prediction = {0};
    pn_prediction_request request = {.machine = &joined.machine, .settings = PN_SETTINGS_USUAL};
    pn_status status;
    PN_TRY(pn_mixture_join(&joined, mixture));
    PN_TRY(pn_predict_machine(&prediction, &request));
    *rmax = rmax_of(&prediction);
    PN_TRY(pn_upgrade_note_mixture(list, mixture, &prediction));
fail:
    pn_prediction_release(&prediction);
    pn_joined_release(&joined);
    return status;
}

static double affordable(const pn_upgrade_request *request, const pn_machine_partition *kind)
{
    return request->budget > 0 ? floor(request->budget / kind->price.value) : most_nodes;
}

// A kind may stand for several nodes, and its peak is that of all of them.
static double peak_of_node(const pn_machine_partition *kind)
{
    return kind->peak.value / (kind->nodes.set ? kind->nodes.value : 1);
}

static double nodes_for_peak(double target, const pn_machine_partition *kind)
{
    return target > 0 ? ceil(target / peak_of_node(kind) * (1 - 1e-12)) : 0;
}

typedef struct search { // for a count of nodes, on some of the steps
    const pn_upgrade_request *request;
    pn_upgrade_list *list;
    pn_prediction now;
    double before; // the machine's rate by these steps
    double target;
} search;

// Fewest nodes with which the whole reaches the target, or as many as can be had.
static pn_status count_nodes(const search *goal, pn_upgrade *upgrade)
{
    const pn_upgrade_request *request = goal->request;
    double before = goal->before, target = goal->target;
    double most = affordable(request, upgrade->kind);
    double low = 0, high = most, low_rate = before, high_rate = 0, nodes = 64;
    pn_status status = PN_OK;
    upgrade->nodes = before >= target ? 0 : most;
    for (int round = 0; round < ROUNDS && high - low > 1 && before < target; round++) {
        nodes = fmin(fmax(ceil(nodes), low + 1), fmin(high, most));
        double rate;
        pn_mixture mixture = {.request = request, .kind = upgrade->kind, .nodes = nodes};
        PN_TRY(rate_with(&mixture, STEPS, &rate));
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
static pn_status settle(const search *goal, pn_upgrade *upgrade)
{
    enum { MENDS = 6 };
    const pn_upgrade_request *request = goal->request;
    double most = affordable(request, upgrade->kind);
    double target = request->goal == PN_GOAL_RMAX ? request->target : 0;
    pn_mixture mixture = {.request = request, .kind = upgrade->kind, .nodes = upgrade->nodes};
    pn_status status;
    PN_TRY(forecast_with(&mixture, goal->list, &upgrade->rmax));
    for (int i = 0; i < MENDS && upgrade->rmax.rate < target && mixture.nodes < most; i++) {
        double more = 1.2 * mixture.nodes * (target / upgrade->rmax.rate - 1);
        upgrade->nodes = mixture.nodes = fmin(most, ceil(mixture.nodes + fmax(1, more)));
        PN_TRY(forecast_with(&mixture, goal->list, &upgrade->rmax));
    }
    mixture.is_alone = true;
    PN_TRY(rate_with(&mixture, 0, &upgrade->rate_alone));
fail:
    return status;
}

static bool is_reached(const pn_upgrade_request *request, const pn_upgrade *upgrade)
{
    return request->goal == PN_GOAL_RMAX   ? upgrade->rmax.rate >= request->target
           : request->goal == PN_GOAL_PEAK ? upgrade->peak >= request->target * (1 - 1e-12)
                                           : upgrade->nodes >= 1;
}

static pn_status fill_in(const search *goal, pn_upgrade *upgrade)
{
    const pn_upgrade_request *request = goal->request;
    const pn_machine_partition *kind = upgrade->kind;
    pn_status status = PN_OK;
    if (request->budget > 0 && !kind->price.set)
        return pn_fail(PN_ERROR_USAGE,
                       "partition \"%s\", line %d: \"price\" is missing; with a budget every kind "
                       "needs the price of a node.",
                       kind->name, kind->line);
    upgrade->nodes = affordable(request, kind);
    upgrade->rmax = goal->list->now;
    if (request->goal == PN_GOAL_RMAX)
        PN_TRY(count_nodes(goal, upgrade));
    else if (request->goal == PN_GOAL_PEAK)
        upgrade->nodes = fmin(upgrade->nodes, nodes_for_peak(request->target, kind));
    if (upgrade->nodes >= 1)
        PN_TRY(settle(goal, upgrade));
    upgrade->price = upgrade->nodes * kind->price.value;
    upgrade->watts = upgrade->nodes * kind->power.value;
    upgrade->peak = upgrade->nodes * peak_of_node(kind);
    upgrade->is_reached = is_reached(request, upgrade);
fail:
    return status;
}

static int by_rate(const void *a, const void *b)
{
    const pn_upgrade *x = a, *y = b;
    if (x->is_reached != y->is_reached)
        return x->is_reached ? -1 : 1;
    return (x->rmax.rate < y->rmax.rate) - (x->rmax.rate > y->rmax.rate);
}

static int by_price(const void *a, const void *b)
{
    const pn_upgrade *x = a, *y = b;
    if (!x->is_reached || !y->is_reached)
        return by_rate(a, b);
    if (x->kind->price.set != y->kind->price.set)
        return x->kind->price.set ? -1 : 1;
    if (x->price != y->price)
        return x->price < y->price ? -1 : 1;
    return by_rate(a, b);
}

static pn_status forecast_now(search *goal)
{
    const pn_upgrade_request *request = goal->request;
    int partitions = request->machine->partitions_count;
    pn_prediction_request alone = {.machine = request->machine, .settings = PN_SETTINGS_USUAL};
    pn_status status;
    PN_TRY(pn_predict_machine(&goal->now, &alone));
    goal->list->now = rmax_of(&goal->now);
    PN_TRY(rate_of(request->machine, STEPS, &goal->before));
    goal->target = request->target * goal->before / goal->list->now.rate;
    if (partitions >= PN_CLASSES_MOST)
        status = pn_fail(PN_ERROR_USAGE,
                         "%d partitions and the added nodes in one run; %d at most are allowed "
                         "beside these (--partitions names them).",
                         partitions, PN_CLASSES_MOST - 1);
fail:
    return status;
}

static pn_status fill_in_all(const search *goal)
{
    const pn_upgrade_request *request = goal->request;
    const pn_machine *catalogue = request->catalogue;
    pn_upgrade_list *list = goal->list;
    pn_status status = PN_OK;
    for (int i = 0; i < catalogue->partitions_count; i++) {
        const pn_machine_partition *kind = &catalogue->partitions[i];
        if (request->goal == PN_GOAL_PEAK && !kind->peak.set) {
            list->left_out[list->left_out_count++] = kind;
            continue;
        }
        pn_upgrade *upgrade = &list->upgrade[list->count++];
        *upgrade = (pn_upgrade){.kind = kind};
        PN_TRY(fill_in(goal, upgrade));
    }
    if (list->count == 0)
        status =
            pn_fail(PN_ERROR_USAGE, "no kind of node has a \"peak\", which is what is counted.");
    qsort(list->upgrade, (size_t)list->count, sizeof *list->upgrade,
          request->goal == PN_GOAL_BUDGET ? by_rate : by_price);
fail:
    return status;
}

pn_status pn_upgrade_list_make(pn_upgrade_list *list, const pn_upgrade_request *request)
{
    size_t kinds = (size_t)request->catalogue->partitions_count;
    search goal = {.request = request, .list = list};
    *list = (pn_upgrade_list){.upgrade = calloc(kinds + 1, sizeof *list->upgrade),
                              .left_out = calloc(kinds + 1, sizeof *list->left_out)};
    pn_status status = PN_OK;
    if (!list->upgrade || !list->left_out)
        status = pn_fail_memory("for %zu kinds of nodes", kinds);
    if (status == PN_OK) {
        status = forecast_now(&goal);
        if (status != PN_OK)
            pn_fail_in(status, "%s", request->machine_path);
    }
    if (status == PN_OK) {
        status = fill_in_all(&goal);
        if (status != PN_OK)
            pn_fail_in(status, "%s", request->catalogue_path);
    }
    if (status == PN_OK)
        status = pn_upgrade_note_machine(list, &goal.now);
    pn_prediction_release(&goal.now);
    if (status != PN_OK)
        pn_upgrade_list_release(list);
    return status;
}

void pn_upgrade_list_release(pn_upgrade_list *list)
{
    pn_notes_release(&list->notes);
    free(list->upgrade);
    free(list->left_out);
    *list = (pn_upgrade_list){0};
}
