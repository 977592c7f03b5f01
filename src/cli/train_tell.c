// SPDX-License-Identifier: BSD-3-Clause
#include "cli/train_tell.h"

#include "base/rate_text.h"
#include "base/wrap.h"
#include "cli/json_file.h"
#include "cli/list_rank.h"
#include "cli/note_list.h"
#include "config/units.h"

#include <stdio.h>
#include <string.h>

static const double mwh = 3.6e9; // J

// "7B", "1.65M": as options take it, to four digits.
static void amount_text(double value, char *text, size_t bytes)
{
    static const char letters[] = "TBMK";
    double factor = 1e12;
    for (int i = 0; letters[i]; i++, factor /= 1000)
        if (value >= 0.99995 * factor) {
            snprintf(text, bytes, "%.4g%c", value / factor, letters[i]);
            return;
        }
    snprintf(text, bytes, "%.4g", value);
}

// The greatest one of which there are several.
static double time_unit(double seconds, const char **name)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"years", 365.25 * 86400}, {"days", 86400}, {"hours", 3600}, {"s", 1}};
    int i = 0;
    while (i < 3 && seconds < 4 * units[i].seconds)
        i++;
    if (i == 3 && seconds >= 1800)
        i = 2;
    *name = units[i].name;
    return units[i].seconds;
}

static int decimals_of(double value)
{
    return value < 0.0995 ? 4 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

static void number_text(double value, char *text, size_t bytes)
{
    if (value < 99999.5)
        snprintf(text, bytes, "%.*f", decimals_of(value), value);
    else
        snprintf(text, bytes, "%.3g", value);
}

// "26.3 days, 18.5 to 119".
static void time_text(const pn_span *seconds, char *text, size_t bytes)
{
    char value[32], low[32], high[32];
    const char *name;
    double unit = time_unit(seconds->value, &name);
    number_text(seconds->value / unit, value, sizeof value);
    number_text(seconds->low / unit, low, sizeof low);
    number_text(seconds->high / unit, high, sizeof high);
    snprintf(text, bytes, "%s %s, %s to %s", value, name, low, high);
}

static void print_model(const pn_train_answer *answer)
{
    const pn_language_model *model = answer->model;
    char parameters[32], active[32], tokens[32];
    printf("%s\n\n", answer->machine);
    if (!model)
        return;
    amount_text(model->parameters, parameters, sizeof parameters);
    amount_text(model->active, active, sizeof active);
    amount_text(model->tokens, tokens, sizeof tokens);
    printf("  model     %s parameters", parameters);
    if (model->active < model->parameters)
        printf(", %s of them active,", active);
    printf(" on %s tokens: %.3g operations\n            (6 x %sparameters x tokens)\n\n", tokens,
           pn_language_model_operations(model), model->active < model->parameters ? "active " : "");
}

// What is assumed has a mark.
static void cost_text(double value, bool is_assumed, char *text, size_t bytes)
{
    if (value <= 0)
        snprintf(text, bytes, "-");
    else
        snprintf(text, bytes, "%.*f%s", decimals_of(value), value, is_assumed ? "*" : "");
}

static void print_cost(const char *name, const pn_training_cost *cost)
{
    char time[160], hours[32], energy[32], euros[32];
    if (!cost->fits) {
        printf("  %-16.16s  the model does not fit\n", name);
        return;
    }
    time_text(&cost->seconds, time, sizeof time);
    amount_text(cost->device_hours.value, hours, sizeof hours);
    cost_text(cost->joules.value / mwh, cost->is_energy_assumed, energy, sizeof energy);
    amount_text(cost->euros.value, euros, sizeof euros);
    printf("  %-16.16s  %-26s %12s %9s %10s\n", name, time, hours, energy,
           cost->euros.value > 0 ? euros : "-");
}

static void print_remarks(const pn_train_answer *answer, const pn_training_cost *together)
{
    const pn_trainers *trainers = answer->trainers;
    char needed[64];
    bool fits = together->fits;
    for (int i = 0; i < trainers->count; i++)
        fits = fits && pn_training_alone(&trainers->of[i], answer->model, &answer->prices).fits;
    pn_quantity_format(pn_language_model_bytes(answer->model), PN_BYTES, needed, sizeof needed);
    if (!fits)
        printf("  (parameters, gradients and both moments of Adam take %s, 16 bytes a parameter)\n",
               needed);
    if (together->is_energy_assumed)
        printf("  * by powers that are assumed\n");
}

// Two tables, because one would be wider than a terminal.
static void print_rates(const pn_train_answer *answer, const pn_training_cost *together)
{
    const pn_trainers *trainers = answer->trainers;
    printf("  %-16s %9s  %-16s %14s %-8s %7s\n", "part", "devices", "kind", "rate of one",
           "16 bits", "share");
    for (int i = 0; i < trainers->count; i++) {
        const pn_trainer *trainer = &trainers->of[i];
        char rate[32];
        pn_flops_text(trainer->rate, rate);
        printf("  %-16.16s %9.0f  %-16.16s %14s %-8s %6.1f%%\n", trainer->name, trainer->count,
               trainer->kind, rate, pn_rate_source_name(trainer->source), 100 * trainer->share);
    }
    if (trainers->count > 1)
        printf("  %-16s %9.0f\n", "together", together->devices);
}

static void print_parts(const pn_train_answer *answer, const pn_training_cost *together)
{
    const pn_trainers *trainers = answer->trainers;
    print_rates(answer, together);
    if (answer->model)
        printf("\n  %-16s  %-26s %12s %9s %10s\n", "part", "time (published runs span)",
               "device-hours", "MWh", "EUR");
    for (int i = 0; answer->model && i < trainers->count; i++) {
        pn_training_cost cost = pn_training_alone(&trainers->of[i], answer->model, &answer->prices);
        print_cost(trainers->of[i].name, &cost);
    }
    if (answer->model && trainers->count > 1)
        print_cost("together", together);
    if (answer->model)
        print_remarks(answer, together);
    if (trainers->count > 1)
        printf("  (together: each part at its own speed;\n  no published training was on unlike "
               "parts)\n");
}

typedef struct threshold { // of operations
    double operations;
    const char *exponent, *meaning;
} threshold;

static const threshold thresholds[] = {
    {PN_TRAINING_GENERAL_PURPOSE, "10^23",
     "general-purpose AI model (the Commission's guidelines C(2025) 5045, 2.1)"},
    {PN_TRAINING_SYSTEMIC_RISK, "10^25", "systemic risk is presumed (Article 51(2))"}};

enum { THRESHOLDS = sizeof thresholds / sizeof thresholds[0] };

static void print_thresholds(const pn_train_answer *answer, const pn_training_cost *together)
{
    printf("\n  operations that this machine spends on training,\n"
           "  by Regulation (EU) 2024/1689; arithmetic, not advice\n");
    for (int i = 0; i < THRESHOLDS; i++) {
        const threshold *t = &thresholds[i];
        pn_span seconds = pn_training_seconds(together, t->operations);
        char time[160];
        time_text(&seconds, time, sizeof time);
        printf("  %s  after %s\n         ", t->exponent, time);
        pn_wrap_text(stdout, t->meaning, 9, PN_LINE_WIDTH);
    }
    if (!answer->model)
        return;
    double operations = pn_language_model_operations(answer->model);
    printf("  this model: %.3g, %s\n", operations,
           operations > PN_TRAINING_SYSTEMIC_RISK     ? "above both"
           : operations > PN_TRAINING_GENERAL_PURPOSE ? "above 10^23, not above 10^25"
                                                      : "not above 10^23");
}

static json_t *span_record(const pn_span *span, double unit)
{
    return json_pack("{s:f, s:f, s:f}", "value", span->value / unit, "low", span->low / unit,
                     "high", span->high / unit);
}

static void set_known(json_t *object, const char *key, const pn_span *span)
{
    json_object_set_new(object, key, span->value > 0 ? span_record(span, 1) : json_null());
}

static json_t *cost_record(const pn_train_answer *answer, const pn_training_cost *cost)
{
    json_t *object =
        json_pack("{s:f, s:o}", "devices", cost->devices, "gflops", span_record(&cost->speed, 1e9));
    if (!answer->model)
        return object;
    json_object_set_new(object, "fits", json_boolean(cost->fits));
    set_known(object, "seconds", &cost->seconds);
    set_known(object, "device_hours", &cost->device_hours);
    set_known(object, "energy_joules", &cost->joules);
    json_object_set_new(object, "energy_is_assumed", json_boolean(cost->is_energy_assumed));
    set_known(object, "euros", &cost->euros);
    return object;
}

static json_t *parts_record(const pn_train_answer *answer)
{
    json_t *parts = json_array();
    for (int i = 0; i < answer->trainers->count; i++) {
        const pn_trainer *trainer = &answer->trainers->of[i];
        pn_training_cost cost = pn_training_alone(trainer, answer->model, &answer->prices);
        json_t *part = cost_record(answer, &cost);
        json_object_set_new(part, "part", json_string(trainer->name));
        json_object_set_new(part, "kind", json_string(trainer->kind));
        json_object_set_new(part, "rate_16bit_gflops", json_real(trainer->rate / 1e9));
        json_object_set_new(part, "rate_source", json_string(pn_rate_source_name(trainer->source)));
        json_object_set_new(part, "share",
                            json_pack("{s:f, s:f, s:f}", "value", trainer->share, "low",
                                      trainer->shares.low, "high", trainer->shares.high));
        json_array_append_new(parts, part);
    }
    return parts;
}

static json_t *thresholds_record(const pn_training_cost *together)
{
    json_t *list = json_array();
    for (int i = 0; i < THRESHOLDS; i++) {
        pn_span seconds = pn_training_seconds(together, thresholds[i].operations);
        json_array_append_new(
            list, json_pack("{s:f, s:s, s:o}", "operations", thresholds[i].operations, "meaning",
                            thresholds[i].meaning, "seconds", span_record(&seconds, 1)));
    }
    return list;
}

static json_t *answer_record(const pn_train_answer *answer, const pn_training_cost *together)
{
    const pn_language_model *model = answer->model;
    json_t *root = json_pack("{s:s, s:s}", "benchmark", "training", "machine", answer->machine);
    if (model)
        json_object_set_new(root, "model",
                            json_pack("{s:f, s:f, s:f, s:f}", "parameters", model->parameters,
                                      "active_parameters", model->active, "tokens", model->tokens,
                                      "operations", pn_language_model_operations(model)));
    json_object_set_new(root, "parts", parts_record(answer));
    json_object_set_new(root, "together", cost_record(answer, together));
    json_object_set_new(root, "thresholds", thresholds_record(together));
    json_object_set_new(root, "notes", pn_notes_record(&answer->trainers->notes));
    return root;
}

pn_status pn_train_tell(const pn_train_answer *answer, const pn_options *options)
{
    pn_training_cost together =
        pn_training_together(answer->trainers, answer->model, &answer->prices);
    pn_status status = PN_OK;
    if (strcmp(options->json, "none") != 0)
        status = pn_json_file_write(answer_record(answer, &together), options->json);
    if (status != PN_OK || strcmp(options->json, "-") == 0)
        return status;
    print_model(answer);
    print_parts(answer, &together);
    print_thresholds(answer, &together);
    pn_note_list_print(&answer->trainers->notes, options->explain);
    return PN_OK;
}
