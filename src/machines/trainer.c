// SPDX-License-Identifier: BSD-3-Clause
// A partition's rate in 16 bits comes from the machine file where it has one (its products, else
// its peak), else from the data sheet of its kind. Its power is that of the machine file, else what
// published systems of the kind draw in a Linpack.
#include "machines/trainer.h"

#include "machines/constants.h"
#include "machines/half_kind.h"
#include "machines/partition_class.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Products of large matrices reach this much of the peak of a device, and shares of the peak become
// shares of what was measured by it.
static const double products_over_peak = 0.7;

const char *pn_rate_source_name(pn_rate_source source)
{
    static const char *const names[] = {"measured", "given", "peak", "assumed"};
    return names[source];
}

void pn_trainer_set_share(pn_trainer *trainer, const pn_training_shares *shares,
                          const char *generation)
{
    double of_peak = pn_training_share_of(shares, generation)->share;
    double share = trainer->is_peak ? of_peak : of_peak / products_over_peak;
    trainer->share = share;
    trainer->shares = (pn_range){share * shares->lowest, fmin(share * shares->highest, 1)};
}

pn_status pn_trainers_add(pn_trainers *trainers, const pn_trainer *trainer)
{
    if (trainers->count == trainers->room) {
        int room = trainers->room ? 2 * trainers->room : 16;
        pn_trainer *more = realloc(trainers->of, (size_t)room * sizeof *more);
        if (!more)
            return pn_fail_memory("for %d parts of a machine", room);
        trainers->of = more;
        trainers->room = room;
    }
    trainers->of[trainers->count++] = *trainer;
    return PN_OK;
}

void pn_trainers_release(pn_trainers *trainers)
{
    free(trainers->of);
    pn_notes_release(&trainers->notes);
    *trainers = (pn_trainers){0};
}

typedef struct trainer_builder {
    pn_trainers *trainers;
    const pn_constants *constants;
    const pn_training_shares *shares;
    const pn_machine *machine;
    const pn_machine_partition *partition;
    const pn_machine_device *own; // the machine's entry of its device, or NULL
    const pn_half_kind *kind;     // of its device, or NULL
    int fitted;                   // the kind of the constants; -1: none
    pn_trainer trainer;
} trainer_builder;

static pn_status tell(trainer_builder *builder, const char *key, const pn_figure *figure,
                      pn_dimension dimension, const char *source)
{
    return pn_note_told(&builder->trainers->notes, builder->partition->name,
                        &(pn_told){key, figure, dimension, source}, builder->machine);
}

// The figure that the machine file gives of the rate, or NULL.
static const pn_figure *stated_rate(const trainer_builder *builder)
{
    const pn_machine_device *own = builder->own;
    if (!builder->partition->device)
        return builder->partition->rate_16bit.set ? &builder->partition->rate_16bit : NULL;
    if (own && own->rate_16bit.set)
        return &own->rate_16bit;
    return own && own->peak_16bit.set ? &own->peak_16bit : NULL;
}

static pn_rate_source source_of(const trainer_builder *builder, const pn_figure *rate,
                                const char *owner)
{
    const char *source = pn_figure_source(rate, owner, builder->machine);
    if (rate->assumed)
        return PN_RATE_ASSUMED;
    if (builder->trainer.is_peak)
        return PN_RATE_PEAK;
    return source && strncmp(source, PN_MACHINE_PROBED, strlen(PN_MACHINE_PROBED)) == 0
               ? PN_RATE_MEASURED
               : PN_RATE_GIVEN;
}

// How many there are at an end of the ranges.
static double count_at(const trainer_builder *builder, pn_end end)
{
    const pn_machine_partition *partition = builder->partition;
    return pn_figure_at(&partition->nodes, end) *
           (partition->device ? pn_figure_at(&partition->devices, end) : 1);
}

// false: nothing says what it does in 16 bits.
static bool set_rate(trainer_builder *builder)
{
    pn_trainer *trainer = &builder->trainer;
    const pn_figure *rate = stated_rate(builder);
    const char *owner = builder->own ? builder->own->source : builder->partition->source;
    double low, high;
    if (rate) {
        trainer->is_peak = builder->own && rate == &builder->own->peak_16bit;
        trainer->source = source_of(builder, rate, owner);
        trainer->rate = rate->value;
        low = rate->low;
        high = rate->high;
    } else if (builder->kind) {
        trainer->is_peak = true;
        trainer->source = PN_RATE_PEAK;
        trainer->rate = low = high = builder->kind->peak;
    } else {
        return false;
    }
    trainer->rates =
        (pn_range){low * count_at(builder, PN_END_LOW), high * count_at(builder, PN_END_HIGH)};
    return true;
}

static pn_status tell_rate(trainer_builder *builder)
{
    const pn_figure *rate = stated_rate(builder);
    const char *owner = builder->own ? builder->own->source : builder->partition->source;
    if (rate)
        return tell(builder, builder->trainer.is_peak ? "16-bit peak" : "16-bit rate", rate,
                    PN_FLOPS, owner);
    return pn_note_from(&builder->trainers->notes, builder->partition->name,
                        "the maker's data sheet", "16-bit peak of one %.4g TFLOP/s",
                        builder->trainer.rate / 1e12);
}

static void set_memory(trainer_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    double nodes = partition->nodes.value, one = 0;
    if (!partition->device) {
        builder->trainer.memory =
            nodes * (partition->memory_available.set ? partition->memory_available.value
                                                     : partition->memory.value);
        return;
    }
    if (partition->device_memory.set)
        one = partition->device_memory.value;
    else if (builder->own)
        one = builder->own->memory.value;
    else if (builder->fitted >= 0)
        one = builder->constants->device[builder->fitted].memory;
    builder->trainer.memory = builder->trainer.count * one;
}

static pn_status fitted_watts(trainer_builder *builder)
{
    const pn_device_kind *kind = &builder->constants->device[builder->fitted];
    pn_trainer *trainer = &builder->trainer;
    trainer->watts = trainer->count * kind->watts;
    trainer->watts_range = (pn_range){trainer->watts, trainer->watts};
    trainer->is_watts_assumed = true;
    return pn_note_assumed(&builder->trainers->notes, trainer->name,
                           "power of a device with its part of the node %.0f W, what published "
                           "systems of %s draw in a Linpack",
                           kind->watts, kind->name);
}

// Nodes at either end of their range draw what they draw.
static pn_status set_watts(trainer_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    pn_trainer *trainer = &builder->trainer;
    const pn_figure *power = &partition->power;
    if (partition->listed_power.set) {
        power = &partition->listed_power;
        trainer->watts = power->value;
        trainer->watts_range = (pn_range){power->low, power->high};
    } else if (power->set) {
        trainer->watts = power->value * partition->nodes.value;
        trainer->watts_range =
            (pn_range){power->low * partition->nodes.low, power->high * partition->nodes.high};
    } else {
        return builder->fitted >= 0 ? fitted_watts(builder) : PN_OK;
    }
    trainer->is_watts_assumed = power->assumed;
    return tell(builder,
                partition->listed_power.set ? "power in the listed run" : "power of a node", power,
                PN_WATTS, partition->source);
}

static pn_status add_partition(trainer_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    pn_trainer *trainer = &builder->trainer;
    const char *kind = partition->device      ? partition->device
                       : partition->processor ? partition->processor
                                              : "processors";
    pn_status status;
    snprintf(trainer->name, sizeof trainer->name, "%s", partition->name);
    snprintf(trainer->kind, sizeof trainer->kind, "%s", kind);
    trainer->count = count_at(builder, PN_END_MIDDLE);
    if (!set_rate(builder))
        return pn_note_assumed(&builder->trainers->notes, trainer->name,
                               "left out, for nothing says what \"%s\" does in 16 bits (\"%s\" in "
                               "the machine file does)",
                               kind, partition->device ? "peak_16bit, rate_16bit" : "rate_16bit");
    pn_trainer_set_share(trainer, builder->shares,
                         builder->kind ? builder->kind->generation : NULL);
    PN_TRY(tell(builder, "nodes", &partition->nodes, PN_COUNT, partition->source));
    if (partition->device)
        PN_TRY(tell(builder, "devices a node", &partition->devices, PN_COUNT, partition->source));
    PN_TRY(tell_rate(builder));
    set_memory(builder);
    PN_TRY(set_watts(builder));
    status = pn_trainers_add(builder->trainers, trainer);
fail:
    return status;
}

static pn_status add_all(pn_trainers *trainers, const pn_machine *machine,
                         const pn_constants *constants)
{
    pn_training_shares shares;
    pn_training_shares_load(&shares);
    for (int i = 0; i < machine->partitions_count; i++) {
        const pn_machine_partition *partition = &machine->partitions[i];
        const char *device = partition->device;
        trainer_builder builder = {
            .trainers = trainers,
            .constants = constants,
            .shares = &shares,
            .machine = machine,
            .partition = partition,
            .own = pn_machine_device_of(machine, partition),
            .kind = device ? pn_half_kind_of(device) : NULL,
            .fitted = device
                          ? pn_device_find_like(constants, device, partition->device_memory.value)
                          : -1};
        pn_status status = add_partition(&builder);
        if (status != PN_OK)
            return status;
    }
    if (trainers->count > 0)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "no partition has a rate in 16 bits: \"rate_16bit\" of processors, or "
                   "\"peak_16bit\" or \"rate_16bit\" of a device that is not known by name, is "
                   "needed.");
}

pn_status pn_trainers_of_machine(pn_trainers *trainers, const pn_machine *machine)
{
    pn_constants *constants = malloc(sizeof *constants);
    *trainers = (pn_trainers){0};
    if (!constants)
        return pn_fail_memory("for the constants");
    pn_constants_load(constants);
    pn_status status = add_all(trainers, machine, constants);
    free(constants);
    if (status != PN_OK)
        pn_trainers_release(trainers);
    return status;
}
