// SPDX-License-Identifier: BSD-3-Clause
// What a list of upgrades rests on: a line for each pair of networks that is joined, for each kind
// of node and for each partition of the machine.
#include "machines/upgrade_private.h"

#include <stdio.h>
#include <string.h>

static const char *network_of(const pn_machine_partition *partition)
{
    return partition->network ? partition->network : partition->name;
}

static void range_text(const pn_figure *figure, pn_dimension dimension, char *text, size_t bytes)
{
    char value[64], low[64], high[64];
    pn_quantity_format(figure->value, dimension, value, sizeof value);
    pn_quantity_format(figure->low, dimension, low, sizeof low);
    pn_quantity_format(figure->high, dimension, high, sizeof high);
    if (figure->low < figure->high)
        snprintf(text, bytes, "%s, %s to %s", value, low, high);
    else
        snprintf(text, bytes, "%s", value);
}

// By networks, for it is the same for all partitions on one.
static pn_status note_gateway(pn_upgrade_list *list, const pn_upgrade_request *request,
                              const pn_machine_partition *old, const pn_machine_partition *kind)
{
    pn_machine_gateway gateway;
    char bandwidth[200], latency[200];
    pn_gateway_origin origin = pn_upgrade_gateway(request, old, kind, &gateway);
    if (origin == PN_GATEWAY_NONE)
        return PN_OK;
    range_text(&gateway.bandwidth, PN_BANDWIDTH, bandwidth, sizeof bandwidth);
    range_text(&gateway.latency, PN_SECONDS, latency, sizeof latency);
    pn_note note = {.assumed = true};
    snprintf(note.source, sizeof note.source, "%s",
             origin == PN_GATEWAY_DESCRIBED ? "as the machine file has it between such networks"
             : origin == PN_GATEWAY_GIVEN   ? ""
                                            : "the machine file has none between such networks, "
                                              "--gateway sets it");
    snprintf(note.subject, sizeof note.subject, "%s - %s", network_of(old), network_of(kind));
    snprintf(note.figure, sizeof note.figure, "gateway of %s%s, latency %s", bandwidth,
             origin == PN_GATEWAY_GIVEN ? " (given)" : "", latency);
    return pn_note_add(&list->notes, &note);
}

// "quad: memory of a node 512GB; links a node 4 (assumed)": one note out of all assumed ones on a
// partition, and of `more`, where it is not empty.
static pn_status note_partition(pn_upgrade_list *list, const char *name, const char *more,
                                const pn_prediction *prediction)
{
    pn_note all = {.assumed = true};
    size_t room = sizeof all.figure, used = (size_t)snprintf(all.figure, room, "%s", more);
    snprintf(all.subject, sizeof all.subject, "%s", name);
    for (int i = 0; i < prediction->notes.count && used < room; i++) {
        const pn_note *note = &prediction->notes.note[i];
        if (note->assumed && strcmp(note->subject, all.subject) == 0)
            used += (size_t)snprintf(all.figure + used, room - used, "%s%s", used ? "; " : "",
                                     note->figure);
    }
    return used > 0 ? pn_note_add(&list->notes, &all) : PN_OK;
}

static bool is_of_partition(const pn_prediction *prediction, const pn_note *note)
{
    for (int i = 0; i < prediction->partitions; i++)
        if (strcmp(prediction->of[i].partition->name, note->subject) == 0)
            return true;
    return false;
}

pn_status pn_upgrade_note_machine(pn_upgrade_list *list, const pn_prediction *prediction)
{
    pn_status status = PN_OK;
    for (int i = 0; i < prediction->partitions; i++)
        PN_TRY(note_partition(list, prediction->of[i].partition->name, "", prediction));
    for (int i = 0; i < prediction->notes.count; i++) {
        const pn_note *note = &prediction->notes.note[i];
        if (note->assumed && !is_of_partition(prediction, note))
            PN_TRY(pn_note_add(&list->notes, note));
    }
fail:
    return status;
}

pn_status pn_upgrade_note_mixture(pn_upgrade_list *list, const pn_mixture *mixture,
                                  const pn_prediction *prediction)
{
    const pn_machine *old = mixture->request->machine;
    const pn_predicted_partition *added = &prediction->of[prediction->partitions - 1];
    const pn_figure *peak = &mixture->kind->peak;
    char value[64], counted[96] = "";
    pn_status status;
    for (int i = 0; i < old->partitions_count; i++)
        PN_TRY(note_gateway(list, mixture->request, &old->partitions[i], mixture->kind));
    if (mixture->request->goal == PN_GOAL_PEAK && peak->assumed) {
        pn_quantity_format(peak->value, PN_FLOPS, value, sizeof value);
        snprintf(counted, sizeof counted, "peak %s", value);
    }
    PN_TRY(note_partition(list, added->partition->name, counted, prediction));
fail:
    return status;
}
