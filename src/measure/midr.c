// SPDX-License-Identifier: BSD-3-Clause
// The numbers are those of each maker's reference manuals, as Linux lists them in cputype.h.
#include "measure/midr.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 8 };

typedef struct kind {
    unsigned maker, part;
    int cores;
} kind;

static const struct known {
    unsigned maker, part;
    const char *name;
} known[] = {
    {0x41, 0xd03, "Cortex-A53"},  {0x41, 0xd05, "Cortex-A55"},    {0x41, 0xd07, "Cortex-A57"},
    {0x41, 0xd08, "Cortex-A72"},  {0x41, 0xd09, "Cortex-A73"},    {0x41, 0xd0a, "Cortex-A75"},
    {0x41, 0xd0b, "Cortex-A76"},  {0x41, 0xd0c, "Neoverse N1"},   {0x41, 0xd0d, "Cortex-A77"},
    {0x41, 0xd40, "Neoverse V1"}, {0x41, 0xd41, "Cortex-A78"},    {0x41, 0xd44, "Cortex-X1"},
    {0x41, 0xd46, "Cortex-A510"}, {0x41, 0xd47, "Cortex-A710"},   {0x41, 0xd48, "Cortex-X2"},
    {0x41, 0xd49, "Neoverse N2"}, {0x41, 0xd4d, "Cortex-A715"},   {0x41, 0xd4e, "Cortex-X3"},
    {0x41, 0xd4f, "Neoverse V2"}, // NVIDIA's Grace, and clouds' own
    {0x41, 0xd80, "Cortex-A520"}, {0x41, 0xd81, "Cortex-A720"},   {0x41, 0xd82, "Cortex-X4"},
    {0x41, 0xd84, "Neoverse V3"}, {0x41, 0xd85, "Cortex-X925"},   {0x41, 0xd87, "Cortex-A725"},
    {0x41, 0xd8e, "Neoverse N3"}, {0x42, 0x516, "ThunderX2"},     {0x43, 0x0a1, "ThunderX"},
    {0x43, 0x0af, "ThunderX2"},   {0x46, 0x001, "A64FX"},         {0x46, 0x003, "MONAKA"},
    {0x48, 0xd01, "Kunpeng 920"}, {0x4e, 0x004, "Carmel"},        {0x4e, 0x010, "Vera"},
    {0x50, 0x000, "X-Gene"},      {0x51, 0x001, "Oryon"},         {0x51, 0xc00, "Falkor"},
    {0x61, 0x022, "M1 little"},   {0x61, 0x023, "M1 big"},        {0x61, 0x024, "M1 Pro little"},
    {0x61, 0x025, "M1 Pro big"},  {0x61, 0x028, "M1 Max little"}, {0x61, 0x029, "M1 Max big"},
    {0x61, 0x032, "M2 little"},   {0x61, 0x033, "M2 big"},        {0xc0, 0xac3, "AmpereOne"},
    {0xc0, 0xac4, "AmpereOne A"},
};

// "CPU part\t: 0xd0c"
static bool read_number(const char *line, const char *key, unsigned *number)
{
    const char *colon = strchr(line, ':');
    if (strncmp(line, key, strlen(key)) != 0 || !colon)
        return false;
    *number = (unsigned)strtoul(colon + 1, NULL, 0);
    return true;
}

static void count(kind *kinds, int *kinds_count, unsigned maker, unsigned part)
{
    int i = 0;
    while (i < *kinds_count && (kinds[i].maker != maker || kinds[i].part != part))
        i++;
    if (i == KINDS)
        return;
    if (i == *kinds_count)
        kinds[(*kinds_count)++] = (kind){maker, part, 0};
    kinds[i].cores++;
}

static int read_kinds(const char *proc, kind *kinds)
{
    char path[PATH_MAX], line[1024];
    int kinds_count = 0;
    unsigned maker = 0, part;
    snprintf(path, sizeof path, "%s/cpuinfo", proc);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (!read_number(line, "CPU implementer", &maker) && read_number(line, "CPU part", &part))
            count(kinds, &kinds_count, maker, part);
    if (file)
        fclose(file);
    return kinds_count;
}

static void print_kind(const kind *of, char *text, size_t bytes)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].maker == of->maker && known[i].part == of->part) {
            snprintf(text, bytes, "%s", known[i].name);
            return;
        }
    snprintf(text, bytes, "Arm processor 0x%02x 0x%03x", of->maker, of->part);
}

static int most_cores_first(const void *a, const void *b)
{
    return ((const kind *)b)->cores - ((const kind *)a)->cores;
}

bool pn_midr_name(const char *proc, char *name, size_t bytes)
{
    kind kinds[KINDS];
    int kinds_count = read_kinds(proc, kinds);
    size_t used = 0;
    if (kinds_count == 1)
        print_kind(&kinds[0], name, bytes);
    if (kinds_count <= 1)
        return kinds_count == 1;
    qsort(kinds, (size_t)kinds_count, sizeof kinds[0], most_cores_first);
    for (int i = 0; i < kinds_count && used < bytes; i++) {
        char one[64];
        print_kind(&kinds[i], one, sizeof one);
        used += (size_t)snprintf(name + used, bytes - used, "%s%d %s", i ? " + " : "",
                                 kinds[i].cores, one);
    }
    return true;
}
