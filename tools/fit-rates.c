// SPDX-License-Identifier: BSD-3-Clause
// Weighted least squares in logarithms, for systems with devices and for processors alone.
#include "fit-rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { // of devices
    A_RATE,
    AN_EXPONENT = A_RATE + PN_DEVICE_KINDS,
    A_SHARE = AN_EXPONENT + PN_DEVICE_KINDS,
    THE_EXPONENT = A_SHARE + PN_NETWORK_KINDS,
    THE_AGE,
    THE_XEON,
    THE_TEMPLATE,
    THE_SCALE,
    OF_DEVICES,
};

enum { // of processors
    AN_EFFICIENCY,
    WHAT_IS_LEFT = AN_EFFICIENCY + PN_PROCESSOR_KINDS,
    OF_PROCESSORS = WHAT_IS_LEFT + PN_NETWORK_KINDS
};

enum { UNKNOWNS = OF_DEVICES, ROUNDS = 8, PASSES = 12 };
_Static_assert((int)OF_PROCESSORS <= (int)UNKNOWNS, "both kinds of problems fit");

// Errors beyond it lose their pull.
static const double device_tolerance = 0.04, processor_tolerance = 0.06;

typedef struct sample {
    const fit_curve *curve;
    double at[UNKNOWNS];
    double start; // ln rate where all unknowns are 0
    double rmax;  // ln
    double shift, slope, target;
} sample;

typedef struct problem {
    int unknowns, samples;
    double tolerance;
    double hold[UNKNOWNS]; // how firmly each is held at 0: 1 / (its usual deviation)^2
    double a[UNKNOWNS][UNKNOWNS + 1];
    double x[UNKNOWNS];
    sample *sample;
} problem;

static double sum_of(const problem *p, const double *at)
{
    double sum = 0;
    for (int i = 0; i < p->unknowns; i++)
        sum += at[i] * p->x[i];
    return sum;
}

static void solve(problem *p)
{
    for (int i = 0; i < p->unknowns; i++) // positive definite, so no pivots
        for (int k = i + 1; k < p->unknowns; k++) {
            double factor = p->a[k][i] / p->a[i][i];
            for (int j = i; factor != 0 && j <= p->unknowns; j++)
                p->a[k][j] -= factor * p->a[i][j];
        }
    for (int i = p->unknowns - 1; i >= 0; i--) {
        double rest = p->a[i][p->unknowns];
        for (int j = i + 1; j < p->unknowns; j++)
            rest -= p->a[i][j] * p->x[j];
        p->x[i] = rest / p->a[i][i];
    }
}

static void add_sample(problem *p, const sample *s, bool is_first)
{
    double miss = (s->target - s->slope * sum_of(p, s->at)) / p->tolerance;
    double weight = (is_first ? 1 : 1 / (1 + miss * miss)) / (p->tolerance * p->tolerance);
    for (int i = 0; i < p->unknowns; i++) {
        double row = weight * s->slope * s->at[i];
        if (row == 0)
            continue;
        for (int j = 0; j < p->unknowns; j++)
            p->a[i][j] += row * s->slope * s->at[j];
        p->a[i][p->unknowns] += row * s->target;
    }
}

// The curves are taken to be straight where the systems stand now.
static void linearise(problem *p)
{
    for (int i = 0; i < p->samples; i++) {
        sample *s = &p->sample[i];
        double sum = sum_of(p, s->at);
        double rmax = fit_curve_at(s->curve, s->start + sum, &s->slope);
        s->target = s->rmax - rmax + s->slope * sum;
    }
}

static void solve_problem(problem *p)
{
    for (int round = 0; round < ROUNDS; round++) {
        linearise(p);
        for (int pass = 0; pass < PASSES; pass++) {
            memset(p->a, 0, sizeof p->a);
            for (int i = 0; i < p->unknowns; i++)
                p->a[i][i] = p->hold[i];
            for (int i = 0; i < p->samples; i++)
                add_sample(p, &p->sample[i], round == 0 && pass == 0);
            solve(p);
        }
    }
}

static int network_of(const pn_constants *c, const pn_published *s)
{
    return s->network >= 0 ? s->network : c->networks - 1;
}

static void describe_devices(const pn_constants *c, const pn_published *s, sample *to)
{
    const pn_device_kind *kind = &c->device[s->device];
    to->start = log(kind->rate);
    to->at[A_RATE + s->device] = 1;
    to->at[AN_EXPONENT + s->device] = to->at[THE_EXPONENT] =
        pn_device_draw(c, s->device, pn_published_watts(c, s));
    to->at[A_SHARE + network_of(c, s)] = 1;
    to->at[THE_AGE] = exp(-fmax(pn_device_age(kind, s->list), 0));
    to->at[THE_XEON] = s->is_by_xeon;
    to->at[THE_TEMPLATE] = s->is_template;
    to->at[THE_SCALE] = log(s->devices * pn_published_recount(c, s) / 500);
}

static void describe_processors(const pn_constants *c, const pn_published *s, sample *to)
{
    int network = network_of(c, s);
    to->start = log(c->processor[s->processor].efficiency * c->network[network].processor_share);
    to->at[AN_EFFICIENCY + s->processor] = 1;
    to->at[WHAT_IS_LEFT + network] = 1;
}

static double hold_of_devices(int unknown)
{
    return unknown < AN_EXPONENT    ? 0.5
           : unknown < A_SHARE      ? 60
           : unknown < THE_EXPONENT ? 3000
           : unknown < THE_AGE      ? 10
           : unknown < THE_XEON     ? 20
           : unknown < THE_SCALE    ? 50
                                    : 500; // it reaches far beyond most systems
}

static double hold_of_processors(int unknown)
{
    return unknown < WHAT_IS_LEFT ? 1 : 60;
}

static void list_samples(problem *p, const pn_constants *c, const fit_table *table,
                         bool with_devices)
{
    for (int i = 0; i < table->list->count; i++) {
        const pn_published *s = &table->list->system[i];
        if (s->skipped || table->is_out[i] || (s->device >= 0) != with_devices ||
            (with_devices && pn_published_is_mixed(c, s)))
            continue;
        sample *to = &p->sample[p->samples++];
        to->curve = &table->curve[i];
        to->rmax = log(s->rmax);
        (with_devices ? describe_devices : describe_processors)(c, s, to);
    }
}

static void release(problem *p)
{
    if (p)
        free(p->sample);
    free(p);
}

static pn_status solve_for(problem **result, const pn_constants *c, const fit_table *table,
                           bool with_devices)
{
    problem *p = *result = calloc(1, sizeof *p);
    if (p)
        p->sample = calloc((size_t)table->list->count, sizeof *p->sample);
    if (!p || !p->sample)
        return pn_fail(PN_ERROR_MEMORY, "There is no memory to fit %d systems.",
                       table->list->count);
    p->unknowns = with_devices ? OF_DEVICES : OF_PROCESSORS;
    p->tolerance = with_devices ? device_tolerance : processor_tolerance;
    for (int i = 0; i < p->unknowns; i++)
        p->hold[i] = with_devices ? hold_of_devices(i) : hold_of_processors(i);
    list_samples(p, c, table, with_devices);
    solve_problem(p);
    return PN_OK;
}

pn_status fit_devices(pn_constants *c, const fit_table *table)
{
    problem *p;
    pn_status status;
    PN_TRY(solve_for(&p, c, table, true));
    for (int i = 0; i < c->devices; i++) {
        c->device[i].rate *= exp(p->x[A_RATE + i]);
        c->device[i].power_exponent = p->x[THE_EXPONENT] + p->x[AN_EXPONENT + i];
    }
    for (int i = 0; i < c->networks; i++)
        c->network[i].device_share = exp(p->x[A_SHARE + i]);
    c->device_young = exp(p->x[THE_AGE]);
    c->device_xeon = exp(p->x[THE_XEON]);
    c->device_template = exp(p->x[THE_TEMPLATE]);
    c->device_scale = p->x[THE_SCALE];
fail:
    release(p);
    return status;
}

pn_status fit_processors(pn_constants *c, const fit_table *table)
{
    problem *p;
    pn_status status;
    PN_TRY(solve_for(&p, c, table, false));
    for (int i = 0; i < c->processors; i++)
        c->processor[i].efficiency *= exp(p->x[AN_EFFICIENCY + i]);
    for (int i = 0; i < c->networks; i++)
        c->network[i].processor_share *= exp(p->x[WHAT_IS_LEFT + i]);
fail:
    release(p);
    return status;
}
