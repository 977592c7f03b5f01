// SPDX-License-Identifier: BSD-3-Clause
#include "config/machine_make.h"

#include "config/machine_table.h"

#include <stdlib.h>
#include <string.h>

pn_status pn_machine_create(pn_machine **machine, const char *name)
{
    *machine = calloc(1, sizeof **machine);
    if (!*machine)
        return pn_fail_memory("for a machine");
    pn_status status = pn_machine_text(&(*machine)->machine, name);
    if (status != PN_OK) {
        pn_machine_destroy(*machine);
        *machine = NULL;
    }
    return status;
}

void pn_machine_destroy(pn_machine *machine)
{
    if (!machine)
        return;
    pn_shape_release(&pn_machine_shape, machine);
    free(machine);
}

static const pn_row *list_row(const pn_shape *shape, const char *key)
{
    for (int i = 0; i < shape->count; i++)
        if (strcmp(shape->rows[i].key, key) == 0)
            return &shape->rows[i];
    return NULL;
}

pn_machine_partition *pn_machine_add_partition(pn_machine *machine)
{
    return pn_row_append(list_row(&pn_machine_shape, "partitions"), machine);
}

pn_machine_device *pn_machine_add_device(pn_machine *machine)
{
    return pn_row_append(list_row(&pn_machine_shape, "devices"), machine);
}

pn_machine_measurement *pn_machine_add_measurement(pn_machine_partition *partition)
{
    const pn_row *partitions = list_row(&pn_machine_shape, "partitions");
    return pn_row_append(list_row(partitions->entries, "measured"), partition);
}
