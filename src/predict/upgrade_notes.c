// SPDX-License-Identifier: BSD-3-Clause
// What a list of upgrades rests on: a line for each pair of networks that is joined, for each
// assumption on the machine, and one for each kind of node.
#include "predict/upgrade_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "(assumed";

// Takes `text`; NULL: memory was out when it was made.
static pn_status keep(pn_upgrade_list *list, char *text)
{
    if (!text)
        return pn_fail(PN_ERROR_MEMORY, "There is no memory for what a plan rests on.");
    for (int i = 0; i < list->notes; i++)
        if (strcmp(list->note[i], text) == 0) {
            free(text);
            return PN_OK;
        }
    char **note = realloc(list->note, (size_t)(list->notes + 1) * sizeof *note);
    if (!note) {
        free(text);
        return pn_fail(PN_ERROR_MEMORY, "There is no memory for %d notes.", list->notes + 1);
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

pn_status pn_upgrade_note_machine(pn_upgrade_list *list, const pn_prediction *prediction)
{
    pn_status status = PN_OK;
    for (int i = 0; i < prediction->notes && status == PN_OK; i++)
        if (strstr(prediction->note[i].text, mark))
            status = add(list, "%s", prediction->note[i].text);
    return status;
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

// "quad: memory of a node 512GB; links a node 4 (assumed)" out of the notes on "quad".
static pn_status note_kind(pn_upgrade_list *list, const char *name, const pn_prediction *prediction)
{
    char *text = NULL;
    size_t bytes, length = strlen(name);
    int count = 0;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return keep(list, NULL);
    fprintf(stream, "%s: ", name);
    for (int i = 0; i < prediction->notes; i++) {
        const char *note = prediction->note[i].text;
        const char *end = strstr(note, mark);
        if (!end || strncmp(note, name, length) != 0 || strncmp(note + length, ": ", 2) != 0)
            continue;
        note += length + 2;
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

pn_status pn_upgrade_note_mixture(pn_upgrade_list *list, const pn_mixture *mixture,
                                  const pn_prediction *prediction)
{
    const pn_machine *old = mixture->request->machine;
    const pn_predicted_part *added = &prediction->part[prediction->parts - 1];
    pn_status status;
    for (int i = 0; i < old->partitions_count; i++)
        PN_TRY(note_gateway(list, mixture->request, &old->partitions[i], mixture->kind));
    PN_TRY(note_kind(list, added->partition->name, prediction));
fail:
    return status;
}
