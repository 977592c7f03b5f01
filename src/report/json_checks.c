// SPDX-License-Identifier: BSD-3-Clause
#include "report/json_checks.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

enum { CORRECTIONS_MOST = 1 << 20 };

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *known(int64_t value)
{
    return value >= 0 ? json_integer(value) : json_null();
}

static json_t *correction_of(const pn_correction *c)
{
    json_t *object = json_object();
    json_object_set_new(object, "step", json_integer(c->step));
    json_object_set_new(object, "row", known(c->row));
    json_object_set_new(object, "column", known(c->column));
    json_object_set_new(object, "difference", number(c->difference));
    json_object_set_new(object, "rank", known(c->rank));
    json_object_set_new(object, "rows", json_integer(c->rows));
    json_object_set_new(object, "again_from_step", known(c->again));
    return object;
}

json_t *pn_json_checks(const pn_result *result)
{
    json_t *object = json_object(), *list = json_array();
    json_object_set_new(object, "every", json_integer(result->settings.check_every));
    json_object_set_new(object, "count", json_integer(result->check_count));
    json_object_set_new(object, "seconds", number(result->check_seconds));
    json_object_set_new(object, "noise", number(result->check_noise));
    json_object_set_new(object, "largest_sigmas", number(result->check_largest));
    for (int i = 0; i < result->correction_count; i++)
        json_array_append_new(list, correction_of(&result->corrections[i]));
    json_object_set_new(object, "corrections", list);
    return object;
}

// -1 where it is null or missing.
static int64_t read_known(const pn_members *members, const char *key, int64_t most)
{
    const json_t *value = json_object_get(members->object, key);
    return !value || json_is_null(value) ? -1 : pn_members_count(members, key, 0, most);
}

static pn_correction read_correction(const pn_members *members)
{
    const pn_bounds any = {-INFINITY, INFINITY};
    pn_correction c = {.step = pn_members_count(members, "step", 0, PN_N_LIMIT),
                       .row = read_known(members, "row", PN_N_LIMIT),
                       .column = read_known(members, "column", PN_N_LIMIT + 1),
                       .difference = pn_members_finding(members, "difference", any),
                       .rank = (int)read_known(members, "rank", INT_MAX),
                       .rows = pn_members_count(members, "rows", 0, PN_N_LIMIT),
                       .again = read_known(members, "again_from_step", PN_N_LIMIT)};
    if (isnan(c.difference))
        c.difference = INFINITY;
    return c;
}

void pn_json_checks_read(const pn_members *record, pn_result *result)
{
    const pn_bounds positive = {0, INFINITY};
    pn_members checks = pn_members_inside(record, "checks");
    const json_t *list = pn_members_list(&checks, "corrections");
    size_t count = json_array_size(list);
    result->settings.check_every = (int)pn_members_count(&checks, "every", 0, INT_MAX);
    result->check_count = (int)pn_members_count(&checks, "count", 0, INT_MAX);
    result->check_seconds = pn_members_number(&checks, "seconds", positive);
    if (count > CORRECTIONS_MOST)
        pn_members_refuse(&checks, "corrections", "%d at most", (int)CORRECTIONS_MOST);
    for (size_t i = 0; *record->status == PN_OK && i < count; i++) {
        pn_members entry = {.object = json_array_get(list, i),
                            .of = "corrections",
                            .index = (int64_t)i,
                            .status = record->status};
        pn_correction c = read_correction(&entry);
        if (*record->status == PN_OK)
            *record->status = pn_result_add_correction(result, &c);
    }
}
