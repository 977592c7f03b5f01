// SPDX-License-Identifier: BSD-3-Clause
// The rates of devices and the factors on them, by weighted least squares in logarithms.
#include "fit-rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    A_RATE,
    AN_EXPONENT = A_RATE + PN_DEVICE_KINDS,
    A_SHARE = AN_EXPONENT + PN_DEVICE_KINDS,
    THE_EXPONENT = A_SHARE + PN_NETWORK_KINDS,
    THE_AGE,
    THE_CARD,
    THE_XEON,
    THE_TEMPLATE,
    THE_SCALE,
    UNKNOWNS,
    ROUNDS = 8,
    PASSES = 12,
    STEPS = 200 // as many as the systems are judged with
};

static const double tolerance = 0.06; // errors beyond it lose their pull

// How firmly an unknown is held where it starts: 1 / (its usual deviation)^2.
static double hold_of(int unknown)
{
    return unknown < AN_EXPONENT    ? 0.5
           : unknown < A_SHARE      ? 60
           : unknown < THE_EXPONENT ? 100
           : unknown < THE_AGE      ? 10
           : unknown < THE_CARD     ? 20
           : unknown < THE_SCALE    ? 50
                                    : 5000; // it reaches far beyond most systems
}

typedef struct equations {
    double a[UNKNOWNS][UNKNOWNS + 1];
    double x[UNKNOWNS];
} equations;

typedef struct sample {
    double at[UNKNOWNS];
    double target;
    bool counts;
} sample;

static void describe(const pn_constants *c, const pn_published *s, double *at)
{
    const pn_device_kind *kind = &c->device[s->device];
    memset(at, 0, UNKNOWNS * sizeof *at);
    at[A_RATE + s->device] = 1;
    at[AN_EXPONENT + s->device] = at[THE_EXPONENT] =
        pn_device_draw(c, s->device, pn_published_watts(c, s));
    at[A_SHARE + (s->network >= 0 ? s->network : c->networks - 1)] = 1;
    at[THE_AGE] = exp(-fmax(pn_device_age(kind, s->list), 0));
    at[THE_CARD] = s->is_card && kind->is_card;
    at[THE_XEON] = s->is_by_xeon;
    at[THE_TEMPLATE] = s->is_template;
    at[THE_SCALE] = log(s->devices * pn_published_recount(c, s) / 500);
}

static double value_of(const double *at, const double *x)
{
    double sum = 0;
    for (int i = 0; i < UNKNOWNS; i++)
        sum += at[i] * x[i];
    return sum;
}

static void solve(equations *e)
{
    for (int i = 0; i < UNKNOWNS; i++) // positive definite, so no pivots
        for (int k = i + 1; k < UNKNOWNS; k++) {
            double factor = e->a[k][i] / e->a[i][i];
            for (int j = i; factor != 0 && j <= UNKNOWNS; j++)
                e->a[k][j] -= factor * e->a[i][j];
        }
    for (int i = UNKNOWNS - 1; i >= 0; i--) {
        double rest = e->a[i][UNKNOWNS];
        for (int j = i + 1; j < UNKNOWNS; j++)
            rest -= e->a[i][j] * e->x[j];
        e->x[i] = rest / e->a[i][i];
    }
}

static void add_sample(equations *e, const sample *s, bool is_first)
{
    double miss = (s->target - value_of(s->at, e->x)) / tolerance;
    double weight = (is_first ? 1 : 1 / (1 + miss * miss)) / (tolerance * tolerance);
    for (int i = 0; i < UNKNOWNS; i++) {
        if (s->at[i] == 0)
            continue;
        for (int j = 0; j < UNKNOWNS; j++)
            e->a[i][j] += weight * s->at[i] * s->at[j];
        e->a[i][UNKNOWNS] += weight * s->at[i] * s->target;
    }
}

static void fit_samples(equations *e, const sample *samples, int count)
{
    for (int pass = 0; pass < PASSES; pass++) {
        memset(e->a, 0, sizeof e->a);
        for (int i = 0; i < UNKNOWNS; i++)
            e->a[i][i] = hold_of(i);
        for (int i = 0; i < count; i++)
            if (samples[i].counts)
                add_sample(e, &samples[i], pass == 0);
        solve(e);
    }
}

static void write_back(pn_constants *c, const pn_constants *start, const double *x)
{
    for (int i = 0; i < c->devices; i++) {
        c->device[i].rate = start->device[i].rate * exp(x[A_RATE + i]);
        c->device[i].power_exponent = x[THE_EXPONENT] + x[AN_EXPONENT + i];
    }
    for (int i = 0; i < c->networks; i++)
        c->network[i].device_share = exp(x[A_SHARE + i]);
    c->device_young = exp(x[THE_AGE]);
    c->device_card = exp(x[THE_CARD]);
    c->device_xeon = exp(x[THE_XEON]);
    c->device_template = exp(x[THE_TEMPLATE]);
    c->device_scale = x[THE_SCALE];
}

pn_status fit_rates(pn_constants *constants, const pn_published_list *list, const bool *is_out)
{
    const pn_constants start = *constants;
    equations *e = calloc(1, sizeof *e);
    sample *samples = calloc((size_t)list->count, sizeof *samples);
    pn_status status = PN_OK;
    if (!e || !samples)
        status = pn_fail(PN_ERROR_MEMORY, "There is no memory to fit %d systems.", list->count);
    for (int round = 0; status == PN_OK && round < ROUNDS; round++) {
        write_back(constants, &start, e->x);
        for (int i = 0; status == PN_OK && i < list->count; i++) {
            const pn_published *s = &list->system[i];
            double rate;
            samples[i].counts =
                s->device >= 0 && !s->skipped && !is_out[i] && !pn_published_is_mixed(constants, s);
            if (!samples[i].counts)
                continue;
            describe(constants, s, samples[i].at);
            status = pn_published_predict(constants, s, STEPS, &rate);
            if (status == PN_OK)
                samples[i].target = log(s->rmax / rate) + value_of(samples[i].at, e->x);
        }
        if (status == PN_OK)
            fit_samples(e, samples, list->count);
    }
    if (status == PN_OK)
        write_back(constants, &start, e->x);
    free(e);
    free(samples);
    return status;
}
