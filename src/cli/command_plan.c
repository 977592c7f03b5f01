// SPDX-License-Identifier: BSD-3-Clause
// `panache plan`: which nodes to add so that a machine reaches a factor of its baseline, or what a
// budget buys. Here the command line becomes a request; plan_tell.c says what came of it.
#include "cli/command.h"
#include "cli/list_rank.h"
#include "cli/machine_options.h"
#include "cli/plan_table.h"
#include "config/machine_make.h"
#include "config/machine_read.h"
#include "config/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BASELINE_RMAX, BASELINE_PEAK };

// The published peak of the partitions meant.
static pn_status sum_peaks(pn_planning *plan, const pn_machine *machine)
{
    plan->base_name = "published peak";
    for (int i = 0; i < machine->partitions_count; i++) {
        const pn_machine_partition *p = &machine->partitions[i];
        const pn_figure *figure = p->peak.set ? &p->peak : &p->listed_rpeak;
        if (!figure->set)
            return pn_fail(
                PN_ERROR_USAGE,
                "%s: partition \"%s\", line %d, has no \"peak\" and no \"listed_rpeak\": name the "
                "partitions to count with --of, say the peak with --peak, or take --baseline rmax",
                plan->path, p->name, p->line);
        if (figure->assumed)
            plan->base_name = "peak (assumed)";
        plan->baseline += figure->value;
    }
    return PN_OK;
}

static pn_status set_peak(pn_planning *plan, const pn_machine *machine)
{
    const char *peak = plan->options->peak;
    if (strcmp(peak, "auto") == 0)
        return sum_peaks(plan, machine);
    plan->base_name = "peak given";
    if (pn_quantity_parse(peak, PN_FLOPS, &plan->baseline) == PN_OK && plan->baseline > 0)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "command line: --peak: \"%s\" is no positive rate such as 7.35PF or 900TF",
                   peak);
}

static pn_status set_rmax(pn_planning *plan, const pn_machine *machine)
{
    plan->base_name = "modelled Rmax";
    pn_status status = pn_upgrade_rate(machine, &plan->baseline);
    return status == PN_OK ? PN_OK : pn_fail_in(status, "%s", plan->path);
}

static pn_status set_baseline(pn_planning *plan)
{
    pn_options of = *plan->options;
    pn_upgrade_request *request = &plan->request;
    pn_machine *machine = NULL;
    pn_status status;
    if (strcmp(of.of, "all") != 0)
        snprintf(of.partitions, sizeof of.partitions, "%s", of.of);
    PN_TRY(pn_machine_for_options(&machine, plan->path, &of));
    if (of.baseline == BASELINE_PEAK) {
        PN_TRY(set_peak(plan, machine));
        request->goal = PN_GOAL_PEAK;
        request->target = (of.factor - 1) * plan->baseline;
    } else {
        PN_TRY(set_rmax(plan, machine));
        request->goal = PN_GOAL_RMAX;
        request->target = of.factor * plan->baseline;
    }
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

static pn_status read_gateway(const char *text, double *gateway)
{
    if (strcmp(text, "auto") == 0 ||
        (pn_quantity_parse(text, PN_BANDWIDTH, gateway) == PN_OK && *gateway > 0))
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "command line: --gateway: \"%s\" is no positive bandwidth such as 200GB/s or "
                   "1.6Tb/s",
                   text);
}

static pn_status make_plan(pn_planning *plan)
{
    const pn_options *options = plan->options;
    pn_upgrade_request *request = &plan->request;
    pn_machine *machine = NULL, *described = NULL, *catalogue = NULL;
    char found[4096];
    pn_status status;
    PN_TRY(read_budget(options->budget, &request->budget));
    PN_TRY(read_gateway(options->gateway, &request->gateway));
    PN_TRY(pn_machine_for_options(&machine, plan->path, options));
    PN_TRY(pn_machine_path(plan->path, found, sizeof found));
    PN_TRY(pn_machine_read(&described, found));
    PN_TRY(
        pn_machine_path(strcmp(options->catalogue, "auto") == 0 ? "catalogue" : options->catalogue,
                        plan->catalogue, sizeof plan->catalogue));
    PN_TRY(pn_machine_read(&catalogue, plan->catalogue));
    request->machine = machine;
    request->described = described;
    request->catalogue = catalogue;
    request->machine_path = plan->path;
    request->catalogue_path = plan->catalogue;
    if (options->factor > 0)
        PN_TRY(set_baseline(plan));
    PN_TRY(pn_upgrade_list_make(&plan->upgrades, request));
    status = pn_plan_table_tell(plan);
    pn_upgrade_list_release(&plan->upgrades);
fail:
    pn_machine_destroy(machine);
    pn_machine_destroy(described);
    pn_machine_destroy(catalogue);
    return status;
}

static pn_status check_options(const pn_invocation *invocation)
{
    const pn_options *options = &invocation->options;
    if (invocation->operands.count != 1)
        return pn_fail(PN_ERROR_USAGE, "command line: plan needs one machine file");
    if (options->factor == 0 && strcmp(options->budget, "none") == 0)
        return pn_fail(PN_ERROR_USAGE, "command line: plan needs --factor or --budget");
    if (options->baseline != BASELINE_PEAK && strcmp(options->peak, "auto") != 0)
        return pn_fail(PN_ERROR_USAGE, "command line: --peak \"%s\" is for --baseline peak",
                       options->peak);
    return PN_OK;
}

int pn_command_plan(const pn_invocation *invocation)
{
    pn_planning plan = {.options = &invocation->options, .path = invocation->operands.word[0]};
    pn_status status = check_options(invocation);
    if (status == PN_OK) {
        plan.list = pn_list_rank_knots(plan.options->list);
        status = plan.list ? make_plan(&plan) : PN_ERROR_USAGE;
    }
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
