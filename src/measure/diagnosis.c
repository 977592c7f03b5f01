// SPDX-License-Identifier: BSD-3-Clause
#include "measure/diagnosis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

pn_symptom *pn_diagnosis_add(pn_diagnosis *diagnosis, const char *name)
{
    if (diagnosis->count < PN_SYMPTOMS)
        diagnosis->count++;
    pn_symptom *symptom = &diagnosis->symptom[diagnosis->count - 1];
    *symptom = (pn_symptom){.cost = 0};
    snprintf(symptom->name, sizeof symptom->name, "%s", name);
    return symptom;
}

bool pn_symptom_matters(const pn_symptom *symptom)
{
    return symptom->cost > 0.05; // NAN is not
}

static bool are_alike(const pn_symptom *one, const pn_symptom *other)
{
    if (strcmp(one->name, other->name) != 0)
        return false;
    return (one->is_measured && other->is_measured) ||
           (strcmp(one->fact, other->fact) == 0 && strcmp(one->advice, other->advice) == 0);
}

// What is not known counts as more than nothing.
static double weight(const pn_symptom *symptom)
{
    return isnan(symptom->cost) ? 1e-9 : symptom->cost;
}

static void count_in(pn_symptom_line *line, const pn_symptom *symptom, int rank)
{
    line->ranks++;
    if (weight(symptom) > weight(line->symptom)) {
        line->symptom = symptom;
        line->rank = rank;
    }
}

// After the last line of its name, so that what differs stands together.
static int place_of(const pn_symptom_line *lines, int count, const char *name)
{
    for (int i = count; i > 0; i--)
        if (strcmp(lines[i - 1].symptom->name, name) == 0)
            return i;
    return count;
}

int pn_diagnosis_join(const pn_diagnosis *all, int ranks, pn_symptom_line *lines, int most)
{
    int count = 0;
    for (int rank = 0; rank < ranks; rank++)
        for (int i = 0; i < all[rank].count; i++) {
            const pn_symptom *symptom = &all[rank].symptom[i];
            int like = 0;
            while (like < count && !are_alike(lines[like].symptom, symptom))
                like++;
            if (like < count) {
                count_in(&lines[like], symptom, rank);
            } else if (count < most) {
                int place = place_of(lines, count, symptom->name);
                memmove(&lines[place + 1], &lines[place], (size_t)(count - place) * sizeof *lines);
                lines[place] = (pn_symptom_line){symptom, rank, 1};
                count++;
            }
        }
    return count;
}
