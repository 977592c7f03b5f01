// SPDX-License-Identifier: BSD-3-Clause
// What a list of upgrades rests on: a line for each pair of networks that is joined, for each kind
// of node and for each partition of the machine.
#include "machines/upgrade_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "(assumed";

// Takes `text`; NULL: memory was out when it was made.
static pn_status keep(pn_upgrade_list *list, char *text)
{
    if (!text)
        return pn_fail_memory("for what a plan rests on");
    for (int i = 0; i < list->notes; i++)
        if (strcmp(list->note[i], text) == 0) {
            free(text);
            return PN_OK;
        }
    char **note = realloc(list->note, (size_t)(list->notes + 1) * sizeof *note);
    if (!note) {
        free(text);
        return pn_fail_memory("for %d notes", list->notes + 1);
    }
    list->note = note;
    note[list->notes++] = text;
    return PN_OK;
}

static pn_status add(pn_upgrade_list *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static pn_status add(pn_upgrade_list *list, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    return keep(list, length < 0 ? NULL : text);
}

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
    char bandwidth[256], latency[256];
    pn_gateway_origin origin = pn_upgrade_gateway(request, old, kind, &gateway);
    if (origin == PN_GATEWAY_NONE)
        return PN_OK;
    range_text(&gateway.bandwidth, PN_BANDWIDTH, bandwidth, sizeof bandwidth);
    range_text(&gateway.latency, PN_SECONDS, latency, sizeof latency);
    const char *from = network_of(old), *to = network_of(kind);
    if (origin == PN_GATEWAY_DESCRIBED)
        return add(
            list,
            "%s - %s: gateway of %s, latency %s (assumed, as the machine file has it between "
            "such networks)",
            from, to, bandwidth, latency);
    if (origin == PN_GATEWAY_GIVEN)
        return add(list, "%s - %s: gateway of %s (given), latency %s (assumed)", from, to,
                   bandwidth, latency);
    return add(list,
               "%s - %s: gateway of %s, latency %s (assumed; the machine file has none between "
               "such networks, --gateway sets it)",
               from, to, bandwidth, latency);
}

// What a note says of a partition, behind its name; NULL: it is on something else.
static const char *said_of(const char *name, const char *note)
{
    size_t length = strlen(name);
    return strncmp(note, name, length) == 0 && strncmp(note + length, ": ", 2) == 0
               ? note + length + 2
               : NULL;
}

// "quad: memory of a node 512GB; links a node 4 (assumed)" out of the notes on "quad" and of
// `more`, where it is not empty.
static pn_status note_partition(pn_upgrade_list *list, const char *name, const char *more,
                                const pn_prediction *prediction)
{
    char *text = NULL;
    size_t bytes;
    int count = *more ? 1 : 0;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return keep(list, NULL);
    fprintf(stream, "%s: %s", name, more);
    for (int i = 0; i < prediction->notes; i++) {
        const char *note = said_of(name, prediction->note[i].text);
        const char *end = note ? strstr(note, mark) : NULL;
        if (!end)
            continue;
        while (end > note && end[-1] == ' ')
            end--;
        fprintf(stream, "%s%.*s", count++ ? "; " : "", (int)(end - note), note);
    }
    fputs(" (assumed)", stream);
    if (fclose(stream) != 0) {
        free(text);
        text = NULL;
    }
    if (text && count == 0) {
        free(text);
        return PN_OK;
    }
    return keep(list, text);
}

static bool is_of_partition(const pn_prediction *prediction, const char *note)
{
    for (int i = 0; i < prediction->parts; i++)
        if (said_of(prediction->part[i].partition->name, note))
            return true;
    return false;
}

pn_status pn_upgrade_note_machine(pn_upgrade_list *list, const pn_prediction *prediction)
{
    pn_status status = PN_OK;
    for (int i = 0; i < prediction->parts; i++)
        PN_TRY(note_partition(list, prediction->part[i].partition->name, "", prediction));
    for (int i = 0; i < prediction->notes; i++) {
        const char *note = prediction->note[i].text;
        if (strstr(note, mark) && !is_of_partition(prediction, note))
            PN_TRY(add(list, "%s", note));
    }
fail:
    return status;
}

pn_status pn_upgrade_note_mixture(pn_upgrade_list *list, const pn_mixture *mixture,
                                  const pn_prediction *prediction)
{
    const pn_machine *old = mixture->request->machine;
    const pn_predicted_part *added = &prediction->part[prediction->parts - 1];
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
