// SPDX-License-Identifier: BSD-3-Clause
#include "report/comparison.h"

#include "base/plain_text.h"
#include "report/rank_kinds.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Members that say where something was written or how much was spoken, or when: no settings.
static bool is_setting(const char *key)
{
    static const char *const others[] = {"json",  "output", "quiet", "verbose", "memory_available",
                                         "began", "ended"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(key, others[i]) == 0)
            return false;
    return true;
}

static void show(const json_t *value, char *text, size_t bytes)
{
    char *dumped = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6)) : NULL;
    pn_plain_text(text, bytes,
                  json_is_string(value) ? json_string_value(value)
                  : dumped              ? dumped
                                        : "-");
    free(dumped);
}

static void note(pn_comparison *c, const char *group, const char *key, const json_t *was,
                 const json_t *now)
{
    if (c->difference_count == PN_DIFFERENCES || json_equal(was, now) || (!was && !now))
        return;
    pn_difference *d = &c->difference[c->difference_count++];
    char name[sizeof d->name];
    snprintf(name, sizeof name, "%s%s%.64s", group, *group ? "." : "", key);
    pn_plain_text(d->name, sizeof d->name, name);
    show(was, d->was, sizeof d->was);
    show(now, d->now, sizeof d->now);
}

static void note_group(pn_comparison *c, const char *group, const json_t *was, const json_t *now)
{
    const json_t *first = json_object_get(was, group), *other = json_object_get(now, group);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)first, key, value) if (is_setting(key))
        note(c, group, key, value, json_object_get(other, key));
    json_object_foreach((json_t *)other, key,
                        value) if (is_setting(key) && !json_object_get(first, key))
        note(c, group, key, NULL, value);
}

static void note_all(pn_comparison *c, const json_t *was, const json_t *now)
{
    static const char *const single[] = {"n", "nb", "grid"};
    static const char *const groups[] = {"versions", "machine", "settings", "options"};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        note(c, "", single[i], json_object_get(was, single[i]), json_object_get(now, single[i]));
    size_t was_ranks = json_array_size(json_object_get(was, "ranks"));
    size_t now_ranks = json_array_size(json_object_get(now, "ranks"));
    if (was_ranks != now_ranks) {
        json_t *one = json_integer((json_int_t)was_ranks);
        json_t *two = json_integer((json_int_t)now_ranks);
        note(c, "", "ranks", one, two);
        json_decref(one);
        json_decref(two);
    }
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        note_group(c, groups[i], was, now);
}

static void compare_phases(pn_comparison *c, const pn_sample *first, const pn_sample *other)
{
    double largest = -1;
    for (int phase = 0; phase < PN_PHASE_COUNT; phase++) {
        c->was[phase] = pn_sample_phase(first, (pn_phase)phase);
        c->now[phase] = pn_sample_phase(other, (pn_phase)phase);
        double change = fabs(c->now[phase] - c->was[phase]);
        if (change > largest)
            c->largest = (pn_phase)phase;
        largest = fmax(largest, change);
    }
}

static const pn_rank_kind *kind_named(const pn_rank_kinds *kinds, const char *name)
{
    for (int i = 0; i < kinds->count; i++)
        if (strcmp(kinds->kind[i].name, name) == 0)
            return &kinds->kind[i];
    return NULL;
}

static void match_kinds(pn_comparison *c, const pn_rank_kinds *was, const pn_rank_kinds *now)
{
    for (int i = 0; i < was->count && c->part_count < PN_PARTS_COMPARED; i++) {
        const pn_rank_kind *same = kind_named(now, was->kind[i].name);
        if (!same)
            continue;
        pn_part_ratio *part = &c->part[c->part_count++];
        pn_plain_text(part->kind, sizeof part->kind, same->name);
        part->was = was->kind[i].rate;
        part->now = same->rate;
    }
}

static pn_status compare_parts(pn_comparison *c, const pn_sample *first, const pn_sample *other)
{
    pn_rank_kinds was = {0}, now = {0};
    pn_status status = pn_rank_kinds_create(&was, &first->reading.result);
    if (status != PN_OK)
        return status;
    status = pn_rank_kinds_create(&now, &other->reading.result);
    if (status == PN_OK) {
        match_kinds(c, &was, &now);
        pn_rank_kinds_release(&now);
    }
    pn_rank_kinds_release(&was);
    return status;
}

pn_status pn_comparison_make(pn_comparison *comparison, const pn_sample *first,
                             const pn_sample *other)
{
    pn_comparison *c = comparison;
    *c = (pn_comparison){.ratio = first->rate > 0 ? other->rate / first->rate : 0,
                         .least = first->most > 0 ? other->least / first->most : 0,
                         .most = first->least > 0 ? other->most / first->least : 0,
                         .is_beyond = first->count > 1 && other->count > 1 &&
                                      (other->least > first->most || other->most < first->least),
                         .same_problem =
                             first->reading.result.settings.n == other->reading.result.settings.n};
    compare_phases(c, first, other);
    note_all(c, first->reading.record, other->reading.record);
    return compare_parts(c, first, other);
}
