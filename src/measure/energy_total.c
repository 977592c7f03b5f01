// SPDX-License-Identifier: BSD-3-Clause
// A node that is metered as a whole holds its devices. Elsewhere devices are added by their own
// meters.
#include "measure/energy_total.h"

#include "base/plural.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double least_seconds = 1e-9;

static bool is_first_of_host(const pn_result *result, int index)
{
    for (int i = 0; i < index; i++)
        if (result->ranks[i].host_id == result->ranks[index].host_id)
            return false;
    return true;
}

// Whether the meter of its host counts the device already.
static bool is_in_node(const pn_result *result, const pn_rank_record *device)
{
    for (int i = 0; i < result->rank_count; i++) {
        const pn_rank_record *rank = &result->ranks[i];
        if (rank->host_id == device->host_id && rank->energy.meter[0] &&
            (rank->energy.joules[PN_ENERGY_NODE] >= 0 ||
             rank->energy.joules[PN_ENERGY_DEVICES] >= 0))
            return true;
    }
    return false;
}

static void add_host(pn_energy_total *t, const pn_energy_record *energy)
{
    const double *joules = energy->joules, *whole = energy->whole;
    for (int part = 0; part < PN_ENERGY_PARTS; part++)
        t->joules_of[part] += fmax(0, joules[part]);
    bool is_node = joules[PN_ENERGY_NODE] >= 0;
    for (int part = is_node ? PN_ENERGY_NODE : PN_ENERGY_PROCESSORS;
         part < (is_node ? PN_ENERGY_PROCESSORS : PN_ENERGY_PARTS); part++) {
        t->joules += fmax(0, joules[part]);
        t->watts += fmax(0, joules[part]) / fmax(energy->seconds, least_seconds);
        t->whole += fmax(0, whole[part]);
    }
    t->metered_hosts++;
}

static void add_rank(pn_energy_total *t, const pn_result *result, int index)
{
    const pn_rank_record *rank = &result->ranks[index];
    t->hosts += is_first_of_host(result, index);
    if (rank->energy.meter[0])
        add_host(t, &rank->energy);
    if (rank->energy.refused[0] && !t->refused[0]) {
        memcpy(t->refused, rank->energy.refused, sizeof t->refused);
        memcpy(t->refused_host, rank->host, sizeof t->refused_host);
    }
    if (!rank->device[0])
        return;
    bool is_in = is_in_node(result, rank);
    t->devices++;
    t->metered_devices += is_in || rank->power.joules > 0;
    if (is_in)
        return;
    t->joules += rank->power.joules;
    t->watts += rank->power.joules / fmax(rank->power.seconds, least_seconds);
    t->joules_of[PN_ENERGY_DEVICES] += rank->power.joules;
}

pn_energy_total pn_energy_total_of(const pn_result *result)
{
    pn_energy_total t = {0};
    for (int i = 0; i < result->rank_count; i++)
        add_rank(&t, result, i);
    t.flops_per_watt = t.watts > 0 ? result->rate / t.watts : 0;
    return t;
}

void pn_energy_coverage(const pn_energy_total *t, char *text, size_t bytes)
{
    char hosts[96] = "no host", devices[96] = "", of[32] = "";
    if (t->metered_hosts < t->hosts)
        snprintf(of, sizeof of, " of %d", t->hosts);
    if (t->metered_hosts > 0)
        snprintf(hosts, sizeof hosts, "%s of %d%s host%s",
                 t->joules_of[PN_ENERGY_NODE] > 0     ? "all"
                 : t->joules_of[PN_ENERGY_MEMORY] > 0 ? "processors and memory"
                                                      : "processors",
                 t->metered_hosts, of, pn_plural(t->hosts));
    if (t->devices > 0 && t->joules_of[PN_ENERGY_NODE] == 0)
        snprintf(devices, sizeof devices, ", %d of %d device%s", t->metered_devices, t->devices,
                 pn_plural(t->devices));
    snprintf(text, bytes, "%s%s; %sno network", hosts, devices,
             t->joules_of[PN_ENERGY_NODE] > 0 ? "" : "no fans, ");
}
