// SPDX-License-Identifier: BSD-3-Clause
// The median of each kind is taken from a copy sorted by kind and value, so that thousands of ranks
// cost no more than a sort.
#include "measure/outlier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    pn_outlier_value part;
    int index;
} entry;

static int by_kind_and_value(const void *left, const void *right)
{
    const entry *a = left, *b = right;
    int kinds = strcmp(a->part.kind, b->part.kind);
    if (kinds != 0)
        return kinds;
    return (a->part.value > b->part.value) - (a->part.value < b->part.value);
}

static int by_ratio(const void *left, const void *right)
{
    const pn_standing *a = left, *b = right;
    if (a->ratio != b->ratio)
        return a->ratio < b->ratio ? -1 : 1;
    return a->index - b->index;
}

static int keep_measured(const pn_outlier_value *parts, int count, entry *kept)
{
    int measured = 0;
    for (int i = 0; i < count; i++)
        if (isfinite(parts[i].value) && parts[i].value > 0)
            kept[measured++] = (entry){parts[i], i};
    return measured;
}

// A run of entries of one kind, sorted by value.
static void compare_kind(const entry *kind, int peers, double tolerance, pn_standing *standings)
{
    double usual = kind[peers / 2].part.value;
    for (int i = 0; i < peers; i++) {
        double ratio = kind[i].part.value / usual;
        standings[i] = (pn_standing){.index = kind[i].index,
                                     .peers = peers,
                                     .value = kind[i].part.value,
                                     .usual = usual,
                                     .ratio = ratio,
                                     .is_outlier = ratio < 1.0 - tolerance};
    }
}

int pn_outlier_order(const pn_outlier_value *parts, int count, double tolerance,
                     pn_standing *standings)
{
    entry *entries = malloc((size_t)(count + 1) * sizeof *entries);
    if (!entries)
        return -1;
    int measured = keep_measured(parts, count, entries);
    qsort(entries, (size_t)measured, sizeof *entries, by_kind_and_value);
    for (int first = 0, end; first < measured; first = end) {
        end = first + 1;
        while (end < measured && strcmp(entries[first].part.kind, entries[end].part.kind) == 0)
            end++;
        compare_kind(entries + first, end - first, tolerance, standings + first);
    }
    free(entries);
    qsort(standings, (size_t)measured, sizeof *standings, by_ratio);
    return measured;
}
