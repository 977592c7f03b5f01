// SPDX-License-Identifier: BSD-3-Clause
// The fields of a machine: figures, texts, and partitions by their names.
#include "config/machine.h"

#include "base/plain_text.h"
#include "config/nearest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const pn_machine_device *pn_machine_device_of(const pn_machine *machine,
                                              const pn_machine_partition *partition)
{
    for (int i = 0; partition->device && i < machine->devices_count; i++)
        if (strcasecmp(machine->devices[i].name, partition->device) == 0)
            return &machine->devices[i];
    return NULL;
}

pn_figure pn_figure_of(double value)
{
    return (pn_figure){.value = value, .low = value, .high = value, .set = true};
}

pn_figure pn_figure_rounded(double value)
{
    if (!(value > 0))
        return (pn_figure){.set = false};
    double unit = pow(10.0, floor(log10(value)) - 3.0);
    return pn_figure_of(round(value / unit) * unit);
}

enum { TEXT_BYTES = 16384 }; // the longest note of a machine file has a tenth

// Texts end up in comments of a batch script, where a second line would be a command.
static pn_status check_text(const char *text, size_t length)
{
    if (length > TEXT_BYTES)
        return pn_fail(PN_ERROR_USAGE,
                       "\"%.40s...\" has %zu bytes; a text of %d at most is allowed", text, length,
                       TEXT_BYTES);
    size_t line = strcspn(text, "\t\n"), plain = pn_plain_length(text);
    size_t good = line < plain ? line : plain;
    if (good >= length)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "\"%.*s\" is followed by the control character 0x%02X; a text of one line, "
                   "without tabs, is allowed",
                   (int)good, text, (unsigned)(unsigned char)text[good]);
}

pn_status pn_machine_text(char **field, const char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n') // as a block of YAML ends
        length--;
    pn_status status = check_text(text, length);
    if (status != PN_OK)
        return status;
    char *copy = strndup(text, length);
    if (!copy)
        return pn_fail_memory("for a machine");
    free(*field);
    *field = copy;
    return PN_OK;
}

int pn_machine_find(const pn_machine *machine, const char *name)
{
    for (int i = 0; i < machine->partitions_count; i++)
        if (strcmp(machine->partitions[i].name, name) == 0)
            return i;
    return -1;
}

pn_status pn_machine_fail_unknown(const pn_machine *machine, const char *name)
{
    const char **known = calloc((size_t)machine->partitions_count, sizeof *known);
    char all[1024] = "";
    if (!known)
        return pn_fail_memory("for a list of partitions");
    for (int i = 0; i < machine->partitions_count; i++) {
        known[i] = machine->partitions[i].name;
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", known[i]);
    }
    const char *nearest = pn_nearest(name, known, machine->partitions_count);
    free(known);
    return pn_fail(PN_ERROR_USAGE, "no partition is named \"%s\"%s%s%s; there are: %s", name,
                   nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "",
                   all);
}

double pn_machine_disagreement(const pn_machine_partition *partition)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < partition->measured_count; i++) {
        const pn_machine_measurement *m = &partition->measured[i];
        if (!m->operation || strcmp(m->operation, "multiply") != 0 || !m->spread.set)
            continue;
        sum += m->spread.value;
        count++;
    }
    return count > 0 ? sum / count : 0;
}
