// SPDX-License-Identifier: BSD-3-Clause
#include "cli/meter_table.h"

#include "base/plain_text.h"
#include "base/rate_text.h"
#include "measure/meter_log.h"
#include "top500/table_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

typedef enum column { TIME, WATTS, JOULES, SET, METERED, NODES, COLUMNS } column;

static const char *const headings[COLUMNS] = {"time", "watts", "joules", "set", "metered", "nodes"};

typedef struct meter_reader {
    pn_meter_log *log;
    const char *path;
    bool has_heading;
    int place[COLUMNS]; // -1: not there
} meter_reader;

static pn_status read_heading(meter_reader *r, int cells, char *const *cell)
{
    for (int c = 0; c < COLUMNS; c++) {
        r->place[c] = -1;
        for (int i = 0; i < cells; i++)
            if (strcasecmp(cell[i], headings[c]) == 0)
                r->place[c] = i;
    }
    if (r->place[TIME] < 0 || (r->place[WATTS] < 0) == (r->place[JOULES] < 0))
        return pn_fail(
            PN_ERROR_USAGE,
            "%s, row 1: %s; allowed: time, one of watts and joules, and set, metered and "
            "nodes where wanted",
            r->path,
            r->place[TIME] < 0    ? "there is no column \"time\""
            : r->place[WATTS] < 0 ? "there is no column \"watts\" or \"joules\""
                                  : "there are both \"watts\" and \"joules\"");
    r->has_heading = true;
    return PN_OK;
}

// 2026-06-01T12:00:00.5Z, or with a space and an offset from UTC. False: it is no such time.
static bool read_date(const char *text, double *seconds)
{
    struct tm date = {0};
    double second;
    int hours = 0, minutes = 0, used = 0, more = 0;
    char between, sign = 'Z';
    if (sscanf(text, "%4d-%2d-%2d%c%2d:%2d:%lf%n", &date.tm_year, &date.tm_mon, &date.tm_mday,
               &between, &date.tm_hour, &date.tm_min, &second, &used) != 7 ||
        !strchr("T ", between) || !(second >= 0 && second < 61))
        return false;
    const char *zone = text + used;
    if (strcmp(zone, "Z") != 0 &&
        (sscanf(zone, "%c%2d:%2d%n", &sign, &hours, &minutes, &more) != 3 || zone[more] ||
         !strchr("+-", sign)))
        return false;
    date.tm_year -= 1900;
    date.tm_mon -= 1;
    double offset = 3600.0 * hours + 60.0 * minutes;
    *seconds = (double)timegm(&date) + second + (sign == '-' ? offset : -offset);
    return true;
}

static const char *cell_of(const meter_reader *r, column c, int cells, char *const *cell)
{
    return r->place[c] >= 0 && r->place[c] < cells ? cell[r->place[c]] : "";
}

static pn_status read_time(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    if ((end > text && !*end && isfinite(*seconds) && *seconds >= 0) || read_date(text, seconds))
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE,
                   "read \"%.60s\"; allowed: seconds since 1970, or a date with its zone, such as "
                   "2026-06-01T12:00:00Z or 2026-06-01 14:00:00+02:00",
                   text);
}

static pn_status read_amount(const char *text, double least, double *value)
{
    static const double most = 1e18;
    char *end;
    *value = strtod(text, &end);
    if (end > text && !*end && *value >= least && *value <= most)
        return PN_OK;
    return pn_fail(PN_ERROR_USAGE, "read \"%.60s\"; allowed: a number from %g to %g", text, least,
                   most);
}

static pn_status read_reading(const meter_reader *r, int cells, char *const *cell,
                              pn_meter_reading *reading, column *at)
{
    pn_status status;
    reading->is_counter = r->place[JOULES] >= 0;
    *at = TIME;
    PN_TRY(read_time(cell_of(r, TIME, cells, cell), &reading->time));
    *at = reading->is_counter ? JOULES : WATTS;
    PN_TRY(read_amount(cell_of(r, *at, cells, cell), 0, &reading->value));
    reading->metered = reading->nodes = 1;
    *at = METERED;
    if (r->place[METERED] >= 0)
        PN_TRY(read_amount(cell_of(r, METERED, cells, cell), 1, &reading->metered));
    *at = NODES;
    reading->nodes = reading->metered;
    if (r->place[NODES] >= 0)
        PN_TRY(read_amount(cell_of(r, NODES, cells, cell), reading->metered, &reading->nodes));
fail:
    return status;
}

static pn_status read_row(void *context, long row, int cells, char *const *cell)
{
    meter_reader *r = context;
    pn_meter_reading reading = {0};
    char set[PN_METER_NAME];
    column at;
    if (!r->has_heading)
        return read_heading(r, cells, cell);
    pn_status status = read_reading(r, cells, cell, &reading, &at);
    if (status != PN_OK)
        return pn_fail_in(status, "%s, row %ld, %s", r->path, row, headings[at]);
    const char *name = cell_of(r, SET, cells, cell);
    pn_plain_text(set, sizeof set, *name ? name : "all");
    reading.set = set;
    status = pn_meter_log_add(r->log, &reading);
    return status == PN_OK ? PN_OK : pn_fail_in(status, "%s, row %ld", r->path, row);
}

static void print_result(const pn_meter_log *log, const pn_meter_result *found,
                         const pn_result *result)
{
    char rate[PN_FLOPS_TEXT];
    pn_flops_text(result->rate / found->watts, rate);
    printf("by the site's meters: %.6g kW, %.4g kWh in the core phase of %.0f s,\n  %s per W\n",
           found->watts / 1e3, found->joules / 3.6e6, log->core_end - log->core_begin, rate);
    printf("  %-22s %9s %10s %17s %12s\n", "set", "readings", "longest s", "metered of nodes",
           "kW of all");
    for (int i = 0; i < log->count; i++) {
        const pn_meter_set *set = &log->set[i];
        char nodes[32];
        snprintf(nodes, sizeof nodes, "%.0f of %.0f", set->metered, set->nodes);
        printf("  %-22.22s %9ld %10.1f %17s %12.6g\n", set->name, set->inside, set->longest, nodes,
               set->watts / 1e3);
    }
    if (found->level > 0)
        printf(
            "  as level %d of the EEHPC method asks for, if the meters are as exact as it asks\n",
            found->level);
    if (found->lacking[0])
        printf("  level %d asks for %s\n", found->level + 1, found->lacking);
}

pn_status pn_meter_table_tell(const char *path, const pn_result *result)
{
    pn_meter_log *log = calloc(1, sizeof *log);
    pn_meter_result found;
    pn_status status;
    if (!log)
        return pn_fail_memory("for the meters");
    if (!(result->began > 0 && result->seconds > 0))
        PN_TRY(pn_fail(PN_ERROR_USAGE, "the record does not say when the run began"));
    log->core_begin = (double)result->began;
    log->core_end = log->core_begin + result->seconds;
    log->whole_begin = log->core_begin - result->generate_seconds;
    log->whole_end = log->core_end + result->verify_seconds;
    meter_reader reader = {.log = log, .path = path};
    PN_TRY(pn_table_file_read(
        &(pn_table_request){.path = path, .each = read_row, .context = &reader}));
    if (log->count == 0)
        PN_TRY(pn_fail(PN_ERROR_USAGE, "%s: there are no readings", path));
    status = pn_meter_log_finish(log, &found);
    if (status != PN_OK)
        pn_fail_in(status, "%s", path);
    else
        print_result(log, &found, result);
fail:
    free(log);
    return status;
}
