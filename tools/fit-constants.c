// SPDX-License-Identifier: BSD-3-Clause
// Fits the constants of the model (src/machines/constants.inc) to a table of published systems:
//
//     fit-constants TABLE.csv               errors with the constants as they are, a line a system
//     fit-constants TABLE.csv --fit         fits, and writes constants.inc
//     fit-constants TABLE.csv --folds 5     fits to four fifths and judges on the rest, five times
//     fit-constants TABLE.csv --folds 5 8   the same for eight deals of the folds; a line a system
//                                           for the first
//
// Starts from the medians, whatever the constants were; then rates and the factors on them are
// solved for at once (fit-rates.h). Nothing is random: the same table gives the same constants. The
// folds are dealt by name, so that one system's editions never stand on both sides, and what is
// judged is modelled anew, by the constants of the other folds.
#include "base/exit_code.h"
#include "fit-rates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fitting {
    pn_constants *constants;
    const pn_published_list *list;
    const bool *is_out; // [count] left out
} fitting;

static void give_up(const char *place)
{
    fprintf(stderr, "fit-constants: %s%s%s\n", place, place[0] ? ": " : "", pn_fail_message());
    exit(PN_EXIT_FAILURE);
}

static void *memory_for(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory) {
        fprintf(stderr, "fit-constants: there is no memory for %zu systems\n", count);
        exit(PN_EXIT_FAILURE);
    }
    return memory;
}

static double error_of(const pn_constants *constants, const pn_published *s)
{
    double rate;
    if (pn_published_predict(constants, s, FIT_STEPS, &rate) != PN_OK)
        give_up(s->name);
    return log(rate / s->rmax);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Systems of a kind of device, or of processors alone if they are of that microarchitecture.
static bool is_of(const pn_published *s, bool with_devices, int kind)
{
    return with_devices ? s->device == kind : s->device < 0 && s->processor == kind;
}

// The median over the systems of a kind that are not left out of what `of` says of each; 0 if there
// are none.
static double median_of(const fitting *fit, bool with_devices, int kind,
                        double (*of)(const pn_constants *, const pn_published *))
{
    double *values = memory_for((size_t)fit->list->count, sizeof *values);
    int count = 0;
    for (int i = 0; i < fit->list->count; i++) {
        const pn_published *s = &fit->list->system[i];
        if (fit->is_out[i] || s->skipped || !is_of(s, with_devices, kind))
            continue;
        values[count] = of(fit->constants, s);
        count += values[count] > 0; // 0: not known
    }
    if (count > 0)
        qsort(values, (size_t)count, sizeof *values, by_size);
    double median = count > 0 ? values[count / 2] : 0;
    free(values);
    return median;
}

static int count_of(const fitting *fit, int processor)
{
    int count = 0;
    for (int i = 0; i < fit->list->count; i++)
        count += !fit->is_out[i] && is_of(&fit->list->system[i], false, processor);
    return count;
}

// A start that knows nothing but the medians of the systems to be fitted to. Kinds that are not
// among them keep what they have.
static void reset(const fitting *fit)
{
    pn_constants *c = fit->constants;
    for (int i = 0; i < c->devices; i++) {
        double median = median_of(fit, true, i, fit_device_share);
        double watts = median_of(fit, true, i, pn_published_watts);
        if (median > 0)
            c->device[i].rate = 1.15 * median;
        if (watts > 0)
            c->device[i].watts = watts;
    }
    for (int i = 0; i < c->processors; i++) {
        double median = median_of(fit, false, i, fit_core_share);
        c->processor[i].systems = count_of(fit, i);
        if (median > 0)
            c->processor[i].efficiency = 1.08 * median;
    }
    fit_neutralise(c);
    for (int i = 0; i < c->networks; i++) // its protocols cost processors time
        if (strncmp(c->network[i].name, "Ethernet", 8) == 0)
            c->network[i].processor_share = 0.8;
}

static void run_fit(const fitting *fit, const fit_curve *curves)
{
    fit_table table = {.list = fit->list, .curve = curves, .is_out = fit->is_out};
    reset(fit);
    if (fit_devices(fit->constants, &table) != PN_OK ||
        fit_processors(fit->constants, &table) != PN_OK)
        give_up("");
}

typedef struct summary {
    int count;
    double median, most, covered; // most: nine in ten are within it; covered by the interval
} summary;

static summary summarise(const pn_constants *c, const pn_published_list *list, const double *errors,
                         bool with_devices)
{
    double *sizes = memory_for((size_t)list->count, sizeof *sizes);
    double above = with_devices ? c->device_spread : c->processor_spread;
    double below = with_devices ? c->device_below : c->processor_spread;
    summary sum = {0};
    for (int i = 0; i < list->count; i++) {
        if (isnan(errors[i]) || (list->system[i].device >= 0) != with_devices)
            continue;
        sum.covered += errors[i] <= log1p(below) && errors[i] >= -log1p(above);
        sizes[sum.count++] = fabs(expm1(errors[i]));
    }
    if (sum.count > 0) {
        qsort(sizes, (size_t)sum.count, sizeof *sizes, by_size);
        sum.median = sizes[sum.count / 2];
        sum.most = sizes[(int)(0.9 * sum.count)];
        sum.covered /= sum.count;
    }
    free(sizes);
    return sum;
}

static void print_summary(const char *head, bool with_devices, const summary *sum)
{
    if (sum->count > 0)
        printf("%s%s: %d systems, median error %.1f %%, nine in ten within %.1f %%, %.1f %% in the "
               "interval\n",
               head, with_devices ? "with devices" : "processors alone", sum->count,
               100 * sum->median, 100 * sum->most, 100 * sum->covered);
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
}

static const char head[] =
    "// SPDX-License-Identifier: BSD-3-Clause\n"
    "// The constants of the model for published systems, written by tools/fit-constants from "
    "TOP500\n"
    "// submissions of November 2018 to June 2026 (source of the submissions: TOP500.org).\n"
    "// DEVICE(name, memory GiB, holds the matrix, list cores of one, introduced, TFLOP/s by which\n"
    "//        lists count it, multiply TFLOP/s, watts it goes with, exponent of the power drawn)\n"
    "// NETWORK(name, words, GB/s of a link one way, latency us, factor on the rate of "
    "processors,\n"
    "//         of devices)\n"
    "// PROCESSOR(microarchitecture, words, FLOP per cycle and core, share of them that a run "
    "gets,\n"
    "//           systems that this was fitted to)\n"
    "// NODE(words of the computer, kinds introduced from this list on, devices a node at least,\n"
    "//      devices a node or 0 for as counted, links a node)\n"
    "// GLOBAL(name, value)\n";

static void print_constants(const pn_constants *c)
{
    fputs(head, stdout);
    for (int i = 0; i < c->devices; i++) {
        const pn_device_kind *d = &c->device[i];
        printf("DEVICE(\"%s\", %g, %d, %d, %d, %.4g, %.4g, %g, %.3g)\n", d->name,
               d->memory / 1073741824.0, d->holds_matrix, d->list_cores, d->introduced,
               d->peak / 1e12, d->rate / 1e12, d->watts, d->power_exponent);
    }
    for (int i = 0; i < c->networks; i++) {
        const pn_network_kind *n = &c->network[i];
        printf("NETWORK(\"%s\", \"%s\", %g, %g, %.3g, %.3g)\n", n->name, n->words,
               n->bandwidth / 1e9, n->latency * 1e6, n->processor_share, n->device_share);
    }
    for (int i = 0; i < c->processors; i++) {
        const pn_processor_kind *p = &c->processor[i];
        printf("PROCESSOR(\"%s\", \"%s\", %g, %.4g, %d)\n", p->name, p->words, p->flops_per_cycle,
               p->efficiency, p->systems);
    }
    for (int i = 0; i < c->nodes; i++) {
        const pn_node_form *n = &c->node[i];
        printf("NODE(\"%s\", %d, %g, %g, %g)\n", n->words, n->introduced, n->least, n->devices,
               n->links);
    }
#define PRINT_GLOBAL(name) printf("GLOBAL(%s, %.3g)\n", #name, c->name);
    PN_GLOBAL_CONSTANTS(PRINT_GLOBAL)
}

// Whether a system that is not left out is of the same kind.
static bool is_known(const fitting *fit, const pn_published *s)
{
    bool with_devices = s->device >= 0;
    for (int i = 0; i < fit->list->count; i++)
        if (!fit->is_out[i] &&
            is_of(&fit->list->system[i], with_devices, with_devices ? s->device : s->processor))
            return true;
    return false;
}

// Of the systems left out; those of a kind that none of the others has are not judged.
static void judge_fit(const fitting *fit, double *errors)
{
    for (int i = 0; i < fit->list->count; i++) {
        const pn_published *s = &fit->list->system[i];
        if (fit->is_out[i])
            errors[i] = s->skipped || !is_known(fit, s) ? NAN : error_of(fit->constants, s);
    }
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

static void judge_folds(const pn_published_list *list, const fit_curve *curves,
                        const fold_deal *deal, double *errors)
{
    pn_constants *constants = memory_for(1, sizeof *constants);
    bool *is_out = memory_for((size_t)list->count, sizeof *is_out);
    for (unsigned f = 0; f < deal->folds; f++) {
        fitting fit = {.constants = constants, .list = list, .is_out = is_out};
        pn_constants_load(constants);
        for (int i = 0; i < list->count; i++)
            is_out[i] = fold_of(&list->system[i], deal) == f;
        run_fit(&fit, curves);
        judge_fit(&fit, errors);
    }
    free(is_out);
    free(constants);
}

static void cross_validate(const pn_constants *c, const pn_published_list *list, unsigned folds,
                           unsigned deals)
{
    fit_curve *curves;
    summary mean[2] = {{0}};
    double *errors = memory_for((size_t)list->count, sizeof *errors);
    if (fit_curves_create(&curves, c, list) != PN_OK)
        give_up("");
    for (unsigned d = 1; d <= deals; d++) {
        char head_of_line[32];
        snprintf(head_of_line, sizeof head_of_line, "deal %u, ", d);
        judge_folds(list, curves, &(fold_deal){.folds = folds, .deal = d}, errors);
        if (d == 1)
            print_systems(c, list, errors);
        for (int with_devices = 1; with_devices >= 0; with_devices--) {
            summary sum = summarise(c, list, errors, with_devices), *all = &mean[with_devices];
            print_summary(head_of_line, with_devices, &sum);
            all->count = sum.count;
            all->median += sum.median / deals;
            all->most += sum.most / deals;
            all->covered += sum.covered / deals;
        }
    }
    for (int with_devices = 1; with_devices >= 0; with_devices--)
        print_summary("mean, ", with_devices, &mean[with_devices]);
    free(curves);
    free(errors);
}

static void fit_to_all(pn_constants *constants, const pn_published_list *list)
{
    fit_curve *curves;
    bool *is_out = memory_for((size_t)list->count, sizeof *is_out);
    fitting fit = {.constants = constants, .list = list, .is_out = is_out};
    if (fit_curves_create(&curves, constants, list) != PN_OK)
        give_up("");
    run_fit(&fit, curves);
    print_constants(constants);
    free(curves);
    free(is_out);
}

static void judge_all(const pn_constants *constants, const pn_published_list *list)
{
    double *errors = memory_for((size_t)list->count, sizeof *errors);
    for (int i = 0; i < list->count; i++)
        errors[i] = list->system[i].skipped ? NAN : error_of(constants, &list->system[i]);
    print_systems(constants, list, errors);
    for (int with_devices = 1; with_devices >= 0; with_devices--) {
        summary sum = summarise(constants, list, errors, with_devices);
        print_summary("", with_devices, &sum);
    }
    free(errors);
}

int main(int argc, char **argv)
{
    static pn_constants constants;
    pn_published_list list;
    pn_constants_load(&constants);
    bool with_fit = argc == 3 && strcmp(argv[2], "--fit") == 0;
    bool with_folds = (argc == 4 || argc == 5) && strcmp(argv[2], "--folds") == 0;
    unsigned long folds = with_folds ? strtoul(argv[3], NULL, 10) : 2;
    unsigned long deals = argc == 5 ? strtoul(argv[4], NULL, 10) : 1;
    if (argc < 2 || (argc > 2 && !with_fit && !with_folds) || folds < 2 || folds > 100 ||
        deals < 1 || deals > 100) {
        fprintf(stderr, "fit-constants TABLE.csv [--fit | --folds COUNT (2 to 100) [DEALS]]\n");
        return PN_EXIT_FAILURE;
    }
    if (pn_published_read(&list, argv[1], &constants) != PN_OK)
        give_up("");
    if (with_fit)
        fit_to_all(&constants, &list);
    else if (with_folds)
        cross_validate(&constants, &list, (unsigned)folds, (unsigned)deals);
    else
        judge_all(&constants, &list);
    pn_published_release(&list);
    return 0;
}
