// SPDX-License-Identifier: BSD-3-Clause
#include "measure/meter_log.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// What the methodology asks for.
static const double least_core = 60;                            // s
static const double longest_share = 0.1;                        // of the core phase, of an interval
static const double least_part[] = {0, 1.0 / 10, 1.0 / 8, 1.0}; // of the nodes, by level
enum { LEAST_READINGS = 10, LEVELS = 3 };

static pn_meter_set *find(pn_meter_log *log, const pn_meter_reading *reading)
{
    for (int i = 0; i < log->count; i++)
        if (strncmp(log->set[i].name, reading->set, PN_METER_NAME - 1) == 0)
            return &log->set[i];
    if (log->count == PN_METER_SETS)
        return NULL;
    pn_meter_set *set = &log->set[log->count++];
    *set = (pn_meter_set){
        .metered = reading->metered, .nodes = reading->nodes, .is_counter = reading->is_counter};
    snprintf(set->name, sizeof set->name, "%s", reading->set);
    return set;
}

static void add_interval(const pn_meter_log *log, pn_meter_set *set, double begin, double end,
                         double joules)
{
    set->beside += end <= log->whole_begin || begin >= log->whole_end;
    if (begin < log->core_begin || end > log->core_end)
        return;
    set->inside++;
    set->seconds += end - begin;
    set->joules += joules;
    set->longest = fmax(set->longest, end - begin);
}

pn_status pn_meter_log_add(pn_meter_log *log, const pn_meter_reading *reading)
{
    pn_meter_set *set = find(log, reading);
    if (!set)
        return pn_fail(PN_ERROR_USAGE, "there are more than the %d sets that are allowed",
                       PN_METER_SETS);
    if (set->metered != reading->metered || set->nodes != reading->nodes)
        return pn_fail(PN_ERROR_USAGE,
                       "set \"%s\" has %g of %g nodes here and had %g of %g; allowed: the same in "
                       "all its rows",
                       set->name, reading->metered, reading->nodes, set->metered, set->nodes);
    if (set->readings > 0 && reading->time <= set->last)
        return pn_fail(PN_ERROR_USAGE,
                       "time %.3f of set \"%s\" is not behind %.3f, the one before; allowed: "
                       "ascending times",
                       reading->time, set->name, set->last);
    if (set->readings > 0 && set->is_counter && reading->value < set->counter)
        return pn_fail(PN_ERROR_USAGE,
                       "the counter of set \"%s\" falls from %g to %g J; allowed: one that grows",
                       set->name, set->counter, reading->value);
    if (set->readings == 0)
        set->first = reading->time;
    else
        add_interval(log, set, set->last, reading->time,
                     set->is_counter ? reading->value - set->counter
                                     : reading->value * (reading->time - set->last));
    set->readings++;
    set->last = reading->time;
    set->counter = reading->value;
    return PN_OK;
}

// What `level` asks for and a set does not have; "" if nothing.
static void find_lack(const pn_meter_log *log, const pn_meter_set *set, int level, char text[256])
{
    double core = log->core_end - log->core_begin;
    text[0] = '\0';
    if (core < least_core)
        snprintf(text, 256, "a core phase of at least %.0f s (it took %.1f)", least_core, core);
    else if (set->inside < LEAST_READINGS)
        snprintf(text, 256, "at least %d readings of \"%s\" inside the core phase (there are %ld)",
                 LEAST_READINGS, set->name, set->inside);
    else if (set->longest > longest_share * core)
        snprintf(text, 256, "readings of \"%s\" at most %.0f s apart (some are %.0f)", set->name,
                 longest_share * core, set->longest);
    else if (set->metered < least_part[level] * set->nodes)
        snprintf(text, 256, "%.0f of the %.0f nodes of \"%s\" metered (%.0f are)",
                 ceil(least_part[level] * set->nodes), set->nodes, set->name, set->metered);
    else if (level >= 2 && (set->first > log->whole_begin || set->last < log->whole_end))
        snprintf(text, 256,
                 "readings of \"%s\" from before the matrix is generated until it is "
                 "verified",
                 set->name);
    else if (level >= 2 && set->beside == 0)
        snprintf(text, 256, "readings of \"%s\" of idle nodes, before the run or behind it",
                 set->name);
    else if (level >= 3 && !set->is_counter)
        snprintf(text, 256, "energy (joules) of \"%s\", not power", set->name);
}

static void find_level(const pn_meter_log *log, pn_meter_result *result)
{
    for (int level = 1; level <= LEVELS; level++) {
        for (int i = 0; i < log->count; i++) {
            find_lack(log, &log->set[i], level, result->lacking);
            if (result->lacking[0])
                return;
        }
        result->level = level;
    }
}

pn_status pn_meter_log_finish(pn_meter_log *log, pn_meter_result *result)
{
    *result = (pn_meter_result){.level = 0};
    for (int i = 0; i < log->count; i++) {
        pn_meter_set *set = &log->set[i];
        if (set->inside == 0)
            return pn_fail(PN_ERROR_USAGE,
                           "set \"%s\" has readings from %.0f to %.0f s since 1970, and none whose "
                           "interval lies wholly inside the core phase of the run, %.0f to %.0f",
                           set->name, set->first, set->last, log->core_begin, log->core_end);
        set->watts = set->joules / set->seconds * set->nodes / set->metered;
        result->watts += set->watts;
    }
    result->joules = result->watts * (log->core_end - log->core_begin);
    find_level(log, result);
    return PN_OK;
}
