// SPDX-License-Identifier: BSD-3-Clause
// `panache predict`: a machine file, or a table of published systems, through the model.
#include "base/label.h"
#include "base/rate_text.h"
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/list_rank.h"
#include "cli/machine_options.h"
#include "cli/note_list.h"
#include "config/machine_make.h"
#include "machines/predict.h"
#include "machines/published.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_WIDTH = 18 };

static const char *assumed_mark(bool assumed)
{
    return assumed ? " (assumed)" : "";
}

// Two tables, because one would be wider than a terminal.
static void print_kinds(const pn_prediction *prediction)
{
    char(*kinds)[PN_LABEL] = calloc((size_t)prediction->partitions + 1, sizeof *kinds);
    for (int i = 0; kinds && i < prediction->partitions; i++)
        snprintf(kinds[i], sizeof kinds[i], "%s", prediction->of[i].kind);
    if (kinds)
        pn_labels_fit(kinds, prediction->partitions, KIND_WIDTH);
    printf("  %-16s %7s %9s  %-*s %14s %s\n", "partition", "nodes", "processes", KIND_WIDTH, "kind",
           "rate of one", "basis");
    for (int i = 0; i < prediction->partitions; i++) {
        const pn_predicted_partition *told = &prediction->of[i];
        char rate[PN_FLOPS_TEXT];
        pn_flops_text(told->rate, rate);
        printf("  %-16s %7.0f %9.0f  %-*s %14s %s\n", told->partition->name, told->nodes,
               told->processes, KIND_WIDTH, kinds ? kinds[i] : told->kind, rate,
               pn_basis_name(told->basis));
    }
    free(kinds);
}

static void print_times(const pn_prediction *prediction)
{
    const pn_class_forecast *f = &prediction->forecast;
    printf("\n  where the time of a process goes, in %% of %.0f s\n", f->seconds);
    printf("  %-16s %9s %7s %7s %9s %7s %7s %8s\n", "partition", "P x Q", "share", "effic.",
           "multiply", "panel", "rows", "waiting");
    for (int i = 0; i < prediction->partitions; i++) {
        const pn_class_time *time = &f->of[i];
        double percent = 100 / f->seconds;
        char grid[32];
        snprintf(grid, sizeof grid, "%dx%d", f->heights[i], f->columns[i]);
        printf("  %-16s %9s %6.1f%% %6.1f%% %9.1f %7.1f %7.1f %8.1f\n",
               prediction->of[i].partition->name, grid, 100 * f->shares[i],
               100 * prediction->of[i].efficiency, percent * time->multiply, percent * time->panel,
               percent * time->rows, percent * time->wait);
    }
    printf("  (the multiplication runs beside the others, so a line may exceed 100)\n");
}

// ", 9600 to 14400", or nothing where both print alike.
static void range_text(const pn_range *range, double unit, int digits, char *text, size_t bytes)
{
    char low[32], high[32];
    snprintf(low, sizeof low, "%.*f", digits, range->low / unit);
    snprintf(high, sizeof high, "%.*f", digits, range->high / unit);
    text[0] = '\0';
    if (strcmp(low, high) != 0)
        snprintf(text, bytes, ", %s to %s", low, high);
}

static void print_power(const pn_prediction *prediction)
{
    char watts[80], joules[80];
    if (prediction->watts <= 0)
        return;
    range_text(&prediction->watts_range, 1e3, 0, watts, sizeof watts);
    range_text(&prediction->joules_range, 3.6e9, 2, joules, sizeof joules);
    printf("  power     %.0f kW%s%s, %.1f GFLOP/s per W\n  energy    %.2f MWh%s\n",
           prediction->watts / 1e3, watts, assumed_mark(prediction->watts_assumed),
           prediction->forecast.rate / prediction->watts / 1e9, prediction->joules / 3.6e9, joules);
}

static void print_prediction(const pn_prediction *prediction, const pn_machine *machine,
                             const pn_knots *list)
{
    const pn_class_forecast *f = &prediction->forecast;
    char rate[32], low[32], high[32], place[64], edition[32];
    pn_flops_text(f->rate, rate);
    pn_flops_text(prediction->low, low);
    pn_flops_text(prediction->high, high);
    pn_list_rank_text(list, f->rate / 1e12, place, sizeof place);
    pn_edition_text(list->edition, edition, sizeof edition);
    printf("%s%s%s\n\n", machine->machine, machine->as_of ? ", " : "",
           machine->as_of ? machine->as_of : "");
    if (prediction->is_mixed) {
        printf("  HPL-MxP   %s; published runs span %s to %s\n", rate, low, high);
    } else {
        printf("  Rmax      %s, nine in ten between %s and %s\n", rate, low, high);
        printf("  list      %s of %s\n", place, edition);
    }
    printf("  run       N %lld, NB %d, P %d x Q %d, %.0f s (%.2f h)\n", (long long)f->n, f->nb,
           f->p, f->q, f->seconds, f->seconds / 3600);
    print_power(prediction);
    printf("\n");
    print_kinds(prediction);
    print_times(prediction);
}

static json_t *partitions_record(const pn_prediction *prediction)
{
    json_t *parts = json_array();
    const pn_class_forecast *f = &prediction->forecast;
    for (int i = 0; i < prediction->partitions; i++) {
        const pn_predicted_partition *told = &prediction->of[i];
        const pn_class_time *time = &f->of[i];
        json_array_append_new(
            parts, json_pack("{s:s, s:f, s:f, s:s, s:f, s:s, s:{s:i, s:i}, s:f, s:f, "
                             "s:{s:f, s:f, s:f, s:f}}",
                             "partition", told->partition->name, "nodes", told->nodes, "processes",
                             told->processes, "kind", told->kind, "rate_gflops", told->rate / 1e9,
                             "basis", pn_basis_name(told->basis), "grid", "p", f->heights[i], "q",
                             f->columns[i], "share", f->shares[i], "efficiency", told->efficiency,
                             "seconds", "multiply", time->multiply, "panel", time->panel, "rows",
                             time->rows, "wait", time->wait));
    }
    return parts;
}

static json_t *range_record(const pn_range *range)
{
    return json_pack("{s:f, s:f}", "low", range->low, "high", range->high);
}

static json_t *prediction_record(const pn_prediction *prediction, const pn_machine *machine,
                                 const pn_knots *list)
{
    const pn_class_forecast *f = &prediction->forecast;
    int place = pn_list_rank_number(list, f->rate / 1e12);
    json_t *root = json_pack(
        "{s:s, s:s, s:f, s:{s:f, s:f}, s:I, s:i, s:{s:i, s:i}, s:f, s:i, s:o, s:o}", "benchmark",
        "prediction", "machine", machine->machine, "gflops", f->rate / 1e9, "interval_gflops",
        "low", prediction->low / 1e9, "high", prediction->high / 1e9, "n", (json_int_t)f->n, "nb",
        f->nb, "grid", "p", f->p, "q", f->q, "seconds", f->seconds, "list", list->edition, "parts",
        partitions_record(prediction), "notes", pn_notes_record(&prediction->notes));
    bool has_place = !prediction->is_mixed && place <= PN_LIST_LENGTH;
    json_object_set_new(root, "of", json_string(prediction->is_mixed ? "HPL-MxP" : "HPL"));
    json_object_set_new(root, "place", has_place ? json_integer(place) : json_null());
    if (prediction->watts > 0) {
        json_object_set_new(root, "power_watts", json_real(prediction->watts));
        json_object_set_new(root, "power_is_assumed", json_boolean(prediction->watts_assumed));
        json_object_set_new(root, "range_watts", range_record(&prediction->watts_range));
        json_object_set_new(root, "energy_joules", json_real(prediction->joules));
        json_object_set_new(root, "range_joules", range_record(&prediction->joules_range));
    }
    return root;
}

static pn_status tell_prediction(const pn_options *options, const pn_prediction *prediction,
                                 const pn_machine *machine)
{
    const pn_knots *list = pn_list_rank_knots(options->list);
    if (!list)
        return PN_ERROR_USAGE;
    pn_status status = PN_OK;
    if (strcmp(options->json, "none") != 0)
        status = pn_json_file_write(prediction_record(prediction, machine, list), options->json);
    if (status == PN_OK && strcmp(options->json, "-") != 0) {
        print_prediction(prediction, machine, list);
        pn_note_list_print(&prediction->notes, options->explain);
    }
    return status;
}

static pn_status predict_file(const pn_options *options, const char *path)
{
    pn_machine *machine = NULL;
    pn_prediction prediction = {0};
    pn_prediction_request request;
    pn_status status;
    PN_TRY(pn_machine_for_options(&machine, path, options));
    PN_TRY(pn_prediction_for_options(&request, machine, options));
    status = pn_predict_machine(&prediction, &request);
    if (status != PN_OK) {
        pn_fail_in(status, "%s", path);
        goto fail;
    }
    PN_TRY(tell_prediction(options, &prediction, machine));
fail:
    pn_prediction_release(&prediction);
    pn_machine_destroy(machine);
    return status;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_errors(const char *what, double *errors, int count)
{
    if (count == 0)
        return;
    qsort(errors, (size_t)count, sizeof *errors, by_size);
    printf("%s: %d systems, median error %.1f %%, nine in ten within %.1f %%\n", what, count,
           100 * errors[count / 2], 100 * errors[(int)(0.9 * count)]);
}

typedef struct comparison { // sizes of the errors, for each sort of system
    double *with_devices, *without;
    int device_count, other_count;
} comparison;

static pn_status compare_system(const pn_constants *constants, const pn_published *system,
                                comparison *all)
{
    char modelled[32], published[32];
    double rate;
    pn_flops_text(system->rmax, published);
    const char *device =
        system->device >= 0 ? constants->device[system->device].name : "processors";
    if (system->skipped) {
        printf("  %-18.18s %6d  no constants, count or clock of what it has\n", system->name,
               system->list);
        return PN_OK;
    }
    pn_status status = pn_published_predict(constants, system, 0, &rate);
    if (status != PN_OK)
        return pn_fail_in(status, "%s", system->name);
    double error = rate / system->rmax - 1;
    pn_flops_text(rate, modelled);
    printf("  %-18.18s %6d  %-12.12s %13s %13s %+7.1f %%\n", system->name, system->list, device,
           modelled, system->rmax > 0 ? published : "-", system->rmax > 0 ? 100 * error : 0.0);
    if (system->rmax > 0) {
        if (system->device >= 0)
            all->with_devices[all->device_count++] = fabs(error);
        else
            all->without[all->other_count++] = fabs(error);
    }
    return PN_OK;
}

static pn_status predict_table(const char *path)
{
    static const char *const heading = "  %-18s %6s  %-12s %13s %13s %9s\n";
    pn_constants *constants = malloc(sizeof *constants);
    pn_published_list list = {0};
    comparison all = {0};
    pn_status status = PN_ERROR_MEMORY;
    if (!constants) {
        pn_fail(status, "There is no memory for the constants.");
        goto fail;
    }
    pn_constants_load(constants);
    PN_TRY(pn_published_read(&list, path, constants));
    all.with_devices = calloc((size_t)list.count, sizeof *all.with_devices);
    all.without = calloc((size_t)list.count, sizeof *all.without);
    if (!all.with_devices || !all.without) {
        status = pn_fail_memory("for %d systems", list.count);
        goto fail;
    }
    printf(heading, "system", "list", "kind", "modelled", "published", "error");
    for (int i = 0; i < list.count; i++)
        PN_TRY(compare_system(constants, &list.system[i], &all));
    print_errors("with devices", all.with_devices, all.device_count);
    print_errors("processors alone", all.without, all.other_count);
fail:
    pn_published_release(&list);
    free(all.with_devices);
    free(all.without);
    free(constants);
    return status;
}

int pn_command_predict(const pn_invocation *invocation)
{
    const pn_options *options = &invocation->options;
    bool has_table = strcmp(options->systems, "none") != 0;
    if ((invocation->operands.count == 1) == has_table) {
        pn_fail(PN_ERROR_USAGE, "command line: predict needs one machine file, such as "
                                "machines/frontier.yaml, or --systems TABLE");
        return pn_command_failed();
    }
    if (has_table && options->benchmark == PN_BENCHMARK_MXP) {
        pn_fail(PN_ERROR_USAGE, "option --benchmark: read \"mxp\"; with --systems, which compares "
                                "Rmax, hpl is allowed");
        return pn_command_failed();
    }
    pn_status status = has_table ? predict_table(options->systems)
                                 : predict_file(options, invocation->operands.word[0]);
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
