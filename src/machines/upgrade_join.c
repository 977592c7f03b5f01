// SPDX-License-Identifier: BSD-3-Clause
// Old and added nodes as one machine. Two networks are joined as the machine's file joins such
// networks elsewhere, else by a gateway that is assumed.
#include "machines/upgrade_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// About what a few dozen links give; nobody publishes such figures, so the range is wide.
static const pn_figure assumed_bandwidth = {
    .value = 100e9, .low = 25e9, .high = 400e9, .set = true, .assumed = true};
static const pn_figure assumed_latency = {
    .value = 5e-6, .low = 5e-6, .high = 5e-6, .set = true, .assumed = true};

static bool same_text(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

static bool on_one_network(const pn_machine_partition *a, const pn_machine_partition *b)
{
    if (!a->network && !b->network)
        return a->ranks.set && b->ranks.set; // kinds of ranks that were probed together
    return same_text(a->network, b->network);
}

// A gateway of the file between such networks; that of the very partition is preferred.
static const pn_machine_gateway *find_described(const pn_upgrade_request *request,
                                                const pn_machine_partition *old,
                                                const pn_machine_partition *kind)
{
    const pn_machine *file = request->described ? request->described : request->machine;
    const pn_machine_gateway *found = NULL;
    for (int i = 0; i < file->gateways_count; i++) {
        const pn_machine_gateway *gateway = &file->gateways[i];
        const pn_machine_partition *from = &file->partitions[pn_machine_find(file, gateway->from)];
        const pn_machine_partition *to = &file->partitions[pn_machine_find(file, gateway->to)];
        bool forth =
            same_text(from->network, old->network) && same_text(to->network, kind->network);
        bool back = same_text(to->network, old->network) && same_text(from->network, kind->network);
        if (!forth && !back)
            continue;
        if (same_text((forth ? from : to)->name, old->name))
            return gateway;
        if (!found)
            found = gateway;
    }
    return found;
}

pn_gateway_origin pn_upgrade_gateway(const pn_upgrade_request *request,
                                     const pn_machine_partition *old,
                                     const pn_machine_partition *kind, pn_machine_gateway *gateway)
{
    if (on_one_network(old, kind))
        return PN_GATEWAY_NONE;
    *gateway = (pn_machine_gateway){.bandwidth = assumed_bandwidth, .latency = assumed_latency};
    if (request->gateway > 0) {
        gateway->bandwidth = pn_figure_of(request->gateway);
        return PN_GATEWAY_GIVEN;
    }
    const pn_machine_gateway *described = find_described(request, old, kind);
    if (!described)
        return PN_GATEWAY_ASSUMED;
    *gateway = *described;
    return PN_GATEWAY_DESCRIBED;
}

static pn_status allocate(pn_machine *machine, int partitions, int gateways, int devices)
{
    machine->partitions = calloc((size_t)partitions + 1, sizeof *machine->partitions);
    machine->gateways = calloc((size_t)gateways + 1, sizeof *machine->gateways);
    machine->devices = calloc((size_t)devices + 1, sizeof *machine->devices);
    return machine->partitions && machine->gateways && machine->devices
               ? PN_OK
               : pn_fail_memory("for an enlarged machine");
}

static void copy_entries(void *to, const void *from, int count, size_t bytes)
{
    if (count > 0)
        memcpy(to, from, (size_t)count * bytes);
}

static void add_nodes(pn_joined *joined, const pn_mixture *mixture)
{
    pn_machine *machine = &joined->machine;
    pn_machine_partition *added = &machine->partitions[machine->partitions_count];
    *added = *mixture->kind;
    added->nodes = pn_figure_of(mixture->nodes);
    added->listed_power = (pn_figure){0}; // of some other number of nodes
    if (!added->source)
        added->source = mixture->request->catalogue->source;
    if (!mixture->is_alone && pn_machine_find(mixture->request->machine, added->name) >= 0) {
        snprintf(joined->name, sizeof joined->name, "%s (added)", added->name);
        added->name = joined->name;
    }
    machine->partitions_count++;
}

static void add_gateways(pn_machine *machine, const pn_mixture *mixture)
{
    int old = machine->partitions_count - 1;
    for (int i = 0; i < old; i++) {
        pn_machine_gateway *gateway = &machine->gateways[machine->gateways_count];
        if (pn_upgrade_gateway(mixture->request, &machine->partitions[i], mixture->kind, gateway) ==
            PN_GATEWAY_NONE)
            continue;
        gateway->from = machine->partitions[i].name;
        gateway->to = machine->partitions[old].name;
        machine->gateways_count++;
    }
}

pn_status pn_mixture_join(pn_joined *joined, const pn_mixture *mixture)
{
    static const pn_machine nothing = {0};
    const pn_machine *old = mixture->is_alone ? &nothing : mixture->request->machine;
    const pn_machine *catalogue = mixture->request->catalogue;
    pn_machine *machine = &joined->machine;
    *joined = (pn_joined){.machine = *old};
    pn_status status =
        allocate(machine, old->partitions_count + 1, old->gateways_count + old->partitions_count,
                 old->devices_count + catalogue->devices_count);
    if (status != PN_OK)
        return status;
    copy_entries(machine->partitions, old->partitions, old->partitions_count,
                 sizeof *machine->partitions);
    copy_entries(machine->gateways, old->gateways, old->gateways_count, sizeof *machine->gateways);
    copy_entries(machine->devices, old->devices, old->devices_count, sizeof *machine->devices);
    copy_entries(machine->devices + old->devices_count, catalogue->devices,
                 catalogue->devices_count, sizeof *machine->devices);
    machine->devices_count += catalogue->devices_count;
    add_nodes(joined, mixture);
    add_gateways(machine, mixture);
    return PN_OK;
}

void pn_joined_release(pn_joined *joined)
{
    free(joined->machine.partitions);
    free(joined->machine.gateways);
    free(joined->machine.devices);
}
