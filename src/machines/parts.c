// SPDX-License-Identifier: BSD-3-Clause
// Partitions become parts. A rate comes from the machine file where it has one (measured, or
// written there), else from the fitted constants of the kind; never from a peak.
#include "machines/parts.h"

#include "machines/parts_private.h"
#include "model/engine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Memory of processors is sold in decimal units and installed in binary ones; nearly all of it can
// be had.
static const double processor_fill = 1.02;

pn_status pn_part_tell(const pn_part_maker *maker, const pn_told *told)
{
    if (!pn_part_is_told(maker) || !told->figure->set)
        return PN_OK;
    return pn_note_told(&maker->prediction->notes, maker->partition->name, told, maker->machine);
}

// Of a figure of the partition itself.
static pn_status tell(const pn_part_maker *maker, const char *key, const pn_figure *figure,
                      pn_dimension dimension)
{
    return pn_part_tell(maker, &(pn_told){key, figure, dimension, maker->partition->source});
}

pn_status pn_part_missing(const pn_part_maker *maker, const char *key, const char *why)
{
    return pn_fail(PN_ERROR_USAGE, "partition \"%s\", line %d: \"%s\" is missing; %s",
                   maker->partition->name, maker->partition->line, key, why);
}

// Power of a node by that of its devices alone; 0: not known.
static double device_watts(const pn_part_maker *maker)
{
    const pn_machine_device *device = pn_part_own_device(maker);
    return device ? pn_part_figure(maker, &maker->partition->devices) *
                        pn_part_figure(maker, &device->power)
                  : 0;
}

// Watts that the partition draws in a run: as published for one, else of its nodes, else of their
// devices.
static pn_status set_power(const pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    pn_predicted_part *told = maker->told;
    double devices = device_watts(maker);
    if (partition->listed_power.set) {
        told->watts = pn_part_figure(maker, &partition->listed_power);
        told->watts_assumed = partition->listed_power.assumed;
    } else if (partition->power.set) {
        told->watts = pn_part_figure(maker, &partition->power) * pn_part_nodes(maker);
        told->watts_assumed = partition->power.assumed;
    } else if (devices > 0) {
        told->watts = devices * pn_part_nodes(maker);
        told->watts_assumed = true;
        if (pn_part_is_told(maker))
            return pn_note_assumed(&maker->prediction->notes, partition->name,
                                   "power of a node %.0f W, that of its devices alone", devices);
    }
    return PN_OK;
}

static pn_status tell_power(const pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    const pn_machine_device *device = pn_part_own_device(maker);
    pn_status status;
    PN_TRY(tell(maker, "power of a node", &partition->power, PN_WATTS));
    PN_TRY(tell(maker, "power in the listed run", &partition->listed_power, PN_WATTS));
    if (device && !partition->power.set && !partition->listed_power.set)
        status = pn_part_tell(maker,
                              &(pn_told){"device power", &device->power, PN_WATTS, device->source});
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

static double ranks_of(const pn_part_maker *maker)
{
    return maker->partition->ranks.set ? maker->partition->ranks.value : 1;
}

// The rate of a node's processors as probed or written; 0 if it has to come from the kind.
static double stated_rate(const pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    const pn_machine_measurement *best = fastest_multiply(partition);
    return partition->rate.set ? pn_part_figure(maker, &partition->rate)
           : best              ? best->rate.value * ranks_of(maker)
                               : 0;
}

static bool is_any_other(const pn_part_maker *maker, int kind)
{
    return kind == maker->constants->processors - 1;
}

// Whoever is not known by name does between these; who is, but was in no published run, gets
// between these shares of what is taken.
static const double least_flops = 2, most_flops = 32, least_share = 0.6, most_share = 1.25;

// The rate at an end of what is not known, over the one in the middle.
static double doubt_of(const pn_part_maker *maker, int kind)
{
    const pn_processor_kind *known = &maker->constants->processor[kind];
    bool is_low = maker->end == PN_END_LOW;
    if (maker->end == PN_END_MIDDLE || known->systems > 0)
        return 1;
    if (is_any_other(maker, kind))
        return (is_low ? least_flops : most_flops) / known->flops_per_cycle;
    return is_low ? least_share : most_share;
}

static pn_basis basis_of(const pn_part_maker *maker, double stated, int kind)
{
    const pn_machine_partition *partition = maker->partition;
    const char *source = pn_figure_source(&partition->rate, partition->source, maker->machine);
    bool is_probed = source && strncmp(source, PN_MACHINE_PROBED, strlen(PN_MACHINE_PROBED)) == 0;
    if (stated == 0)
        return maker->constants->processor[kind].systems == 0 ? PN_BASIS_ASSUMED : PN_BASIS_FITTED;
    if (partition->rate.assumed)
        return PN_BASIS_ASSUMED;
    return is_probed || fastest_multiply(partition) ? PN_BASIS_MEASURED : PN_BASIS_GIVEN;
}

// Of a node; what may be used of it where that is given. 0: not known.
static double memory_of(const pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    return partition->memory_available.set
               ? pn_part_figure(maker, &partition->memory_available)
               : pn_part_figure(maker, &partition->memory) * processor_fill;
}

static pn_status tell_disagreement(const pn_part_maker *maker)
{
    double spread = maker->told->disagreement;
    if (!pn_part_is_told(maker) || spread <= PN_MACHINE_USUAL_SPREAD)
        return PN_OK;
    return pn_note_assumed(&maker->prediction->notes, maker->partition->name,
                           "the measurements disagree by %.0f %%, as on a busy machine, and the "
                           "interval is as wide; probe it again when it is quiet",
                           100 * spread);
}

// Whether the run is one of as many nodes, on the links, as were probed.
static bool is_as_probed(const pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    bool has_links = partition->link_bandwidth.set && partition->latency.set;
    return maker->class->is_measured && partition->nodes.line > 0 &&
           (pn_part_is_one_host(maker) || has_links);
}

// What was measured of each rank, in place of what is known of the kind.
static pn_status take_measured(pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    pn_rank_class *class = maker->class;
    pn_link between = class->cost.row;
    class->is_measured = pn_engine_fit(&class->cost, partition, &between);
    maker->told->is_as_probed = is_as_probed(maker);
    if (!class->is_measured)
        return pn_part_is_told(maker) ? pn_note_assumed(&maker->prediction->notes, partition->name,
                                                        "too few measurements for panels, strips "
                                                        "and links; they are as usual for its kind")
                                      : PN_OK;
    if (!pn_part_is_one_host(maker)) {
        class->cost.column = class->cost.row = between;
        class->cost.engine.link = 0; // adapters carry messages between nodes
    }
    return PN_OK;
}

static pn_status tell_processors(const pn_part_maker *maker, int kind)
{
    const pn_machine_partition *partition = maker->partition;
    const pn_processor_kind *known = &maker->constants->processor[kind];
    pn_status status;
    PN_TRY(tell(maker, "processors a node", &partition->processors, PN_COUNT));
    PN_TRY(tell(maker, "cores a node", &partition->cores, PN_COUNT));
    PN_TRY(tell(maker, "clock", &partition->clock, PN_HERTZ));
    PN_TRY(tell(maker, "rate of a node", &partition->rate, PN_FLOPS));
    if (!pn_part_is_told(maker))
        return PN_OK;
    if (!partition->ranks.set && !partition->processors.set)
        PN_TRY(pn_note_assumed(&maker->prediction->notes, partition->name, "processors a node 1"));
    if (stated_rate(maker) > 0)
        return PN_OK;
    if (is_any_other(maker, kind))
        return pn_note_assumed(
            &maker->prediction->notes, partition->name,
            "\"%s\" is no processor that is known by name; it may do %.0f to %.0f "
            "flops a cycle, and %.0f are taken (\"rate\" says what it does)",
            partition->processor, least_flops, most_flops, known->flops_per_cycle);
    if (known->systems == 0)
        return pn_note_assumed(&maker->prediction->notes, partition->name,
                               "%s cores do %.0f flops a cycle; no published run of them is known, "
                               "and %.0f %% (%.0f to %.0f) are taken",
                               known->name, known->flops_per_cycle, 100 * known->efficiency,
                               100 * known->efficiency * least_share,
                               fmin(100 * known->efficiency * most_share, 100));
    status = pn_note_from(&maker->prediction->notes, partition->name, "fitted to published systems",
                          "%s cores reach %.0f %% of %.0f flops a cycle at the nominal clock",
                          known->name, 100 * known->efficiency, known->flops_per_cycle);
fail:
    return status;
}

static pn_status check_processors(const pn_part_maker *maker, double stated)
{
    const pn_machine_partition *partition = maker->partition;
    if (stated == 0 && !partition->processor)
        return pn_part_missing(maker, "processor", "a device, a processor or a rate is needed.");
    if (stated == 0 && (!partition->cores.set || !partition->clock.set))
        return pn_part_missing(maker, partition->cores.set ? "clock" : "cores",
                               "without a rate, cores and clock are needed.");
    if (!partition->memory.set && !partition->memory_available.set)
        return pn_part_missing(maker, "memory", "it says how much of the matrix a node holds.");
    return PN_OK;
}

static pn_status part_of_processors(pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    double sockets = partition->processors.set ? pn_part_figure(maker, &partition->processors) : 1;
    double stated = stated_rate(maker);
    pn_status status;
    if (partition->ranks.set)
        sockets = partition->ranks.value;
    PN_TRY(check_processors(maker, stated));
    int kind = partition->processor ? pn_processor_find(maker->constants, partition->processor)
                                    : maker->constants->processors - 1;
    pn_processor_use use = {.processor = kind,
                            .network = maker->network,
                            .sockets = pn_part_nodes(maker) * sockets,
                            .core_hertz = pn_part_figure(maker, &partition->cores) / sockets *
                                          pn_part_figure(maker, &partition->clock),
                            .rate = stated / sockets,
                            .doubt = doubt_of(maker, kind),
                            .bandwidth = pn_part_bandwidth(maker) / sockets};
    *maker->class = pn_processor_class(maker->constants, &use);
    maker->class->memory = memory_of(maker) / sockets;
    maker->told->basis = basis_of(maker, stated, kind);
    snprintf(maker->told->kind, sizeof maker->told->kind, "%s",
             partition->processor ? partition->processor : "processors");
    PN_TRY(tell_processors(maker, kind));
    maker->told->disagreement = pn_machine_disagreement(partition);
    PN_TRY(tell_disagreement(maker));
    if (partition->ranks.set && partition->measured_count > 0)
        PN_TRY(take_measured(maker));
fail:
    return status;
}

static pn_status tell_rest(const pn_part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    pn_status status;
    PN_TRY(tell(maker, "memory of a device", &partition->device_memory, PN_BYTES));
    PN_TRY(tell(maker, "memory of a node", &partition->memory, PN_BYTES));
    PN_TRY(tell(maker, "memory to be used of a node", &partition->memory_available, PN_BYTES));
    PN_TRY(pn_part_tell_network(maker));
    PN_TRY(tell(maker, "links a node", &partition->links, PN_COUNT));
    PN_TRY(tell(maker, "link bandwidth", &partition->link_bandwidth, PN_BANDWIDTH));
    PN_TRY(tell(maker, "latency", &partition->latency, PN_SECONDS));
    PN_TRY(tell_power(maker));
fail:
    return status;
}

pn_status pn_partition_part(pn_prediction *prediction, const pn_constants *constants,
                            const pn_machine *machine, const pn_machine_partition *partition,
                            pn_end end, pn_rank_class *class, pn_predicted_part *told)
{
    pn_part_maker maker = {.prediction = prediction,
                           .constants = constants,
                           .machine = machine,
                           .partition = partition,
                           .end = end,
                           .class = class,
                           .told = told,
                           .device = -1};
    pn_status status;
    if (!partition->nodes.set)
        return pn_part_missing(&maker, "nodes", "it says how many there are.");
    *told = (pn_predicted_part){.partition = partition, .nodes = pn_part_nodes(&maker)};
    PN_TRY(set_power(&maker));
    PN_TRY(tell(&maker, "nodes", &partition->nodes, PN_COUNT));
    PN_TRY(pn_part_find_network(&maker));
    PN_TRY(partition->device ? pn_part_of_devices(&maker) : part_of_processors(&maker));
    if (partition->latency.set)
        class->cost.column.latency = class->cost.row.latency =
            pn_latency_at(&partition->latency, end);
    PN_TRY(tell_rest(&maker));
    told->processes = class->ranks;
    told->rate = class->rate;
    told->memory = class->memory;
fail:
    return status;
}
