// SPDX-License-Identifier: BSD-3-Clause
// Partitions become parts. A rate comes from the machine file where it has one (measured, or
// written there), else from the fitted constants of the kind; never from a peak.
#include "machines/partition_class.h"

#include "machines/partition_class_private.h"
#include "model/cost_fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Memory of processors is sold in decimal units and installed in binary ones; nearly all of it can
// be had.
static const double processor_fill = 1.02;

pn_status pn_partition_tell(const pn_class_builder *builder, const pn_told *told)
{
    if (!pn_partition_is_told(builder) || !told->figure->set)
        return PN_OK;
    return pn_note_told(&builder->prediction->notes, builder->partition->name, told,
                        builder->machine);
}

// Of a figure of the partition itself.
static pn_status tell(const pn_class_builder *builder, const char *key, const pn_figure *figure,
                      pn_dimension dimension)
{
    return pn_partition_tell(builder,
                             &(pn_told){key, figure, dimension, builder->partition->source});
}

pn_status pn_partition_missing(const pn_class_builder *builder, const char *key, const char *why)
{
    return pn_fail(PN_ERROR_USAGE, "partition \"%s\", line %d: \"%s\" is missing; %s",
                   builder->partition->name, builder->partition->line, key, why);
}

// Power of a node by that of its devices alone; 0: not known.
static double device_watts(const pn_class_builder *builder)
{
    const pn_machine_device *device = pn_partition_own_device(builder);
    return device ? pn_partition_figure(builder, &builder->partition->devices) *
                        pn_partition_figure(builder, &device->power)
                  : 0;
}

// Watts that the partition draws in a run: as published for one, else of its nodes, else of their
// devices.
static pn_status set_power(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    pn_predicted_partition *told = builder->told;
    double devices = device_watts(builder);
    if (partition->listed_power.set) {
        told->watts = pn_partition_figure(builder, &partition->listed_power);
        told->watts_assumed = partition->listed_power.assumed;
    } else if (partition->power.set) {
        told->watts = pn_partition_figure(builder, &partition->power) * pn_partition_nodes(builder);
        told->watts_assumed = partition->power.assumed;
    } else if (devices > 0) {
        told->watts = devices * pn_partition_nodes(builder);
        told->watts_assumed = true;
        if (pn_partition_is_told(builder))
            return pn_note_assumed(&builder->prediction->notes, partition->name,
                                   "power of a node %.0f W, that of its devices alone", devices);
    }
    return PN_OK;
}

static pn_status tell_power(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_machine_device *device = pn_partition_own_device(builder);
    pn_status status;
    PN_TRY(tell(builder, "power of a node", &partition->power, PN_WATTS));
    PN_TRY(tell(builder, "power in the listed run", &partition->listed_power, PN_WATTS));
    if (device && !partition->power.set && !partition->listed_power.set)
        status = pn_partition_tell(
            builder, &(pn_told){"device power", &device->power, PN_WATTS, device->source});
fail:
    return status;
}

static const pn_machine_measurement *fastest_multiply(const pn_machine_partition *partition)
{
    const pn_machine_measurement *best = NULL;
    for (int i = 0; i < partition->measured_count; i++) {
        const pn_machine_measurement *m = &partition->measured[i];
        if (m->operation && strcmp(m->operation, "multiply") == 0 && m->rate.set &&
            (!best || m->rate.value > best->rate.value))
            best = m;
    }
    return best;
}

static double ranks_of(const pn_class_builder *builder)
{
    return builder->partition->ranks.set ? builder->partition->ranks.value : 1;
}

// The rate of a node's processors as probed or written; 0 if it has to come from the kind.
static double stated_rate(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_machine_measurement *best = fastest_multiply(partition);
    return partition->rate.set ? pn_partition_figure(builder, &partition->rate)
           : best              ? best->rate.value * ranks_of(builder)
                               : 0;
}

static bool is_any_other(const pn_class_builder *builder, int kind)
{
    return kind == builder->constants->processors - 1;
}

// Whoever is not known by name does between these; who is, but was in no published run, gets
// between these shares of what is taken.
static const double least_flops = 2, most_flops = 32, least_share = 0.6, most_share = 1.25;

// The rate at an end of what is not known, over the one in the middle.
static double doubt_of(const pn_class_builder *builder, int kind)
{
    const pn_processor_kind *known = &builder->constants->processor[kind];
    bool is_low = builder->end == PN_END_LOW;
    if (builder->end == PN_END_MIDDLE || known->systems > 0)
        return 1;
    if (is_any_other(builder, kind))
        return (is_low ? least_flops : most_flops) / known->flops_per_cycle;
    return is_low ? least_share : most_share;
}

static pn_basis basis_of(const pn_class_builder *builder, double stated, int kind)
{
    const pn_machine_partition *partition = builder->partition;
    const char *source = pn_figure_source(&partition->rate, partition->source, builder->machine);
    bool is_probed = source && strncmp(source, PN_MACHINE_PROBED, strlen(PN_MACHINE_PROBED)) == 0;
    if (stated == 0)
        return builder->constants->processor[kind].systems == 0 ? PN_BASIS_ASSUMED
                                                                : PN_BASIS_FITTED;
    if (partition->rate.assumed)
        return PN_BASIS_ASSUMED;
    return is_probed || fastest_multiply(partition) ? PN_BASIS_MEASURED : PN_BASIS_GIVEN;
}

// Of a node; what may be used of it where that is given. 0: not known.
static double memory_of(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    return partition->memory_available.set
               ? pn_partition_figure(builder, &partition->memory_available)
               : pn_partition_figure(builder, &partition->memory) * processor_fill;
}

static pn_status tell_disagreement(const pn_class_builder *builder)
{
    double spread = builder->told->disagreement;
    if (!pn_partition_is_told(builder) || spread <= PN_MACHINE_USUAL_SPREAD)
        return PN_OK;
    return pn_note_assumed(&builder->prediction->notes, builder->partition->name,
                           "the measurements disagree by %.0f %%, as on a busy machine, and the "
                           "interval is as wide; probe it again when it is quiet",
                           100 * spread);
}

// Whether the run is one of as many nodes, on the links, as were probed.
static bool is_as_probed(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    bool has_links = partition->link_bandwidth.set && partition->latency.set;
    return builder->class->is_measured && partition->nodes.line > 0 &&
           (pn_partition_is_one_host(builder) || has_links);
}

// What was measured of each rank, in place of what is known of the kind.
static pn_status take_measured(pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    pn_rank_class *class = builder->class;
    pn_link between = class->cost.row;
    class->is_measured = pn_process_cost_fit(&class->cost, partition, &between);
    builder->told->is_as_probed = is_as_probed(builder);
    if (!class->is_measured)
        return pn_partition_is_told(builder)
                   ? pn_note_assumed(&builder->prediction->notes, partition->name,
                                     "too few measurements for panels, strips "
                                     "and links; they are as usual for its kind")
                   : PN_OK;
    if (!pn_partition_is_one_host(builder)) {
        class->cost.column = class->cost.row = between;
        class->cost.process.link = 0; // adapters carry messages between nodes
    }
    return PN_OK;
}

static pn_status tell_processors(const pn_class_builder *builder, int kind)
{
    const pn_machine_partition *partition = builder->partition;
    const pn_processor_kind *known = &builder->constants->processor[kind];
    pn_status status;
    PN_TRY(tell(builder, "processors a node", &partition->processors, PN_COUNT));
    PN_TRY(tell(builder, "cores a node", &partition->cores, PN_COUNT));
    PN_TRY(tell(builder, "clock", &partition->clock, PN_HERTZ));
    PN_TRY(tell(builder, "rate of a node", &partition->rate, PN_FLOPS));
    if (!pn_partition_is_told(builder))
        return PN_OK;
    if (!partition->ranks.set && !partition->processors.set)
        PN_TRY(
            pn_note_assumed(&builder->prediction->notes, partition->name, "processors a node 1"));
    if (stated_rate(builder) > 0)
        return PN_OK;
    if (is_any_other(builder, kind))
        return pn_note_assumed(
            &builder->prediction->notes, partition->name,
            "\"%s\" is no processor that is known by name; it may do %.0f to %.0f "
            "flops a cycle, and %.0f are taken (\"rate\" says what it does)",
            partition->processor, least_flops, most_flops, known->flops_per_cycle);
    if (known->systems == 0)
        return pn_note_assumed(&builder->prediction->notes, partition->name,
                               "%s cores do %.0f flops a cycle; no published run of them is known, "
                               "and %.0f %% (%.0f to %.0f) are taken",
                               known->name, known->flops_per_cycle, 100 * known->efficiency,
                               100 * known->efficiency * least_share,
                               fmin(100 * known->efficiency * most_share, 100));
    status =
        pn_note_from(&builder->prediction->notes, partition->name, "fitted to published systems",
                     "%s cores reach %.0f %% of %.0f flops a cycle at the nominal clock",
                     known->name, 100 * known->efficiency, known->flops_per_cycle);
fail:
    return status;
}

static pn_status check_processors(const pn_class_builder *builder, double stated)
{
    const pn_machine_partition *partition = builder->partition;
    if (stated == 0 && !partition->processor)
        return pn_partition_missing(builder, "processor",
                                    "a device, a processor or a rate is needed.");
    if (stated == 0 && (!partition->cores.set || !partition->clock.set))
        return pn_partition_missing(builder, partition->cores.set ? "clock" : "cores",
                                    "without a rate, cores and clock are needed.");
    if (!partition->memory.set && !partition->memory_available.set)
        return pn_partition_missing(builder, "memory",
                                    "it says how much of the matrix a node holds.");
    return PN_OK;
}

static pn_status part_of_processors(pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    double sockets =
        partition->processors.set ? pn_partition_figure(builder, &partition->processors) : 1;
    double stated = stated_rate(builder);
    pn_status status;
    if (partition->ranks.set)
        sockets = partition->ranks.value;
    PN_TRY(check_processors(builder, stated));
    int kind = partition->processor ? pn_processor_find(builder->constants, partition->processor)
                                    : builder->constants->processors - 1;
    pn_processor_use use = {.processor = kind,
                            .network = builder->network,
                            .sockets = pn_partition_nodes(builder) * sockets,
                            .core_hertz = pn_partition_figure(builder, &partition->cores) /
                                          sockets * pn_partition_figure(builder, &partition->clock),
                            .rate = stated / sockets,
                            .doubt = doubt_of(builder, kind),
                            .bandwidth = pn_partition_bandwidth(builder) / sockets};
    *builder->class = pn_processor_class(builder->constants, &use);
    builder->class->memory = memory_of(builder) / sockets;
    builder->told->basis = basis_of(builder, stated, kind);
    snprintf(builder->told->kind, sizeof builder->told->kind, "%s",
             partition->processor ? partition->processor : "processors");
    PN_TRY(tell_processors(builder, kind));
    builder->told->disagreement = pn_machine_disagreement(partition);
    PN_TRY(tell_disagreement(builder));
    if (partition->ranks.set && partition->measured_count > 0)
        PN_TRY(take_measured(builder));
fail:
    return status;
}

static pn_status tell_rest(const pn_class_builder *builder)
{
    const pn_machine_partition *partition = builder->partition;
    pn_status status;
    PN_TRY(tell(builder, "memory of a device", &partition->device_memory, PN_BYTES));
    PN_TRY(tell(builder, "memory of a node", &partition->memory, PN_BYTES));
    PN_TRY(tell(builder, "memory to be used of a node", &partition->memory_available, PN_BYTES));
    PN_TRY(pn_partition_tell_network(builder));
    PN_TRY(tell(builder, "links a node", &partition->links, PN_COUNT));
    PN_TRY(tell(builder, "link bandwidth", &partition->link_bandwidth, PN_BANDWIDTH));
    PN_TRY(tell(builder, "latency", &partition->latency, PN_SECONDS));
    PN_TRY(tell_power(builder));
fail:
    return status;
}

pn_status pn_partition_class(pn_prediction *prediction, const pn_constants *constants,
                             const pn_machine *machine, const pn_machine_partition *partition,
                             pn_end end, pn_rank_class *class, pn_predicted_partition *told)
{
    pn_class_builder builder = {.prediction = prediction,
                                .constants = constants,
                                .machine = machine,
                                .partition = partition,
                                .end = end,
                                .class = class,
                                .told = told,
                                .device = -1};
    pn_status status;
    if (!partition->nodes.set)
        return pn_partition_missing(&builder, "nodes", "it says how many there are.");
    *told = (pn_predicted_partition){.partition = partition, .nodes = pn_partition_nodes(&builder)};
    PN_TRY(set_power(&builder));
    PN_TRY(tell(&builder, "nodes", &partition->nodes, PN_COUNT));
    PN_TRY(pn_partition_find_network(&builder));
    PN_TRY(partition->device ? pn_partition_of_devices(&builder) : part_of_processors(&builder));
    if (partition->latency.set)
        class->cost.column.latency = class->cost.row.latency =
            pn_latency_at(&partition->latency, end);
    PN_TRY(tell_rest(&builder));
    told->processes = class->ranks;
    told->rate = class->rate;
    told->memory = class->memory;
fail:
    return status;
}
