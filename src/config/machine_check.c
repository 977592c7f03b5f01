// SPDX-License-Identifier: BSD-3-Clause
#include "config/machine_check.h"

#include "config/machine_table.h"
#include "config/nearest.h"

#include <math.h>
#include <string.h>

// A published total must be what the counts of a node make.
static pn_status check_total(const pn_machine_partition *p, const pn_figure *total,
                             const pn_figure *each, const char *what)
{
    if (!total->set || !each->set || !p->nodes.set ||
        fabs(total->value - p->nodes.value * each->value) < 0.5)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "line %d: total_%s is %.0f, but %.0f nodes of %.0f make %.0f; equal counts are "
                   "allowed",
                   total->line, what, total->value, p->nodes.value, each->value,
                   p->nodes.value * each->value);
}

// Lists count the cores of devices too, each kind's in a way of its own.
static pn_figure cores_of_a_node(const pn_machine_partition *p)
{
    pn_figure cores = p->cores;
    if (p->device_cores.set)
        cores.value += p->devices.value * p->device_cores.value;
    return cores;
}

static pn_status check_dates(const pn_machine_partition *p)
{
    int since = 0, until = 0;
    if (!p->since || !p->until)
        return PN_OK;
    pn_status status = pn_date_parse(p->since, &since);
    if (status == PN_OK)
        status = pn_date_parse(p->until, &until);
    if (status == PN_OK && since >= until)
        status = pn_fail(PN_ERROR_USAGE, "since %s is not before until %s", p->since, p->until);
    return status;
}

static pn_status check_node(const pn_machine_partition *p)
{
    if (p->cores.set && p->processors.set && fmod(p->cores.value, p->processors.value) != 0.0)
        return pn_fail(PN_ERROR_USAGE,
                       "line %d: %.0f cores do not divide into %.0f processors; cores counts all "
                       "processors of a node",
                       p->cores.line, p->cores.value, p->processors.value);
    if (p->devices.set != (p->device != NULL))
        return pn_fail(PN_ERROR_USAGE,
                       "%s; device (the kind) and devices (how many a node) are "
                       "allowed together or not at all",
                       p->device ? "device is given without devices"
                                 : "devices is given without "
                                   "device");
    if (p->device_cores.set && !p->device)
        return pn_fail(PN_ERROR_USAGE, "line %d: device_cores is given without device",
                       p->device_cores.line);
    if (p->memory.set && p->memory_available.set &&
        p->memory_available.value > p->memory.value * 1.001)
        return pn_fail(PN_ERROR_USAGE, "line %d: memory_available is more than memory",
                       p->memory_available.line);
    return PN_OK;
}

static const pn_machine_device *own_device(const pn_machine *machine, const char *name)
{
    for (int i = 0; name && i < machine->devices_count; i++)
        if (machine->devices[i].name && strcasecmp(machine->devices[i].name, name) == 0)
            return &machine->devices[i];
    return NULL;
}

// B/s of the memories that links are fed from; 0: not known, or measured, with the links, as a
// process gets it.
static double memories_of(const pn_machine *machine, const pn_machine_partition *p)
{
    const pn_machine_device *device = own_device(machine, p->device);
    if (p->measured_count > 0 || (p->device && !(device && device->memory_bandwidth.set)))
        return 0;
    return p->device ? p->memory_bandwidth.high + p->devices.high * device->memory_bandwidth.high
                     : p->memory_bandwidth.high;
}

static pn_status check_links(const pn_machine *machine, const pn_machine_partition *p)
{
    double links = p->links.set ? p->links.high : 1, memories = memories_of(machine, p);
    double speed = links * p->link_bandwidth.high;
    char one[64], together[64], allowed[64];
    bool is_beyond = speed > PN_MACHINE_LINKS_MOST;
    if (!p->link_bandwidth.set || (!is_beyond && (memories <= 0 || speed <= memories)))
        return PN_OK;
    pn_quantity_format(p->link_bandwidth.high, PN_BANDWIDTH, one, sizeof one);
    pn_quantity_format(speed, PN_BANDWIDTH, together, sizeof together);
    pn_quantity_format(is_beyond ? PN_MACHINE_LINKS_MOST : memories, PN_BANDWIDTH, allowed,
                       sizeof allowed);
    return pn_fail(PN_ERROR_USAGE,
                   "line %d, key \"link_bandwidth\": %.0f links of %s are %s a node, which cannot "
                   "be; up to %s together%s is allowed",
                   p->link_bandwidth.line, links, one, together, allowed,
                   is_beyond ? "" : ", as fast as its memory,");
}

static pn_status check_partition(const pn_machine *machine, int index)
{
    const pn_machine_partition *p = &machine->partitions[index];
    pn_status status = PN_OK;
    if (!p->name)
        return pn_fail(PN_ERROR_USAGE, "line %d: a partition has no \"name\"", p->line);
    if (pn_machine_find(machine, p->name) != index)
        status = pn_fail(PN_ERROR_USAGE, "the name is used twice; each its own is allowed");
    else if (!p->nodes.set)
        status = pn_fail(PN_ERROR_USAGE, "\"nodes\" is missing; how many there are is needed");
    for (int i = 0; i < p->measured_count && status == PN_OK; i++)
        if (!p->measured[i].operation)
            status = pn_fail(PN_ERROR_USAGE, "line %d: a measurement has no \"operation\"",
                             p->measured[i].line);
    if (status == PN_OK)
        status = check_node(p);
    if (status == PN_OK)
        status = check_links(machine, p);
    if (status == PN_OK)
        status = check_dates(p);
    pn_figure cores = cores_of_a_node(p);
    if (status == PN_OK)
        status = check_total(p, &p->total_cores, &cores, "cores");
    if (status == PN_OK)
        status = check_total(p, &p->total_devices, &p->devices, "devices");
    return status == PN_OK ? PN_OK
                           : pn_fail_in(status, "line %d, partition \"%s\"", p->line, p->name);
}

static pn_status check_gateway(const pn_machine *machine, const pn_machine_gateway *gateway)
{
    if (!gateway->from || !gateway->to || !gateway->bandwidth.set || !gateway->latency.set)
        return pn_fail(PN_ERROR_USAGE, "line %d: a gateway needs from, to, bandwidth and latency",
                       gateway->line);
    const char *ends[] = {gateway->from, gateway->to};
    for (int i = 0; i < 2; i++)
        if (pn_machine_find(machine, ends[i]) < 0) {
            pn_machine_fail_unknown(machine, ends[i]);
            return pn_fail_in(PN_ERROR_USAGE, "line %d, gateway", gateway->line);
        }
    if (strcmp(gateway->from, gateway->to) == 0)
        return pn_fail(PN_ERROR_USAGE, "line %d: a gateway joins two different partitions",
                       gateway->line);
    return PN_OK;
}

static pn_status check_all(const pn_machine *machine)
{
    pn_status status = PN_OK;
    if (!machine->machine)
        return pn_fail(PN_ERROR_USAGE, "\"machine\" (its name) is missing");
    if (machine->partitions_count == 0)
        return pn_fail(PN_ERROR_USAGE,
                       "\"partitions\" is missing or empty; at least one is needed");
    for (int i = 0; i < machine->partitions_count && status == PN_OK; i++)
        status = check_partition(machine, i);
    for (int i = 0; i < machine->gateways_count && status == PN_OK; i++)
        status = check_gateway(machine, &machine->gateways[i]);
    for (int i = 0; i < machine->devices_count && status == PN_OK; i++)
        if (!machine->devices[i].name)
            status = pn_fail(PN_ERROR_USAGE, "line %d: a device has no \"name\"",
                             machine->devices[i].line);
    return status;
}

pn_status pn_machine_check(const pn_machine *machine, const char *name)
{
    pn_status status = check_all(machine);
    return status == PN_OK ? PN_OK : pn_fail_in(status, "%s", name);
}
