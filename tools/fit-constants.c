// SPDX-License-Identifier: BSD-3-Clause
// Fits the constants of the model (src/predict/constants.inc) to a table of published systems:
//
//     fit-constants TABLE.csv               errors with the constants as they are, a line a system
//     fit-constants TABLE.csv --fit         fits, and writes constants.inc
//     fit-constants TABLE.csv --folds 5     fits to four fifths and judges on the rest, five times
//     fit-constants TABLE.csv --folds 5 8   the same for the eighth deal of the folds
//
// Starts from the medians, whatever the constants were. What processors alone concerns is changed
// one constant at a time, minimising the sum of ln(1 + (e/0.08)^2), e the relative error of the
// modelled Rmax; far outliers (runs on a part of the machine) so lose their pull. Then the rates of
// devices and the factors on them are solved for at once (fit-rates.h). Constants are held near
// their start, so that kinds with few systems stay in place. Nothing is random: the same table
// gives the same constants. The folds are dealt by name, so that one system's editions never stand
// on both sides.
#include "fit-rates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PARAMETERS = 128, STEPS = 32, SWEEPS = 8, FINE_STEPS = 200 };

typedef enum scope_kind { A_DEVICE, A_PROCESSOR, A_LINK, A_SHARE, PROCESSORS } scope_kind;

typedef struct parameter {
    double *value;
    scope_kind scope;
    int kind;
    double start, least, most;
    double stiffness; // cost of a change of the logarithm by one
    double stride;    // of the logarithm, next try
} parameter;

typedef struct fitting {
    pn_constants *constants;
    const pn_published_list *list;
    double *loss;       // [count] of each system
    const bool *is_out; // [count] left out
    int parameters;
    parameter parameter[PARAMETERS];
} fitting;

static void add(fitting *fit, double *value, scope_kind scope, int kind, double span)
{
    static const double stiffness_of[] = {1, 1, 2, 20, 0.2};
    fit->parameter[fit->parameters++] = (parameter){.value = value,
                                                    .scope = scope,
                                                    .kind = kind,
                                                    .start = *value,
                                                    .least = *value / span,
                                                    .most = *value * span,
                                                    .stiffness = stiffness_of[scope],
                                                    .stride = 0.1};
}

static void list_parameters(fitting *fit)
{
    pn_constants *c = fit->constants;
    for (int i = 0; i < c->processors; i++)
        add(fit, &c->processor[i].efficiency, A_PROCESSOR, i, 2);
    for (int i = 0; i < c->networks; i++)
        add(fit, &c->network[i].efficiency, A_LINK, i, 5);
    for (int i = 0; i < c->networks; i++)
        add(fit, &c->network[i].processor_share, A_SHARE, i, 2);
    add(fit, &c->processor_variation, PROCESSORS, 0, 8);
    add(fit, &c->processor_column, PROCESSORS, 0, 8);
}

static bool concerns(const parameter *p, const pn_published *s)
{
    switch (p->scope) {
    case A_DEVICE:
        return s->device == p->kind;
    case A_PROCESSOR:
        return s->device < 0 && s->processor == p->kind;
    case A_LINK:
    case A_SHARE:
        return s->device < 0 && s->network == p->kind;
    case PROCESSORS:
        return s->device < 0;
    }
    return false;
}

static double error_of(const pn_constants *constants, const pn_published *s, int steps)
{
    double rate;
    if (pn_published_predict(constants, s, steps, &rate) != PN_OK) {
        fprintf(stderr, "fit-constants: %s: %s\n", s->name, pn_fail_message());
        exit(2);
    }
    return log(rate / s->rmax);
}

static double loss_of(const pn_constants *constants, const pn_published *s)
{
    double e = expm1(error_of(constants, s, STEPS)) / 0.08;
    return log1p(e * e);
}

static double pull(const parameter *p)
{
    double change = log(*p->value / p->start);
    return p->stiffness * change * change;
}

// Tries the parameter at factor times its value; keeps it if the loss falls.
static bool try_factor(fitting *fit, parameter *p, double factor, double *fresh)
{
    double old = *p->value, change = -pull(p);
    double next = fmin(fmax(old * factor, p->least), p->most);
    if (next == old)
        return false;
    *p->value = next;
    change += pull(p);
    for (int i = 0; i < fit->list->count; i++) {
        const pn_published *s = &fit->list->system[i];
        if (fit->is_out[i] || s->skipped || !concerns(p, s))
            continue;
        fresh[i] = loss_of(fit->constants, s);
        change += fresh[i] - fit->loss[i];
    }
    if (change >= -1e-9) {
        *p->value = old;
        return false;
    }
    for (int i = 0; i < fit->list->count; i++)
        if (!fit->is_out[i] && !fit->list->system[i].skipped && concerns(p, &fit->list->system[i]))
            fit->loss[i] = fresh[i];
    return true;
}

static void sweep(fitting *fit, double *fresh)
{
    for (int i = 0; i < fit->parameters; i++) {
        parameter *p = &fit->parameter[i];
        if (fabs(p->stride) < 0.004)
            continue;
        if (try_factor(fit, p, exp(p->stride), fresh))
            p->stride *= 1.6;
        else if (try_factor(fit, p, exp(-p->stride), fresh))
            p->stride *= -1.6;
        else
            p->stride *= 0.4;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The median over the systems not left out of what `of` says of each; 0 if it concerns none.
static double median_of(const fitting *fit, scope_kind scope, int kind,
                        double (*of)(const pn_constants *, const pn_published *))
{
    parameter which = {.scope = scope, .kind = kind};
    double *values = calloc((size_t)fit->list->count, sizeof *values);
    int count = 0;
    for (int i = 0; values && i < fit->list->count; i++) {
        const pn_published *s = &fit->list->system[i];
        if (!fit->is_out[i] && !s->skipped && concerns(&which, s))
            values[count] = of(fit->constants, s);
        else
            continue;
        count += values[count] > 0; // 0: not known
    }
    if (count > 0)
        qsort(values, (size_t)count, sizeof *values, by_size);
    double median = count > 0 ? values[count / 2] : 0;
    free(values);
    return median;
}

static double rate_of_device(const pn_constants *constants, const pn_published *s)
{
    return s->rmax / (s->devices * pn_published_recount(constants, s));
}

static double rate_of_core(const pn_constants *constants, const pn_published *s)
{
    return s->rmax / (s->cores * s->hertz * constants->processor[s->processor].flops_per_cycle);
}

// A start that knows nothing but the medians of the systems to be fitted to. Kinds that are not
// among them keep what they have.
static void reset(fitting *fit)
{
    pn_constants *c = fit->constants;
    for (int i = 0; i < c->devices; i++) {
        double median = median_of(fit, A_DEVICE, i, rate_of_device);
        double watts = median_of(fit, A_DEVICE, i, pn_published_watts);
        if (median > 0)
            c->device[i].rate = 1.15 * median;
        if (watts > 0)
            c->device[i].watts = watts;
        c->device[i].power_exponent = 0;
    }
    for (int i = 0; i < c->processors; i++) {
        double median = median_of(fit, A_PROCESSOR, i, rate_of_core);
        if (median > 0)
            c->processor[i].efficiency = 1.08 * median;
    }
    for (int i = 0; i < c->networks; i++) {
        pn_network_kind *network = &c->network[i];
        bool is_ethernet = strncmp(network->name, "Ethernet", 8) == 0;
        network->efficiency = 0.8; // and protocols cost processors time on Ethernet
        network->processor_share = is_ethernet ? 0.8 : 1.0;
        network->device_share = 1.0;
    }
    c->device_young = c->device_card = c->device_xeon = c->device_template = 1;
    c->device_scale = 0;
    c->processor_variation = 0.005;
    c->processor_column = 5e-6;
}

static void solve_rates(const fitting *fit)
{
    if (fit_rates(fit->constants, fit->list, fit->is_out) != PN_OK) {
        fprintf(stderr, "fit-constants: %s\n", pn_fail_message());
        exit(2);
    }
}

static void price_losses(fitting *fit)
{
    for (int i = 0; i < fit->list->count; i++)
        if (!fit->is_out[i] && fit->list->system[i].device < 0 && !fit->list->system[i].skipped)
            fit->loss[i] = loss_of(fit->constants, &fit->list->system[i]);
}

static void run_fit(fitting *fit, const char *told)
{
    double *fresh = calloc((size_t)fit->list->count, sizeof *fresh);
    fit->loss = calloc((size_t)fit->list->count, sizeof *fit->loss);
    if (!fresh || !fit->loss)
        exit(2);
    reset(fit);
    list_parameters(fit);
    price_losses(fit);
    for (int s = 0; s < SWEEPS; s++) {
        sweep(fit, fresh);
        double sum = 0;
        for (int i = 0; i < fit->list->count; i++)
            sum += fit->loss[i];
        fprintf(stderr, "%s, sweep %d: loss %.2f\n", told, s + 1, sum);
    }
    solve_rates(fit);
    free(fresh);
    free(fit->loss);
}

static void print_summary(const pn_published_list *list, const double *errors, bool with_devices)
{
    double *sizes = calloc((size_t)list->count, sizeof *sizes);
    int count = 0;
    for (int i = 0; sizes && i < list->count; i++)
        if (!isnan(errors[i]) && (list->system[i].device >= 0) == with_devices)
            sizes[count++] = fabs(expm1(errors[i]));
    if (!sizes || count == 0)
        return;
    qsort(sizes, (size_t)count, sizeof *sizes, by_size);
    printf("%s: %d systems, median error %.1f %%, nine in ten within %.1f %%\n",
           with_devices ? "with devices" : "processors alone", count, 100 * sizes[count / 2],
           100 * sizes[(int)(0.9 * count)]);
    free(sizes);
}

static void print_systems(const pn_constants *c, const pn_published_list *list,
                          const double *errors)
{
    for (int i = 0; i < list->count; i++) {
        const pn_published *s = &list->system[i];
        if (isnan(errors[i]))
            continue;
        printf("%+7.1f %%  %-26.26s %d  %-17s %7.0f x %.0f  %-24s %-18s N %10.0f  %10.2f TF\n",
               100 * expm1(errors[i]), s->name, s->list,
               s->device >= 0 ? c->device[s->device].name : "-", s->devices,
               s->device >= 0 ? pn_published_recount(c, s) : 1, c->processor[s->processor].name,
               s->network >= 0 ? c->network[s->network].name : "?", s->n, s->rmax / 1e12);
    }
    print_summary(list, errors, true);
    print_summary(list, errors, false);
}

static const char head[] =
    "// SPDX-License-Identifier: BSD-3-Clause\n"
    "// The constants of the model for published systems, written by tools/fit-constants from "
    "TOP500\n"
    "// submissions of November 2018 to June 2026 (source of the submissions: TOP500.org).\n"
    "// DEVICE(name, memory GiB, holds the matrix, sold as a card too, list cores of one,\n"
    "//        introduced, TFLOP/s by which lists count it, multiply TFLOP/s, watts it goes with,\n"
    "//        exponent of the power drawn)\n"
    "// NETWORK(name, words, GB/s of a link one way, latency us, share of the bandwidth that\n"
    "//         processors get, factor on the rate of processors, of devices)\n"
    "// PROCESSOR(microarchitecture, words, FLOP per cycle and core, share of them that a run "
    "gets)\n"
    "// NODE(words of the computer, kinds introduced from this list on, devices a node at least,\n"
    "//      devices a node or 0 for as counted, links a node)\n"
    "// GLOBAL(name, value)\n";

static void print_constants(const pn_constants *c)
{
    fputs(head, stdout);
    for (int i = 0; i < c->devices; i++) {
        const pn_device_kind *d = &c->device[i];
        printf("DEVICE(\"%s\", %g, %d, %d, %d, %d, %.4g, %.4g, %g, %.3g)\n", d->name,
               d->memory / 1073741824.0, d->holds_matrix, d->is_card, d->list_cores, d->introduced,
               d->peak / 1e12, d->rate / 1e12, d->watts, d->power_exponent);
    }
    for (int i = 0; i < c->networks; i++) {
        const pn_network_kind *n = &c->network[i];
        printf("NETWORK(\"%s\", \"%s\", %g, %g, %.3g, %.3g, %.3g)\n", n->name, n->words,
               n->bandwidth / 1e9, n->latency * 1e6, n->efficiency, n->processor_share,
               n->device_share);
    }
    for (int i = 0; i < c->processors; i++) {
        const pn_processor_kind *p = &c->processor[i];
        printf("PROCESSOR(\"%s\", \"%s\", %g, %.4g)\n", p->name, p->words, p->flops_per_cycle,
               p->efficiency);
    }
    for (int i = 0; i < c->nodes; i++) {
        const pn_node_form *n = &c->node[i];
        printf("NODE(\"%s\", %d, %g, %g, %g)\n", n->words, n->introduced, n->least, n->devices,
               n->links);
    }
#define PRINT_GLOBAL(name) printf("GLOBAL(%s, %.3g)\n", #name, c->name);
    PN_GLOBAL_CONSTANTS(PRINT_GLOBAL)
}

static bool is_known(const fitting *fit, const pn_published *s)
{
    for (int i = 0; i < fit->list->count; i++)
        if (!fit->is_out[i] && fit->list->system[i].device == s->device)
            return true;
    return false;
}

// Of the systems left out; those of a kind that none of the others has are not judged.
static void judge_fit(const fitting *fit, double *errors)
{
    for (int i = 0; i < fit->list->count; i++) {
        const pn_published *s = &fit->list->system[i];
        if (fit->is_out[i])
            errors[i] =
                s->skipped || !is_known(fit, s) ? NAN : error_of(fit->constants, s, FINE_STEPS);
    }
}

static void judge_all(const pn_constants *constants, const pn_published_list *list, double *errors)
{
    for (int i = 0; i < list->count; i++)
        errors[i] =
            list->system[i].skipped ? NAN : error_of(constants, &list->system[i], FINE_STEPS);
}

typedef struct fold_deal {
    unsigned folds, deal;
} fold_deal;

static unsigned fold_of(const pn_published *s, const fold_deal *deal)
{
    // FNV-1a of the name, or of the figures of a nameless system
    unsigned hash = 2166136261u + 40503u * (deal->deal - 1);
    char text[96];
    if (s->name[0])
        snprintf(text, sizeof text, "%s", s->name);
    else
        snprintf(text, sizeof text, "%d %.0f %.0f", s->device, s->devices, s->cores);
    for (const char *c = text; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return hash / 64 % deal->folds;
}

static void judge_fold(const pn_published_list *list, const fold_deal *deal, unsigned f,
                       double *errors)
{
    static pn_constants constants;
    char told[32];
    bool *is_out = calloc((size_t)list->count, sizeof *is_out);
    if (!is_out)
        exit(2);
    pn_constants_load(&constants);
    for (int i = 0; i < list->count; i++)
        is_out[i] = fold_of(&list->system[i], deal) == f;
    fitting fit = {.constants = &constants, .list = list, .is_out = is_out};
    snprintf(told, sizeof told, "fold %u", f + 1);
    run_fit(&fit, told);
    judge_fit(&fit, errors);
    free(is_out);
}

// A process for each fold; the errors are in memory that they share.
static double *cross_validate(const pn_published_list *list, const fold_deal *deal)
{
    double *errors = mmap(NULL, (size_t)list->count * sizeof *errors, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (errors == MAP_FAILED)
        exit(2);
    for (unsigned f = 0; f < deal->folds; f++) {
        pid_t child = fork();
        if (child == 0) {
            judge_fold(list, deal, f, errors);
            exit(0);
        }
        if (child < 0)
            exit(2);
    }
    for (unsigned f = 0; f < deal->folds; f++) {
        int status;
        if (wait(&status) < 0 || status != 0) {
            fprintf(stderr, "fit-constants: a fold did not end well\n");
            exit(2);
        }
    }
    return errors;
}

int main(int argc, char **argv)
{
    static pn_constants constants;
    pn_published_list list;
    pn_constants_load(&constants);
    bool with_fit = argc == 3 && strcmp(argv[2], "--fit") == 0;
    fold_deal deal = {.deal = 1};
    if ((argc == 4 || argc == 5) && strcmp(argv[2], "--folds") == 0)
        deal = (fold_deal){(unsigned)strtoul(argv[3], NULL, 10),
                           argc == 5 ? (unsigned)strtoul(argv[4], NULL, 10) : 1};
    if (argc < 2 || (argc > 2 && !with_fit && deal.folds < 2)) {
        fprintf(stderr, "fit-constants TABLE.csv [--fit | --folds COUNT (at least 2) [DEAL]]\n");
        return 2;
    }
    if (pn_published_read(&list, argv[1], &constants) != PN_OK) {
        fprintf(stderr, "fit-constants: %s\n", pn_fail_message());
        return 2;
    }
    double *errors = calloc((size_t)list.count, sizeof *errors);
    bool *is_out = calloc((size_t)list.count, sizeof *is_out);
    if (!errors || !is_out)
        return 2;
    if (with_fit) {
        fitting fit = {.constants = &constants, .list = &list, .is_out = is_out};
        run_fit(&fit, "all");
        print_constants(&constants);
    } else {
        if (!deal.folds)
            judge_all(&constants, &list, errors);
        print_systems(&constants, &list, deal.folds ? cross_validate(&list, &deal) : errors);
    }
    free(errors);
    free(is_out);
    pn_published_release(&list);
    return 0;
}
