// SPDX-License-Identifier: BSD-3-Clause
// Partitions become parts. A rate comes from the machine file where it has one (measured, or a
// device's own figures), else from the fitted constants of the kind; never from a peak.
#include "predict/parts.h"

#include "config/nearest.h"
#include "predict/engine.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Of what is sold as its memory, the matrix can get this much at most. Memory of processors is sold
// in decimal units and installed in binary ones.
static const double device_fill = 0.985, processor_fill = 1.02, host_fill = 0.85;

typedef struct part_maker {
    pn_prediction *prediction;
    const pn_constants *constants;
    const pn_machine *machine;
    const pn_machine_partition *partition;
    pn_end end;
    pn_system_part *part;
    pn_predicted_part *told;
    int network;
} part_maker;

pn_status pn_prediction_note(pn_prediction *prediction, const char *format, ...)
{
    if (prediction->notes == prediction->note_room) {
        int room = prediction->note_room ? 2 * prediction->note_room : 32;
        pn_note *note = realloc(prediction->note, (size_t)room * sizeof *note);
        if (!note)
            return pn_fail(PN_ERROR_MEMORY, "There is no memory for %d notes.", room);
        prediction->note = note;
        prediction->note_room = room;
    }
    va_list args;
    va_start(args, format);
    char *text = prediction->note[prediction->notes++].text;
    vsnprintf(text, sizeof prediction->note->text, format, args);
    va_end(args);
    return PN_OK;
}

static double at_end(const part_maker *maker, const pn_figure *figure)
{
    return maker->end == PN_END_LOW    ? figure->low
           : maker->end == PN_END_HIGH ? figure->high
                                       : figure->value;
}

// One line on a figure: "gpu: devices 4 (list of November 2024)".
static pn_status tell(const part_maker *maker, const char *key, const pn_figure *figure,
                      pn_dimension dimension)
{
    char value[64], low[64], high[64], range[160] = "";
    if (maker->end != PN_END_MIDDLE || !figure->set)
        return PN_OK;
    pn_quantity_format(figure->value, dimension, value, sizeof value);
    pn_quantity_format(figure->low, dimension, low, sizeof low);
    pn_quantity_format(figure->high, dimension, high, sizeof high);
    if (figure->low < figure->high)
        snprintf(range, sizeof range, ", %s to %s", low, high);
    const char *source = figure->source ? figure->source : maker->partition->source;
    return pn_prediction_note(maker->prediction, "%s: %s %s%s (%s%s%s)", maker->partition->name,
                              key, value, range, figure->assumed ? "assumed" : "",
                              figure->assumed && source ? "; " : "",
                              source            ? source
                              : figure->assumed ? ""
                                                : "machine file");
}

static pn_status missing(const part_maker *maker, const char *key, const char *why)
{
    return pn_fail(PN_ERROR_USAGE, "partition \"%s\", line %d: \"%s\" is missing; %s",
                   maker->partition->name, maker->partition->line, key, why);
}

static double nodes_of(const part_maker *maker)
{
    return at_end(maker, &maker->partition->nodes);
}

// Watts that the partition draws in a run: as published for one, else of its nodes.
static void set_power(const part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    maker->told->watts = 0;
    if (partition->listed_power.set) {
        maker->told->watts = partition->listed_power.value;
        maker->told->watts_assumed = partition->listed_power.assumed;
    } else if (partition->power.set) {
        maker->told->watts = partition->power.value * nodes_of(maker);
        maker->told->watts_assumed = partition->power.assumed;
    }
}

// Probed on one host, and not enlarged: the links were measured, or there is one process only.
static bool is_one_host(const part_maker *maker)
{
    return maker->partition->ranks.set && nodes_of(maker) == 1;
}

static pn_status set_network(part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    maker->network =
        partition->network ? pn_network_find(maker->constants, partition->network) : -1;
    if (maker->network >= 0)
        return PN_OK;
    maker->network = maker->constants->networks - 1;
    if (is_one_host(maker))
        return PN_OK; // what is sent stays there
    if (!partition->link_bandwidth.set)
        return missing(maker, "link_bandwidth",
                       partition->network
                           ? "the network is none that is known by name, so its figures are needed."
                           : "nothing is known of the links between its nodes: add the bandwidth "
                             "of one, or a network that is known by name (such as --network NDR).");
    return maker->end == PN_END_MIDDLE
               ? pn_prediction_note(
                     maker->prediction,
                     "%s: network \"%s\" is not known by name; taken to be as good as "
                     "InfiniBand at its bandwidth (assumed)",
                     partition->name, partition->network ? partition->network : "")
               : PN_OK;
}

// Bandwidth of a node; 0 leaves it to the network's kind.
static double bandwidth_of(const part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    double links = partition->links.set ? at_end(maker, &partition->links) : 1;
    if (!partition->links.set && !partition->link_bandwidth.set)
        return 0;
    double link = partition->link_bandwidth.set
                      ? at_end(maker, &partition->link_bandwidth)
                      : maker->constants->network[maker->network].bandwidth;
    return links * link;
}

// A name such as "A100" or "H100" stands for the kind of that name, and of several for the one with
// the memory nearest to what the partition says.
static int find_kind(const part_maker *maker, const char *name)
{
    const pn_constants *constants = maker->constants;
    int best = pn_device_find(constants, name);
    double memory = maker->partition->device_memory.value, least = INFINITY;
    if (best >= 0)
        return best;
    for (int i = 0; i < constants->devices; i++) {
        const pn_device_kind *kind = &constants->device[i];
        size_t length = strlen(name);
        if (strncasecmp(kind->name, name, length) != 0 || kind->name[length] != ' ')
            continue;
        double distance = memory > 0 ? fabs(log(kind->memory / memory)) : i;
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

static const pn_machine_device *find_own_device(const part_maker *maker)
{
    for (int i = 0; i < maker->machine->devices_count; i++)
        if (strcasecmp(maker->machine->devices[i].name, maker->partition->device) == 0)
            return &maker->machine->devices[i];
    return NULL;
}

static pn_status unknown_device(const part_maker *maker)
{
    const char *names[PN_DEVICE_KINDS];
    char all[512];
    size_t used = 0;
    for (int i = 0; i < maker->constants->devices; i++) {
        names[i] = maker->constants->device[i].name;
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = pn_nearest(maker->partition->device, names, maker->constants->devices);
    return pn_fail(
        PN_ERROR_USAGE,
        "partition \"%s\", line %d: the device \"%s\" is not known%s%s. Known: %s; any other "
        "needs an entry under \"devices\" with its rate and memory.",
        maker->partition->name, maker->partition->line, maker->partition->device,
        nearest ? "; the nearest known name is " : "", nearest ? nearest : "", all);
}

// A device by its own figures: what a fitted kind would say, with its rate and memory.
static pn_status own_device(part_maker *maker, const pn_machine_device *device, double count)
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
    const pn_constants *constants = maker->constants;
    const pn_network_kind *net = &constants->network[maker->network];
    double rate = at_end(maker, &device->rate);
    double links = bandwidth_of(maker), in_node = at_end(maker, &maker->partition->devices);
    *maker->part = (pn_system_part){
        .processes = count,
        .rate = rate,
        .memory = device->memory.value * device_fill,
        .bandwidth =
            pn_device_bandwidth(constants, links > 0 ? links : in_node * net->bandwidth, in_node),
        .latency = net->latency,
        .variation = constants->device_variation,
        .column = constants->device_column,
        .panel = device->panel_rate.set ? device->panel_rate.value / rate : constants->device_panel,
        .narrow = constants->device_narrow,
        .shallow = 24};
    maker->told->basis = device->rate.assumed ? PN_BASIS_ASSUMED : PN_BASIS_MEASURED;
    pn_status status;
    PN_TRY(tell(maker, "device rate", &device->rate, PN_FLOPS));
    PN_TRY(tell(maker, "device memory", &device->memory, PN_BYTES));
fail:
    return status;
}

// Codes get faster in the first years of a kind. A machine of no list is taken to be late.
static double age_of(const pn_machine_partition *partition, const pn_device_kind *kind)
{
    return partition->listed ? pn_device_age(kind, atoi(partition->listed)) : INFINITY;
}

static pn_status known_device(part_maker *maker, int kind, double count)
{
    const pn_machine_partition *partition = maker->partition;
    const pn_device_kind *device = &maker->constants->device[kind];
    pn_device_use use = {.device = kind,
                         .network = maker->network,
                         .count = count,
                         .bandwidth = bandwidth_of(maker),
                         .in_node = at_end(maker, &partition->devices),
                         .age = age_of(partition, device),
                         .is_by_xeon =
                             partition->processor && pn_words_match("xeon", partition->processor)};
    if (partition->cores.set && partition->devices.set)
        use.host_cores = partition->cores.value / partition->devices.value;
    if (maker->told->watts > 0 && !maker->told->watts_assumed)
        use.watts = maker->told->watts / count;
    *maker->part = pn_device_part(maker->constants, &use);
    double memory = partition->device_memory.set ? partition->device_memory.value : device->memory;
    if (fabs(memory * 1.073741824 / device->memory - 1) < 0.02) // "80GB" is sold, 80 GiB are there
        memory = device->memory;
    maker->part->memory = memory * device_fill;
    if (!device->holds_matrix) // its published runs use the host's memory too
        maker->part->memory += host_fill * partition->memory.value / partition->devices.value;
    maker->told->basis = PN_BASIS_FITTED;
    if (maker->end != PN_END_MIDDLE)
        return PN_OK;
    if (!partition->device_memory.set && strcasecmp(device->name, partition->device) != 0) {
        pn_status status = pn_prediction_note(
            maker->prediction,
            "%s: \"%s\" is taken to be \"%s\", for device_memory is not given (assumed)",
            partition->name, partition->device, device->name);
        if (status != PN_OK)
            return status;
    }
    return pn_prediction_note(maker->prediction,
                              "%s: %s multiplies at %.3g TFlop/s inside a run (fitted to published "
                              "systems%s%s)",
                              partition->name, device->name, maker->part->rate / 1e12,
                              use.watts > 0 ? ", at the power drawn" : "",
                              use.age < 2 ? ", first years of its kind" : "");
}

static pn_status device_part(part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    pn_status status;
    if (!partition->devices.set)
        return missing(maker, "devices", "it says how many a node has.");
    double per_node = at_end(maker, &partition->devices);
    double count = nodes_of(maker) * per_node;
    const pn_machine_device *own = find_own_device(maker);
    int kind = find_kind(maker, partition->device);
    snprintf(maker->told->kind, sizeof maker->told->kind, "%s",
             !own && kind >= 0 ? maker->constants->device[kind].name : partition->device);
    if (!own && kind < 0)
        return unknown_device(maker);
    PN_TRY(tell(maker, "devices a node", &partition->devices, PN_COUNT));
    PN_TRY(own ? own_device(maker, own, count) : known_device(maker, kind, count));
fail:
    return status;
}

// The rate of a node's processors as probed or stated; 0 if it has to come from the kind.
static double stated_rate(const part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    double best = partition->rate.set ? at_end(maker, &partition->rate) : 0;
    for (int i = 0; best == 0 && i < partition->measured_count; i++) {
        const pn_machine_measurement *m = &partition->measured[i];
        if (m->operation && strcmp(m->operation, "multiply") == 0 && m->rate.value > best)
            best = m->rate.value;
    }
    return best;
}

// What was measured of each rank, in place of what is known of the kind.
static pn_status measured_part(part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    pn_system_part *part = maker->part;
    pn_link between = {part->latency, 1 / part->bandwidth};
    part->memory = partition->memory_available.value / partition->ranks.value;
    part->is_measured = pn_engine_fit(&part->model, partition, &between);
    if (!part->is_measured)
        return maker->end == PN_END_MIDDLE
                   ? pn_prediction_note(maker->prediction,
                                        "%s: too few measurements for panels, strips and links; "
                                        "they are as usual for its kind (assumed)",
                                        partition->name)
                   : PN_OK;
    if (is_one_host(maker)) {
        part->latency = part->model.row.latency;
        part->bandwidth = 1 / part->model.row.second;
        return PN_OK;
    }
    part->model.column = part->model.row = between;
    part->model.engine.link = 0; // adapters carry messages between nodes
    return PN_OK;
}

static pn_status processor_part(part_maker *maker)
{
    const pn_machine_partition *partition = maker->partition;
    double sockets = partition->ranks.set        ? partition->ranks.value
                     : partition->processors.set ? partition->processors.value
                                                 : 1;
    double stated = stated_rate(maker);
    pn_status status;
    if (stated == 0 && !partition->processor)
        return missing(maker, "processor", "a device, a processor or a rate is needed.");
    if (stated == 0 && (!partition->cores.set || !partition->clock.set))
        return missing(maker, partition->cores.set ? "clock" : "cores",
                       "without a rate, cores and clock are needed.");
    int kind = partition->processor ? pn_processor_find(maker->constants, partition->processor)
                                    : maker->constants->processors - 1;
    pn_processor_use use = {.processor = kind,
                            .network = maker->network,
                            .sockets = nodes_of(maker) * sockets,
                            .core_hertz = partition->cores.value / sockets * partition->clock.value,
                            .bandwidth = bandwidth_of(maker) / sockets};
    *maker->part = pn_processor_part(maker->constants, &use);
    if (stated > 0)
        maker->part->rate = stated / sockets;
    maker->part->memory = (partition->memory_available.set ? partition->memory_available.value
                                                           : partition->memory.value) *
                          processor_fill / sockets;
    maker->told->basis = stated == 0                                      ? PN_BASIS_FITTED
                         : partition->rate.set && partition->rate.assumed ? PN_BASIS_ASSUMED
                                                                          : PN_BASIS_MEASURED;
    snprintf(maker->told->kind, sizeof maker->told->kind, "%s",
             partition->processor ? partition->processor : "processors");
    PN_TRY(tell(maker, "processors a node", &partition->processors, PN_COUNT));
    PN_TRY(tell(maker, "cores a node", &partition->cores, PN_COUNT));
    PN_TRY(tell(maker, "clock", &partition->clock, PN_HERTZ));
    PN_TRY(tell(maker, "rate of a node", &partition->rate, PN_FLOPS));
    if (stated == 0 && maker->end == PN_END_MIDDLE)
        PN_TRY(pn_prediction_note(
            maker->prediction,
            "%s: %s cores reach %.0f %% of %.0f flops a cycle at the nominal clock "
            "(fitted to published systems)",
            partition->name, maker->constants->processor[kind].name,
            100 * maker->constants->processor[kind].efficiency,
            maker->constants->processor[kind].flops_per_cycle));
    if (partition->ranks.set && partition->measured_count > 0)
        PN_TRY(measured_part(maker));
fail:
    return status;
}

pn_status pn_partition_part(pn_prediction *prediction, const pn_constants *constants,
                            const pn_machine *machine, const pn_machine_partition *partition,
                            pn_end end, pn_system_part *part, pn_predicted_part *told)
{
    part_maker maker = {.prediction = prediction,
                        .constants = constants,
                        .machine = machine,
                        .partition = partition,
                        .end = end,
                        .part = part,
                        .told = told};
    pn_status status;
    if (!partition->nodes.set)
        return missing(&maker, "nodes", "it says how many there are.");
    *told = (pn_predicted_part){.partition = partition, .nodes = nodes_of(&maker)};
    set_power(&maker);
    PN_TRY(tell(&maker, "nodes", &partition->nodes, PN_COUNT));
    PN_TRY(set_network(&maker));
    PN_TRY(partition->device ? device_part(&maker) : processor_part(&maker));
    if (partition->latency.set) {
        part->latency = partition->latency.value;
        part->model.column.latency = part->model.row.latency = part->latency;
    }
    PN_TRY(tell(&maker, "memory of a device", &partition->device_memory, PN_BYTES));
    PN_TRY(tell(&maker, "memory of a node", &partition->memory, PN_BYTES));
    PN_TRY(tell(&maker, "links a node", &partition->links, PN_COUNT));
    PN_TRY(tell(&maker, "link bandwidth", &partition->link_bandwidth, PN_BANDWIDTH));
    PN_TRY(tell(&maker, "latency", &partition->latency, PN_SECONDS));
    PN_TRY(tell(&maker, "power of a node", &partition->power, PN_WATTS));
    PN_TRY(tell(&maker, "power in the listed run", &partition->listed_power, PN_WATTS));
    told->processes = part->processes;
    told->rate = part->rate;
    told->memory = part->memory;
fail:
    return status;
}
