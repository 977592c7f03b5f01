// SPDX-License-Identifier: BSD-3-Clause
#include "report/members.h"

#include "base/plain_text.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 48 };

// What was read, as JSON, cut to what a message can show.
static void show(const json_t *value, char text[SHOWN])
{
    bool is_deep = json_is_object(value) || json_is_array(value);
    char *dumped = is_deep ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    if (json_is_object(value))
        snprintf(text, SHOWN, "an object");
    else if (json_is_array(value))
        snprintf(text, SHOWN, "a list");
    else
        pn_plain_text(text, SHOWN, dumped ? dumped : "nothing");
    free(dumped);
}

static void fail(const pn_members *members, const char *name, const json_t *value,
                 const char *allowed)
{
    char read[SHOWN];
    if (*members->status != PN_OK)
        return;
    show(value, read);
    if (members->of && members->index >= 0)
        *members->status = pn_fail(PN_ERROR_USAGE, "\"%s\" %lld, %s: read %s; allowed: %s",
                                   members->of, (long long)members->index, name, read, allowed);
    else if (members->of)
        *members->status = pn_fail(PN_ERROR_USAGE, "\"%s\", %s: read %s; allowed: %s", members->of,
                                   name, read, allowed);
    else
        *members->status = pn_fail(PN_ERROR_USAGE, "%s: read %s; allowed: %s", name, read, allowed);
}

void pn_members_refuse(const pn_members *members, const char *key, const char *allowed, ...)
{
    char words[200], name[64];
    va_list arguments;
    va_start(arguments, allowed);
    vsnprintf(words, sizeof words, allowed, arguments);
    va_end(arguments);
    snprintf(name, sizeof name, "\"%s\"", key);
    fail(members, name, json_object_get(members->object, key), words);
}

static int64_t whole(const pn_members *members, const char *name, const json_t *value,
                     const int64_t bounds[2])
{
    int64_t read = json_integer_value(value);
    char words[80];
    if (json_is_integer(value) && read >= bounds[0] && read <= bounds[1])
        return read;
    snprintf(words, sizeof words, "a whole number from %lld to %lld", (long long)bounds[0],
             (long long)bounds[1]);
    fail(members, name, value, words);
    return 0;
}

int64_t pn_members_count(const pn_members *members, const char *key, int64_t least, int64_t most)
{
    const json_t *value = json_object_get(members->object, key);
    char name[64];
    snprintf(name, sizeof name, "\"%s\"", key);
    return value ? whole(members, name, value, (int64_t[]){least, most}) : 0;
}

int64_t pn_members_index(const pn_members *members, const char *key, int64_t most)
{
    return json_is_null(json_object_get(members->object, key))
               ? 0
               : pn_members_count(members, key, 0, most);
}

int64_t pn_members_entry(const pn_members *members, const char *key, size_t index, int64_t least,
                         int64_t most)
{
    char name[80];
    snprintf(name, sizeof name, "\"%s\" %zu", key, index);
    const json_t *value = json_array_get(json_object_get(members->object, key), index);
    return whole(members, name, value, (int64_t[]){least, most});
}

double pn_members_number(const pn_members *members, const char *key, pn_bounds bounds)
{
    const json_t *value = json_object_get(members->object, key);
    double read = json_number_value(value);
    if (!value || (json_is_number(value) && read >= bounds.least && read <= bounds.most))
        return read;
    pn_members_refuse(members, key, "a number from %g to %g", bounds.least, bounds.most);
    return 0;
}

double pn_members_finding(const pn_members *members, const char *key, pn_bounds bounds)
{
    return json_is_null(json_object_get(members->object, key))
               ? NAN
               : pn_members_number(members, key, bounds);
}

bool pn_members_truth(const pn_members *members, const char *key)
{
    const json_t *value = json_object_get(members->object, key);
    if (value && !json_is_boolean(value))
        pn_members_refuse(members, key, "true or false");
    return json_is_true(value);
}

void pn_members_text(const pn_members *members, const char *key, char *text, size_t bytes)
{
    const json_t *value = json_object_get(members->object, key);
    if (value && !json_is_string(value))
        pn_members_refuse(members, key, "text");
    pn_plain_text(text, bytes, json_is_string(value) ? json_string_value(value) : "");
}

pn_members pn_members_inside(const pn_members *members, const char *key)
{
    const json_t *value = json_object_get(members->object, key);
    if (value && !json_is_object(value))
        pn_members_refuse(members, key, "an object");
    pn_members inside = *members;
    inside.object = json_is_object(value) ? value : NULL;
    if (!members->of)
        inside.of = key;
    return inside;
}

const json_t *pn_members_list(const pn_members *members, const char *key)
{
    const json_t *value = json_object_get(members->object, key);
    if (value && !json_is_array(value) && !json_is_null(value))
        pn_members_refuse(members, key, "a list");
    return json_is_array(value) ? value : NULL;
}
