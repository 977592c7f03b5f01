// SPDX-License-Identifier: BSD-3-Clause
// Partitions of devices: of a kind that is known by name, or by the figures of the machine file.
#include "machines/partition_class_private.h"

#include "config/nearest.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Of what is sold as its memory, the matrix can get this much at most; of the host's where it lies
// there too, the system leaves this much.
static const double device_fill = 0.985, host_fill = 0.85;

// "80GB" is sold, 80 GiB are there. Where the name of a kind says its memory, another is as far off
// at most; else a kind is sold with less or more.
static const double gibi = 1.073741824, same_memory = 0.1, least_memory = 0.4, most_memory = 1.6;

const pn_machine_device *pn_partition_own_device(const pn_class_builder *builder)
{
    return pn_machine_device_of(builder->machine, builder->partition);
}

static pn_status unknown_device(const pn_class_builder *builder)
{
    const char *names[PN_DEVICE_KINDS];
    char all[512];
    for (int i = 0; i < builder->constants->devices; i++)
        names[i] = builder->constants->device[i].name;
    pn_names_text(names, builder->constants->devices, all, sizeof all);
    const char *nearest =
        pn_nearest(builder->partition->device, names, builder->constants->devices);
    return pn_fail(
        PN_ERROR_USAGE,
        "partition \"%s\", line %d: the device \"%s\" is not known%s%s. Known: %s; any other "
        "needs an entry under \"devices\" with its rate and memory.",
        builder->partition->name, builder->partition->line, builder->partition->device,
        nearest ? "; the nearest known name is " : "", nearest ? nearest : "", all);
}

static pn_basis own_basis(const pn_class_builder *builder, const pn_machine_device *device)
{
    const char *source = pn_figure_source(&device->rate, device->source, builder->machine);
    bool is_probed = source && strncmp(source, PN_MACHINE_PROBED, strlen(PN_MACHINE_PROBED)) == 0;
    return device->rate.assumed ? PN_BASIS_ASSUMED : is_probed ? PN_BASIS_MEASURED : PN_BASIS_GIVEN;
}

static pn_status own_device(pn_class_builder *builder, const pn_machine_device *device,
                            double count)
{
    const pn_constants *constants = builder->constants;
    const pn_network_kind *net = &constants->network[builder->network];
    double rate = pn_partition_figure(builder, &device->rate),
           links = pn_partition_bandwidth(builder);
    double in_node = pn_partition_figure(builder, &builder->partition->devices);
    double panel = pn_partition_figure(builder, &device->panel_rate);
    *builder->class = (pn_rank_class){
        .ranks = count,
        .rate = rate,
        .memory = pn_partition_figure(builder, &device->memory) * device_fill,
        .is_device = true,
        .cost = pn_kind_cost(
            &(pn_usual_cost){.rate = rate,
                             .half_depth = PN_DEVICE_HALF_DEPTH,
                             .half_width = constants->device_narrow,
                             .panel_rate = panel > 0 ? panel : rate * constants->device_panel,
                             .panel_column = constants->device_column,
                             .variation = constants->device_variation},
            pn_device_bandwidth(constants, links > 0 ? links : in_node * net->bandwidth, in_node),
            net->latency)};
    builder->told->basis = own_basis(builder, device);
    const pn_told told[] = {
        {"device rate", &device->rate, PN_FLOPS, device->source},
        {"device panel rate", &device->panel_rate, PN_FLOPS, device->source},
        {"device memory", &device->memory, PN_BYTES, device->source},
    };
    pn_status status = PN_OK;
    for (size_t i = 0; i < sizeof told / sizeof *told && status == PN_OK; i++)
        status = pn_partition_tell(builder, &told[i]);
    return status;
}

// What a fitted kind would say, it says itself: its rate and memory.
static pn_status check_own_device(const pn_machine_device *device)
{
    if (!device->rate.set)
        return pn_fail(
            PN_ERROR_USAGE,
            "device \"%s\", line %d: \"rate\" (its sustained DGEMM) is missing; a peak is no "
            "basis for a prediction.",
            device->name, device->line);
    if (!device->memory.set)
        return pn_fail(PN_ERROR_USAGE, "device \"%s\", line %d: \"memory\" is missing.",
                       device->name, device->line);
    return PN_OK;
}

// Such as "A100 40GB".
static bool has_memory_in_name(const pn_device_kind *kind)
{
    size_t length = strlen(kind->name);
    return length > 3 && isdigit((unsigned char)kind->name[length - 3]) &&
           strcmp(kind->name + length - 2, "GB") == 0;
}

// Where it is given: whether a kind is sold with it.
static pn_status check_device_memory(const pn_class_builder *builder, const pn_device_kind *kind)
{
    const pn_machine_partition *partition = builder->partition;
    char read[64], least[64], most[64];
    bool is_named = has_memory_in_name(kind);
    double low = kind->memory * (is_named ? 1 - same_memory : least_memory);
    double high = kind->memory * (is_named ? 1 + same_memory : most_memory);
    double memory = partition->device_memory.value;
    if (!partition->device_memory.set || (memory >= low && memory <= high))
        return PN_OK;
    pn_quantity_format(memory, PN_BYTES, read, sizeof read);
    pn_quantity_format(round(low / 1e9) * 1e9, PN_BYTES, least, sizeof least);
    pn_quantity_format(round(high / 1e9) * 1e9, PN_BYTES, most, sizeof most);
    return pn_fail(PN_ERROR_USAGE,
                   "partition \"%s\", line %d, key \"device_memory\": \"%s\" is not sold with %s; "
                   "from %s to %s is allowed for \"%s\", and any other device needs an entry under "
                   "\"devices\" with its rate and memory.",
                   partition->name, partition->device_memory.line, partition->device, read, least,
                   most, kind->name);
}

// Codes get faster in the first years of a kind. A machine of no list is taken to be late.
static double age_of(const pn_machine_partition *partition, const pn_device_kind *kind)
{
    return partition->listed ? pn_device_age(kind, atoi(partition->listed)) : INFINITY;
}

static double known_memory(const pn_class_builder *builder, const pn_device_kind *kind)
{
    const pn_machine_partition *partition = builder->partition;
    double memory = partition->device_memory.set
                        ? pn_partition_figure(builder, &partition->device_memory)
                        : kind->memory;
    if (fabs(memory * gibi / kind->memory - 1) < 0.02)
        memory = kind->memory;
    memory *= device_fill;
    if (!kind->holds_matrix) // its published runs use the host's memory too
        memory += host_fill * pn_partition_figure(builder, &partition->memory) /
                  pn_partition_figure(builder, &partition->devices);
    return memory;
}

static const char *source_of_rate(const pn_device_use *use)
{
    static const char *const sources[2][2] = {
        {"fitted to published systems", "fitted to published systems, first years of its kind"},
        {"fitted to published systems, at the power drawn",
         "fitted to published systems, at the power drawn, first years of its kind"}};
    return sources[use->watts > 0][use->age < 2];
}

static pn_status tell_known(const pn_class_builder *builder, const pn_device_use *use)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_device_kind *kind = &builder->constants->device[use->device];
    pn_status status = PN_OK;
    if (!pn_partition_is_told(builder))
        return PN_OK;
    if (!partition->device_memory.set && strcasecmp(kind->name, partition->device) != 0)
        PN_TRY(pn_note_assumed(&builder->prediction->notes, partition->name,
                               "\"%s\" is taken to be \"%s\", for device_memory is not given",
                               partition->device, kind->name));
    if (!kind->holds_matrix && !partition->memory.set)
        PN_TRY(pn_note_assumed(
            &builder->prediction->notes, partition->name,
            "memory of a node is not given; the matrix has that of the devices alone"));
    status = pn_note_from(&builder->prediction->notes, partition->name, source_of_rate(use),
                          "%s multiplies at %.3g TFLOP/s inside a run", kind->name,
                          builder->class->rate / 1e12);
fail:
    return status;
}

static pn_status known_device(pn_class_builder *builder, double count)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_device_kind *kind = &builder->constants->device[builder->device];
    pn_device_use use = {.device = builder->device,
                         .network = builder->network,
                         .count = count,
                         .bandwidth = pn_partition_bandwidth(builder),
                         .in_node = pn_partition_figure(builder, &partition->devices),
                         .age = age_of(partition, kind),
                         .is_by_xeon =
                             partition->processor && pn_words_match("xeon", partition->processor)};
    pn_status status = check_device_memory(builder, kind);
    if (status != PN_OK)
        return status;
    if (partition->cores.set && partition->devices.set)
        use.host_cores = pn_partition_figure(builder, &partition->cores) / use.in_node;
    if (builder->told->watts > 0 && !builder->told->watts_assumed)
        use.watts = builder->told->watts / count;
    *builder->class = pn_device_class(builder->constants, &use);
    builder->class->memory = known_memory(builder, kind);
    builder->told->basis = PN_BASIS_FITTED;
    return tell_known(builder, &use);
}

pn_status pn_partition_of_devices(pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_machine_device *own = pn_partition_own_device(builder);
    pn_status status;
    if (!partition->devices.set)
        return pn_partition_missing(builder, "devices", "it says how many a node has.");
    double count = pn_partition_nodes(builder) * pn_partition_figure(builder, &partition->devices);
    builder->device = own ? -1
                          : pn_device_find_like(builder->constants, partition->device,
                                                partition->device_memory.value);
    if (!own && builder->device < 0)
        return unknown_device(builder);
    snprintf(builder->told->kind, sizeof builder->told->kind, "%s",
             own ? partition->device : builder->constants->device[builder->device].name);
    PN_TRY(own ? check_own_device(own) : PN_OK);
    PN_TRY(pn_partition_tell(
        builder, &(pn_told){"devices a node", &partition->devices, PN_COUNT, partition->source}));
    PN_TRY(own ? own_device(builder, own, count) : known_device(builder, count));
fail:
    return status;
}
