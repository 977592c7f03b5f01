// SPDX-License-Identifier: BSD-3-Clause
#include "machines/training.h"

static const double hour = 3600;

pn_span pn_training_seconds(const pn_training_cost *cost, double operations)
{
    return (pn_span){operations / cost->speed.value, operations / cost->speed.high,
                     operations / cost->speed.low};
}

static pn_span times(pn_span span, double factor)
{
    return (pn_span){span.value * factor, span.low * factor, span.high * factor};
}

static pn_span sum(pn_span a, pn_span b)
{
    return (pn_span){a.value + b.value, a.low + b.low, a.high + b.high};
}

typedef struct drawn { // by all parts of it
    pn_span watts;     // 0: not known of all
    bool is_assumed;
    double memory; // 0: not known of all
} drawn;

static void set_cost(pn_training_cost *cost, const drawn *by, const pn_language_model *model,
                     const pn_training_prices *prices)
{
    pn_span watts = by->watts;
    cost->fits = !model || by->memory == 0 || by->memory >= pn_language_model_bytes(model);
    if (!model || !cost->fits)
        return;
    cost->seconds = pn_training_seconds(cost, pn_language_model_operations(model));
    cost->device_hours = times(cost->seconds, cost->devices / hour);
    cost->joules = (pn_span){watts.value * cost->seconds.value, watts.low * cost->seconds.low,
                             watts.high * cost->seconds.high};
    cost->is_energy_assumed = by->is_assumed;
    if (prices->energy > 0 && watts.value == 0)
        return;
    cost->euros = sum(times(cost->device_hours, prices->hour), times(cost->joules, prices->energy));
}

static pn_span speed_of(const pn_trainer *trainer)
{
    return (pn_span){trainer->count * trainer->rate * trainer->share,
                     trainer->rates.low * trainer->shares.low,
                     trainer->rates.high * trainer->shares.high};
}

static pn_span watts_of(const pn_trainer *trainer)
{
    return (pn_span){trainer->watts, trainer->watts_range.low, trainer->watts_range.high};
}

pn_training_cost pn_training_alone(const pn_trainer *trainer, const pn_language_model *model,
                                   const pn_training_prices *prices)
{
    pn_training_cost cost = {.devices = trainer->count, .speed = speed_of(trainer)};
    drawn by = {watts_of(trainer), trainer->is_watts_assumed, trainer->memory};
    set_cost(&cost, &by, model, prices);
    return cost;
}

pn_training_cost pn_training_together(const pn_trainers *trainers, const pn_language_model *model,
                                      const pn_training_prices *prices)
{
    pn_training_cost cost = {.devices = 0};
    drawn by = {.memory = 0};
    bool has_watts = true, has_memory = true;
    for (int i = 0; i < trainers->count; i++) {
        const pn_trainer *trainer = &trainers->of[i];
        cost.devices += trainer->count;
        cost.speed = sum(cost.speed, speed_of(trainer));
        by.watts = sum(by.watts, watts_of(trainer));
        by.is_assumed = by.is_assumed || trainer->is_watts_assumed;
        by.memory += trainer->memory;
        has_watts = has_watts && trainer->watts > 0;
        has_memory = has_memory && trainer->memory > 0;
    }
    by.watts = has_watts ? by.watts : (pn_span){0, 0, 0};
    by.memory = has_memory ? by.memory : 0;
    set_cost(&cost, &by, model, prices);
    return cost;
}
