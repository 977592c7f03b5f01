// SPDX-License-Identifier: BSD-3-Clause
// `panache plan`: which nodes to add so that a machine reaches a factor of its baseline, or what a
// budget buys; at what price and power, and which place on the list. Prices and powers that are
// assumptions are marked in every line.
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/machine_options.h"
#include "cli/place.h"
#include "config/units.h"
#include "predict/upgrade.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct planning {
    const pn_options *options;
    pn_machine *machine, *catalogue;
    pn_upgrade_request request;
    double baseline; // FLOP/s: what the factor multiplies
    double now;      // FLOP/s: modelled Rmax of the machine as it is
    const pn_knots *list;
    pn_upgrade *upgrades;
    int count;
} planning;

enum { BASELINE_RMAX, BASELINE_PEAK };

// The published peak of the partitions meant.
static pn_status sum_peaks(const pn_machine *machine, double *peak)
{
    *peak = 0;
    for (int i = 0; i < machine->partitions_count; i++) {
        const pn_machine_partition *p = &machine->partitions[i];
        const pn_figure *figure = p->peak.set ? &p->peak : &p->listed_rpeak;
        if (!figure->set)
            return pn_fail(
                PN_ERROR_USAGE,
                "partition \"%s\" has no \"peak\" and no \"listed_rpeak\": name the partitions "
                "to count with --of, say the peak with --peak, or take --baseline rmax",
                p->name);
        *peak += figure->value;
    }
    return PN_OK;
}

static pn_status set_peak(const pn_options *options, const pn_machine *machine, double *peak)
{
    if (strcmp(options->peak, "auto") == 0)
        return sum_peaks(machine, peak);
    if (pn_quantity_parse(options->peak, PN_FLOPS, peak) == PN_OK && *peak > 0)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "command line: --peak: \"%s\" is no positive rate such as 7.35PF or 900TF",
                   options->peak);
}

static pn_status set_baseline(planning *plan, const char *path)
{
    pn_options of = *plan->options;
    pn_machine *machine = NULL;
    pn_status status;
    if (strcmp(of.of, "all") != 0)
        snprintf(of.partitions, sizeof of.partitions, "%s", of.of);
    PN_TRY(pn_machine_for_options(&machine, path, &of));
    if (of.baseline == BASELINE_PEAK)
        PN_TRY(set_peak(&of, machine, &plan->baseline));
    else
        PN_TRY(pn_upgrade_rate(machine, &plan->baseline));
    if (of.baseline == BASELINE_PEAK)
        plan->request.target_peak = fmax(0, (of.factor - 1) * plan->baseline);
    else
        plan->request.target = of.factor * plan->baseline;
fail:
    pn_machine_destroy(machine);
    return status;
}

// "50M", "50MEUR", "1.2 G EUR".
static pn_status read_budget(const char *text, double *budget)
{
    char whole[600];
    if (strcmp(text, "none") == 0)
        return PN_OK;
    bool has_unit = strlen(text) > 3 && strcasecmp(text + strlen(text) - 3, "EUR") == 0;
    snprintf(whole, sizeof whole, "%s%s", text, has_unit ? "" : "EUR");
    if (pn_quantity_parse(whole, PN_MONEY, budget) == PN_OK && *budget > 0)
        return PN_OK;
    return pn_fail(
        PN_ERROR_USAGE,
        "command line: --budget: \"%s\" is no positive amount of euros such as 50M or 1.2GEUR",
        text);
}

static void bar(double value, double most, char text[25])
{
    int length = most > 0 ? (int)lround(24 * value / most) : 0;
    memset(text, '#', (size_t)length);
    text[length] = '\0';
}

static void print_upgrade(const planning *plan, const pn_upgrade *upgrade, double most)
{
    char rate[32], place[32] = "-", price[32] = "-", power[32] = "-", chart[25];
    pn_rate_text(upgrade->rate, rate, sizeof rate);
    int number = pn_place_number(plan->list, upgrade->rate / 1e12);
    snprintf(place, sizeof place, number > PN_LIST_LENGTH ? "-" : "%d", number);
    if (upgrade->kind->price.set)
        snprintf(price, sizeof price, "%.1f%s", upgrade->price / 1e6,
                 upgrade->kind->price.assumed ? "*" : "");
    if (upgrade->kind->power.set)
        snprintf(power, sizeof power, "%.0f%s", upgrade->watts / 1e3,
                 upgrade->kind->power.assumed ? "*" : "");
    bar(upgrade->rate, most, chart);
    printf("  %-14s %6.0f %15s %6s %10s %9s  %s%s%s\n", upgrade->kind->name, upgrade->nodes, rate,
           place, price, power, chart, upgrade->is_reached ? "" : " not reached",
           upgrade->rate_alone > upgrade->rate ? " better without the old nodes" : "");
}

static void print_goal(const planning *plan)
{
    char now[32], base[32], place[64], edition[32];
    const pn_options *options = plan->options;
    pn_rate_text(plan->now, now, sizeof now);
    pn_rate_text(plan->baseline, base, sizeof base);
    pn_place_text(plan->list, plan->now / 1e12, place, sizeof place);
    pn_edition_text(plan->list->edition, edition, sizeof edition);
    printf("%s as it is: %s, %s of %s\n", plan->machine->machine, now, place, edition);
    if (options->factor > 0) {
        char goal[32];
        pn_rate_text(options->factor * plan->baseline, goal, sizeof goal);
        printf("Goal: %.3g times the %s of %s, %s: %s\n", options->factor,
               options->baseline == BASELINE_PEAK ? "published peak" : "modelled Rmax",
               strcmp(options->of, "all") == 0 ? "the whole" : options->of, base, goal);
    }
    if (plan->request.budget > 0)
        printf("Budget: %.1f MEUR\n", plan->request.budget / 1e6);
}

static void print_plan(const planning *plan)
{
    double most = 0;
    for (int i = 0; i < plan->count; i++)
        most = fmax(most, plan->upgrades[i].rate);
    print_goal(plan);
    printf("\n  %-14s %6s %15s %6s %10s %9s  Rmax\n", "nodes added", "nodes", "whole, Rmax",
           "place", "MEUR", "kW more");
    for (int i = 0; i < plan->count; i++)
        print_upgrade(plan, &plan->upgrades[i], most);
    printf("\n  * assumed, not an offer: %s\n",
           plan->catalogue->note ? plan->catalogue->note : "catalogue");
}

static json_t *plan_record(const planning *plan)
{
    json_t *rows = json_array();
    for (int i = 0; i < plan->count; i++) {
        const pn_upgrade *u = &plan->upgrades[i];
        int place = pn_place_number(plan->list, u->rate / 1e12);
        json_t *row = json_pack(
            "{s:s, s:f, s:f, s:f, s:f, s:b, s:f, s:b, s:b}", "kind", u->kind->name, "nodes",
            u->nodes, "gflops", u->rate / 1e9, "gflops_alone", u->rate_alone / 1e9, "price_eur",
            u->price, "price_is_assumed", u->kind->price.assumed, "power_watts", u->watts,
            "power_is_assumed", u->kind->power.assumed, "reached", u->is_reached);
        json_object_set_new(row, "place",
                            place > PN_LIST_LENGTH ? json_null() : json_integer(place));
        json_array_append_new(rows, row);
    }
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:i, s:o}", "machine", plan->machine->machine,
                     "gflops", plan->now / 1e9, "baseline_gflops", plan->baseline / 1e9, "factor",
                     plan->options->factor, "budget_eur", plan->request.budget, "list",
                     plan->list->edition, "plans", rows);
}

static pn_status tell_plan(const planning *plan)
{
    pn_status status = PN_OK;
    const char *json = plan->options->json;
    if (strcmp(json, "none") != 0)
        status = pn_json_file_write(plan_record(plan), json);
    if (status == PN_OK && strcmp(json, "-") != 0)
        print_plan(plan);
    return status;
}

static pn_status make_plan(planning *plan, const char *path)
{
    char catalogue[4096];
    const pn_options *options = plan->options;
    pn_status status;
    PN_TRY(pn_machine_for_options(&plan->machine, path, options));
    pn_machine_path(strcmp(options->catalogue, "auto") == 0 ? "catalogue" : options->catalogue,
                    catalogue, sizeof catalogue);
    PN_TRY(pn_machine_read(&plan->catalogue, catalogue));
    PN_TRY(read_budget(options->budget, &plan->request.budget));
    plan->request.machine = plan->machine;
    plan->request.catalogue = plan->catalogue;
    PN_TRY(pn_upgrade_rate(plan->machine, &plan->now));
    if (options->factor > 0)
        PN_TRY(set_baseline(plan, path));
    plan->upgrades = calloc((size_t)plan->catalogue->partitions_count + 1, sizeof *plan->upgrades);
    if (!plan->upgrades) {
        status = pn_fail(PN_ERROR_MEMORY, "There is no memory for a plan.");
        goto fail;
    }
    PN_TRY(pn_upgrade_list(&plan->request, plan->upgrades, &plan->count));
    PN_TRY(tell_plan(plan));
fail:
    return status;
}

int pn_command_plan(const pn_invocation *invocation)
{
    planning plan = {.options = &invocation->options};
    plan.list = pn_place_list(plan.options->list);
    pn_status status = plan.list ? PN_OK : PN_ERROR_USAGE;
    if (status == PN_OK && invocation->operands.count != 1)
        status = pn_fail(PN_ERROR_USAGE, "command line: plan needs one machine file");
    if (status == PN_OK && plan.options->factor == 0 && strcmp(plan.options->budget, "none") == 0)
        status = pn_fail(PN_ERROR_USAGE, "command line: plan needs --factor or --budget");
    if (status == PN_OK)
        status = make_plan(&plan, invocation->operands.word[0]);
    free(plan.upgrades);
    pn_machine_destroy(plan.machine);
    pn_machine_destroy(plan.catalogue);
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
