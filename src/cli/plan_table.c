// SPDX-License-Identifier: BSD-3-Clause
// What a plan says: Rmax and place of each alternative, money and power marked where
// they are assumed, and what the figures rest on.
#include "cli/plan_table.h"
#include "base/rate_text.h"
#include "base/wrap.h"
#include "cli/json_file.h"
#include "cli/list_rank.h"

#include <stdio.h>
#include <string.h>

enum { NOTES = 16 };

// "about 31", "-" behind the last.
static void place_text(const pn_knots *list, double flops, char *text, size_t bytes)
{
    int number = pn_list_rank_number(list, flops / 1e12);
    if (number > PN_LIST_LENGTH)
        snprintf(text, bytes, "-");
    else
        snprintf(text, bytes, "%s%d", pn_rank_is_exact(list, flops / 1e12) ? "" : "about ", number);
}

static bool is_starred(const pn_figure *figure, double value)
{
    return figure->set && figure->assumed && value > 0;
}

// Small values get a decimal more; "-" where a node's figure is not known.
static void cost_text(const pn_figure *figure, double value, int decimals, char text[32])
{
    if (value < 10)
        decimals = value > 0 ? decimals + 1 : 0;
    if (figure->set)
        snprintf(text, 32, "%.*f%s", decimals, value, is_starred(figure, value) ? "*" : "");
    else
        snprintf(text, 32, "-");
}

static const char *remark(const pn_planning *plan, const pn_upgrade *upgrade)
{
    if (upgrade->nodes < 1)
        return upgrade->is_reached ? "reached as it is" : "the budget buys none";
    if (!upgrade->is_reached)
        return "not reached";
    if (upgrade->rate_alone > upgrade->rmax.rate)
        return "better without the old nodes";
    return upgrade->rmax.rate < plan->upgrades.now.rate ? "less than as it is" : "";
}

static void print_upgrade(const pn_planning *plan, const pn_upgrade *upgrade)
{
    const pn_upgrade_rmax *rmax = &upgrade->rmax;
    const pn_machine_partition *kind = upgrade->kind;
    char rate[32], range[64], place[32], price[32], power[32];
    pn_flops_text(rmax->rate, rate);
    pn_flops_range_text(rmax->rate, rmax->low, rmax->high, range);
    place_text(plan->list, rmax->rate, place, sizeof place);
    cost_text(&kind->price, upgrade->price / 1e6, 1, price);
    cost_text(&kind->power, upgrade->watts / 1e3, 0, power);
    const char *said = remark(plan, upgrade);
    printf("  %-13s %6.0f %13s %16s %9s %7s %7s\n", kind->name, upgrade->nodes, rate, range, place,
           price, power);
    if (said[0])
        printf("%16s%s\n", "", said);
}

static void print_goal(const pn_planning *plan)
{
    const pn_upgrade_rmax *rmax = &plan->upgrades.now;
    const pn_options *options = plan->options;
    char now[32], range[64], base[32], goal[32], place[64], edition[32];
    pn_flops_text(rmax->rate, now);
    pn_flops_range_text(rmax->rate, rmax->low, rmax->high, range);
    pn_flops_text(plan->baseline, base);
    pn_flops_text(options->factor * plan->baseline, goal);
    pn_list_rank_text(plan->list, rmax->rate / 1e12, place, sizeof place);
    pn_edition_text(plan->list->edition, edition, sizeof edition);
    char line[512];
    snprintf(line, sizeof line, "%s as it is: %s, nine in ten %s, %s of %s",
             plan->request.machine->machine, now, range, place, edition);
    pn_wrap_text(stdout, line, 0, PN_LINE_WIDTH);
    const char *of = strcmp(options->peak, "auto") != 0 ? NULL
                     : strcmp(options->of, "all") != 0  ? options->of
                                                        : "the whole";
    if (options->factor > 0)
        printf("Goal: %.3g times the %s%s%s, %s: %s\n", options->factor, plan->base_name,
               of ? " of " : "", of ? of : "", base, goal);
    if (plan->request.budget > 0)
        printf("Budget: %.6g MEUR\n", plan->request.budget / 1e6);
}

static void print_left_out(const pn_upgrade_list *list)
{
    for (int i = 0; i < list->left_out_count; i++)
        printf("%s%s", i ? ", " : "\n  left out, for the catalogue gives no peak: ",
               list->left_out[i]->name);
    if (list->left_out_count > 0)
        printf("\n");
}

static void print_star(const pn_planning *plan)
{
    const char *note = plan->request.catalogue->note;
    bool any = false;
    for (int i = 0; i < plan->upgrades.count; i++) {
        const pn_upgrade *upgrade = &plan->upgrades.upgrade[i];
        any = any || is_starred(&upgrade->kind->price, upgrade->price) ||
              is_starred(&upgrade->kind->power, upgrade->watts);
    }
    if (any)
        printf("\n  * assumed, not an offer%s%s\n", note ? ": " : "", note ? note : "");
}

static void print_notes(const pn_upgrade_list *list)
{
    for (int i = 0; i < list->notes.count && i < NOTES; i++) {
        char text[PN_NOTE_BYTES];
        pn_note_text(&list->notes.note[i], text);
        printf("%s  - ", i ? "" : "\n  what this rests on\n");
        pn_wrap_text(stdout, text, 4, PN_LINE_WIDTH);
    }
    if (list->notes.count > NOTES)
        printf("  - and %d more, which --json tells\n", list->notes.count - NOTES);
}

static void print_plan(const pn_planning *plan)
{
    const pn_upgrade_list *list = &plan->upgrades;
    print_goal(plan);
    printf("\n  %-13s %6s %13s %16s %9s %7s %7s\n", "nodes added", "nodes", "whole, Rmax",
           "nine in ten", "place", "MEUR", "kW more");
    for (int i = 0; i < list->count; i++)
        print_upgrade(plan, &list->upgrade[i]);
    print_left_out(list);
    print_star(plan);
    print_notes(list);
}

static json_t *rmax_record(const pn_upgrade_rmax *rmax)
{
    return json_pack("{s:f, s:f}", "low", rmax->low / 1e9, "high", rmax->high / 1e9);
}

// NAME and NAME_IS_ASSUMED, null where the catalogue has no figure.
static void set_cost(json_t *row, const char *name, const char *mark, const pn_figure *figure,
                     double value)
{
    json_object_set_new(row, name, figure->set ? json_real(value) : json_null());
    json_object_set_new(row, mark, figure->set ? json_boolean(figure->assumed) : json_null());
}

static json_t *upgrade_record(const pn_upgrade *u, const pn_knots *list)
{
    int place = pn_list_rank_number(list, u->rmax.rate / 1e12);
    json_t *row = json_pack("{s:s, s:f, s:f, s:o, s:f}", "kind", u->kind->name, "nodes", u->nodes,
                            "gflops", u->rmax.rate / 1e9, "interval_gflops", rmax_record(&u->rmax),
                            "gflops_alone", u->rate_alone / 1e9);
    set_cost(row, "price_eur", "price_is_assumed", &u->kind->price, u->price);
    set_cost(row, "power_watts", "power_is_assumed", &u->kind->power, u->watts);
    json_object_set_new(row, "reached", json_boolean(u->is_reached));
    json_object_set_new(row, "place", place > PN_LIST_LENGTH ? json_null() : json_integer(place));
    json_object_set_new(row, "exact", json_boolean(pn_rank_is_exact(list, u->rmax.rate / 1e12)));
    return row;
}

static json_t *plan_record(const pn_planning *plan)
{
    const pn_upgrade_list *list = &plan->upgrades;
    json_t *rows = json_array(), *left_out = json_array();
    for (int i = 0; i < list->count; i++)
        json_array_append_new(rows, upgrade_record(&list->upgrade[i], plan->list));
    for (int i = 0; i < list->left_out_count; i++)
        json_array_append_new(left_out, json_string(list->left_out[i]->name));
    return json_pack("{s:s, s:f, s:o, s:f, s:f, s:f, s:i, s:o, s:o, s:o}", "machine",
                     plan->request.machine->machine, "gflops", list->now.rate / 1e9,
                     "interval_gflops", rmax_record(&list->now), "baseline_gflops",
                     plan->baseline / 1e9, "factor", plan->options->factor, "budget_eur",
                     plan->request.budget, "list", plan->list->edition, "plans", rows, "left_out",
                     left_out, "notes", pn_notes_record(&list->notes));
}

pn_status pn_plan_table_tell(const pn_planning *plan)
{
    pn_status status = PN_OK;
    const char *json = plan->options->json;
    if (strcmp(json, "none") != 0)
        status = pn_json_file_write(plan_record(plan), json);
    if (status == PN_OK && strcmp(json, "-") != 0)
        print_plan(plan);
    return status;
}
