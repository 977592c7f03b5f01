// SPDX-License-Identifier: BSD-3-Clause
// Every pair of partitions once, both ways alike. A gateway is shared by all rows of the grid at
// about the same time; without one the slower of two networks sets the pace, which is told as
// assumed.
#include "machines/between.h"

#include "machines/notes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const pn_machine_gateway *find_gateway(const pn_machine *machine, const char *from,
                                              const char *to)
{
    for (int i = 0; i < machine->gateways_count; i++) {
        const pn_machine_gateway *g = &machine->gateways[i];
        if (g->bandwidth.set && ((strcmp(g->from, from) == 0 && strcmp(g->to, to) == 0) ||
                                 (strcmp(g->from, to) == 0 && strcmp(g->to, from) == 0)))
            return g;
    }
    return NULL;
}

static bool same_network(const pn_machine_partition *a, const pn_machine_partition *b)
{
    if (!a->network && !b->network)
        return a->ranks.set && b->ranks.set; // kinds of ranks that were probed together
    return a->network && b->network && strcasecmp(a->network, b->network) == 0;
}

// A gateway is shared by all rows of the grid, which send their panels at about the same time.
static void pass_gateway(const pn_between_request *request, const pn_machine_gateway *gateway,
                         double processes, pn_link *link)
{
    double bandwidth = pn_figure_at(&gateway->bandwidth, request->end);
    link->per_byte = fmax(link->per_byte, request->sent * sqrt(processes) / bandwidth);
    link->latency += pn_latency_at(&gateway->latency, request->end);
}

// Of two partitions, named together.
static pn_status tell_link(const pn_between_request *request, int i, int j,
                           const pn_machine_gateway *gateway)
{
    const pn_machine_partition *a = &request->machine->partitions[i];
    const pn_machine_partition *b = &request->machine->partitions[j];
    pn_notes *notes = &request->prediction->notes;
    char pair[sizeof notes->note->subject];
    pn_status status = PN_OK;
    snprintf(pair, sizeof pair, "%s - %s", a->name, b->name);
    if (!gateway)
        return same_network(a, b)
                   ? PN_OK
                   : pn_note_assumed(notes, pair,
                                     "two networks and no gateway described; taken to reach each "
                                     "other as fast as the slower one goes");
    const pn_told told[] = {{"gateway of", &gateway->bandwidth, PN_BANDWIDTH, gateway->source},
                            {"latency", &gateway->latency, PN_SECONDS, gateway->source}};
    PN_TRY(pn_note_told(notes, pair, &told[0], request->machine));
    if (gateway->latency.set)
        PN_TRY(pn_note_told(notes, pair, &told[1], request->machine));
fail:
    return status;
}

pn_status pn_between_fill(pn_link *between, const pn_between_request *request)
{
    const pn_machine *machine = request->machine;
    int count = machine->partitions_count;
    pn_status status = PN_OK;
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++) {
            const pn_rank_class *a = &request->classes[i], *b = &request->classes[j];
            const pn_machine_gateway *gateway =
                find_gateway(machine, machine->partitions[i].name, machine->partitions[j].name);
            pn_link link = {fmax(a->cost.row.latency, b->cost.row.latency),
                            fmax(a->cost.row.per_byte, b->cost.row.per_byte)};
            if (gateway)
                pass_gateway(request, gateway, fmax(a->ranks, b->ranks), &link);
            between[i * count + j] = between[j * count + i] = link;
            if (request->end == PN_END_MIDDLE)
                PN_TRY(tell_link(request, i, j, gateway));
        }
fail:
    return status;
}
