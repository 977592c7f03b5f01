// SPDX-License-Identifier: BSD-3-Clause
// Narrows a machine to some of its partitions: by name, or to those in service on a day; and gives
// it another number of nodes.
#include "config/machine_select.h"

#include "config/machine_table.h"

#include <stdlib.h>
#include <string.h>

static const pn_shape *entries_of(const char *list)
{
    for (int i = 0; i < pn_machine_shape.count; i++)
        if (strcmp(pn_machine_shape.rows[i].key, list) == 0)
            return pn_machine_shape.rows[i].entries;
    return NULL;
}

static void keep_gateways(pn_machine *machine)
{
    int kept = 0;
    for (int i = 0; i < machine->gateways_count; i++) {
        pn_machine_gateway *gateway = &machine->gateways[i];
        if (pn_machine_find(machine, gateway->from) >= 0 &&
            pn_machine_find(machine, gateway->to) >= 0)
            machine->gateways[kept++] = *gateway;
        else
            pn_shape_release(entries_of("gateways"), gateway);
    }
    machine->gateways_count = kept;
}

// place[i]: where partition i goes among the `kept` ones; -1: dropped.
static pn_status keep_partitions(pn_machine *machine, const int *place, int kept)
{
    pn_machine_partition *partitions = calloc((size_t)kept, sizeof *partitions);
    if (!partitions)
        return pn_fail_memory("for a list of partitions");
    for (int i = 0; i < machine->partitions_count; i++) {
        if (place[i] >= 0)
            partitions[place[i]] = machine->partitions[i];
        else
            pn_shape_release(entries_of("partitions"), &machine->partitions[i]);
    }
    free(machine->partitions);
    machine->partitions = partitions;
    machine->partitions_count = kept;
    keep_gateways(machine);
    return PN_OK;
}

// place[partitions], all -1; NULL if memory is out.
static int *create_places(const pn_machine *machine)
{
    size_t bytes = (size_t)machine->partitions_count * sizeof(int);
    int *place = malloc(bytes);
    return place ? memset(place, -1, bytes) : NULL;
}

// Without the blanks at both ends; names may have some inside.
static char *trim(char *text)
{
    text += strspn(text, " ");
    for (size_t length = strlen(text); length > 0 && text[length - 1] == ' '; length--)
        text[length - 1] = '\0';
    return text;
}

// Fills place[] from the names, cutting `names` up.
static pn_status place_names(const pn_machine *machine, char *names, int *place, int *kept)
{
    char *rest = NULL;
    for (char *name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        name = trim(name);
        int i = pn_machine_find(machine, name);
        if (i < 0)
            return pn_machine_fail_unknown(machine, name);
        if (place[i] >= 0)
            return pn_fail(PN_ERROR_USAGE, "partition \"%s\" is named twice; once is allowed",
                           name);
        place[i] = (*kept)++;
    }
    if (*kept == 0)
        return pn_fail(PN_ERROR_USAGE, "the list of partitions is empty; a name or several with "
                                       "commas are allowed");
    return PN_OK;
}

pn_status pn_machine_select(pn_machine *machine, const char *names)
{
    int kept = 0, *place = create_places(machine);
    char *copy = strdup(names);
    pn_status status = place && copy ? place_names(machine, copy, place, &kept)
                                     : pn_fail_memory("for a list of names");
    if (status == PN_OK)
        status = keep_partitions(machine, place, kept);
    free(copy);
    free(place);
    return status;
}

// Keeps partition i where place[i] is set; takes over `place`. Without any: `otherwise`.
static pn_status keep_listed(pn_machine *machine, int *place, int kept, pn_status otherwise)
{
    pn_status status = kept > 0 ? keep_partitions(machine, place, kept) : otherwise;
    free(place);
    return status;
}

pn_status pn_machine_at_present(pn_machine *machine)
{
    int kept = 0, *place = create_places(machine);
    if (!place)
        return pn_fail_memory("for a list of partitions");
    for (int i = 0; i < machine->partitions_count; i++)
        if (!machine->partitions[i].until)
            place[i] = kept++;
    return keep_listed(machine, place, kept, PN_OK);
}

static bool in_service(const pn_machine_partition *partition, int day)
{
    int since, until;
    if (partition->since && pn_date_parse(partition->since, &since) == PN_OK && day < since)
        return false;
    return !(partition->until && pn_date_parse(partition->until, &until) == PN_OK && day >= until);
}

pn_status pn_machine_at(pn_machine *machine, const char *date)
{
    int day, kept = 0;
    pn_status status = pn_date_parse(date, &day);
    if (status != PN_OK)
        return status;
    int *place = create_places(machine);
    if (!place)
        return pn_fail_memory("for a list of partitions");
    for (int i = 0; i < machine->partitions_count; i++)
        if (in_service(&machine->partitions[i], day))
            place[i] = kept++;
    if (kept == 0)
        status = pn_fail(PN_ERROR_USAGE, "no partition of %s was in service on %s",
                         machine->machine, date);
    return keep_listed(machine, place, kept, status);
}

static void drop(pn_figure *figure)
{
    free(figure->source);
    *figure = (pn_figure){0};
}

static pn_status set_nodes(pn_figure *figure, double nodes)
{
    drop(figure);
    *figure = pn_figure_of(nodes);
    return pn_machine_text(&figure->source, "--nodes");
}

static pn_status scale(pn_figure *figure, double before, double nodes)
{
    char source[96];
    if (!figure->set)
        return PN_OK;
    figure->value *= nodes / before;
    figure->low *= nodes / before;
    figure->high *= nodes / before;
    snprintf(source, sizeof source, "scaled from that of %.0f nodes", before);
    return pn_machine_text(&figure->source, source);
}

static pn_status resize(pn_machine_partition *p, double nodes)
{
    pn_figure *growing[] = {&p->total_cores, &p->total_devices, &p->peak, &p->listed_rpeak,
                            &p->listed_power};
    double before = p->nodes.value;
    bool is_sure = p->nodes.low == p->nodes.high && !p->nodes.assumed;
    pn_status status = PN_OK;
    if (nodes == before && is_sure)
        return PN_OK;
    PN_TRY(set_nodes(&p->nodes, nodes));
    if (nodes == before)
        return PN_OK;
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
        PN_TRY(scale(growing[i], before, nodes));
    drop(&p->listed_rmax);
    drop(&p->listed_n);
fail:
    return status;
}

pn_status pn_machine_resize(pn_machine *machine, double nodes)
{
    pn_status status = PN_OK;
    for (int i = 0; i < machine->partitions_count && status == PN_OK; i++)
        status = resize(&machine->partitions[i], nodes);
    return status;
}
