// SPDX-License-Identifier: BSD-3-Clause
#include "report/history.h"

#include "base/median.h"
#include "base/plain_text.h"
#include "report/sample.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Each run is held against all before it: so many take a second or two.
enum { FILES_MOST = 10000, PATH_BYTES = 4096 };

static bool is_record(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".json") == 0;
}

// "key=value;" of each version and the processor.
static void list_versions(char *text, size_t bytes, const json_t *record)
{
    const json_t *versions = json_object_get(record, "versions");
    const char *key;
    json_t *value;
    size_t used = 0;
    text[0] = '\0';
    json_object_foreach((json_t *)versions, key,
                        value) if (strcmp(key, "blas_path") != 0 && used < bytes)
    {
        const char *word = json_string_value(value);
        used +=
            (size_t)snprintf(text + used, bytes - used, "%.32s=%.90s\n", key, word ? word : "-");
    }
    const json_t *machine = json_object_get(record, "machine");
    const char *processor = json_string_value(json_object_get(machine, "processor"));
    if (used < bytes)
        snprintf(text + used, bytes - used, "processor=%.90s\n", processor ? processor : "-");
}

static void take(pn_history_run *run, const pn_sample *sample)
{
    const pn_result *result = &sample->reading.result;
    const json_t *machine = json_object_get(sample->reading.record, "machine");
    const char *host = json_string_value(json_object_get(machine, "host"));
    *run = (pn_history_run){.began = result->began,
                            .settings = result->settings,
                            .ranks = result->rank_count,
                            .passed = result->passed,
                            .rate = sample->rate};
    run->settings.shares = NULL;
    snprintf(run->file, sizeof run->file, "%s", sample->name);
    pn_plain_text(run->host, sizeof run->host, host ? host : "-");
    list_versions(run->versions, sizeof run->versions, sample->reading.record);
}

static pn_status add(pn_history *history, const char *folder, const char *name)
{
    char path[PATH_BYTES];
    pn_sample sample;
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    pn_status status = length < (int)sizeof path ? pn_sample_open(&sample, path)
                                                 : pn_fail(PN_ERROR_USAGE, "%s: too long", name);
    if (status == PN_ERROR_USAGE) { // results of other commands lie there, too
        if (history->skipped++ == 0)
            snprintf(history->skipped_first, sizeof history->skipped_first, "%.255s",
                     pn_fail_message());
        return PN_OK;
    }
    if (status != PN_OK)
        return status;
    pn_history_run *more =
        realloc(history->run, ((size_t)history->count + 1) * sizeof *history->run);
    if (more) {
        history->run = more;
        take(&more[history->count++], &sample);
    } else {
        status = pn_fail_memory("for the records of a folder");
    }
    pn_sample_close(&sample);
    return status;
}

static int by_time(const void *left, const void *right)
{
    const pn_history_run *a = left, *b = right;
    return a->began != b->began ? (a->began > b->began) - (a->began < b->began)
                                : strcmp(a->file, b->file);
}

static bool same_series(const pn_history_run *a, const pn_history_run *b)
{
    const pn_settings *s = &a->settings, *t = &b->settings;
    return s->n == t->n && s->nb == t->nb && s->p == t->p && s->q == t->q &&
           s->element == t->element && a->ranks == b->ranks && strcmp(a->host, b->host) == 0;
}

// Lines of `now` that `was` has not, as "key=value, key=value".
static void list_changes(char *text, size_t bytes, const char *was, const char *now)
{
    size_t used = 0;
    text[0] = '\0';
    for (const char *line = now; *line && used < bytes;) {
        size_t length = strcspn(line, "\n");
        char wanted[160];
        snprintf(wanted, sizeof wanted, "%.*s\n", (int)length, line);
        if (!strstr(was, wanted))
            used += (size_t)snprintf(text + used, bytes - used, "%s%.*s", used ? ", " : "",
                                     (int)length, line);
        line += length + (line[length] == '\n');
    }
}

// Median and spread of values[count]; sorts them.
static double spread_of(double *values, int count, double usual)
{
    for (int i = 0; i < count; i++)
        values[i] = fabs(values[i] - usual);
    return usual > 0 ? 1.4826 * pn_median(values, count) / usual : 0;
}

static void place(pn_history *history, int index, double *room)
{
    const double least = 0.01, spreads = 3; // of a regression
    pn_history_run *run = &history->run[index];
    int earlier = 0, last = -1;
    for (int i = 0; i < index; i++)
        if (same_series(&history->run[i], run)) {
            room[earlier++] = history->run[i].rate;
            last = i;
        }
    if (last < 0) {
        run->series = ++history->series;
        return;
    }
    const pn_history_run *before = &history->run[last];
    run->series = before->series;
    list_changes(run->changed, sizeof run->changed, before->versions, run->versions);
    run->usual = pn_median(room, earlier);
    run->spread = spread_of(room, earlier, run->usual);
    run->is_regression = earlier >= PN_HISTORY_EARLIER &&
                         run->rate < run->usual * (1 - fmax(least, spreads * run->spread));
}

static pn_status place_all(pn_history *history)
{
    double *room = calloc((size_t)history->count + 1, sizeof *room);
    if (!room)
        return pn_fail_memory("for the rates of %d runs", history->count);
    for (int i = 0; i < history->count; i++)
        place(history, i, room);
    free(room);
    return PN_OK;
}

static pn_status read_all(pn_history *history, DIR *stream, const char *folder)
{
    int files = 0;
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (!is_record(entry->d_name))
            continue;
        if (++files > FILES_MOST)
            return pn_fail(PN_ERROR_USAGE, "\"%s\" holds more than the %d records that are allowed",
                           folder, FILES_MOST);
        pn_status status = add(history, folder, entry->d_name);
        if (status != PN_OK)
            return status;
    }
    return PN_OK;
}

pn_status pn_history_read(pn_history *history, const char *folder)
{
    *history = (pn_history){.count = 0};
    DIR *stream = opendir(folder);
    if (!stream)
        return pn_fail(PN_ERROR_USAGE, "\"%s\" cannot be read: %s; allowed: a folder of results",
                       folder, strerror(errno));
    pn_status status = read_all(history, stream, folder);
    closedir(stream);
    if (status == PN_OK && history->count == 0)
        status = history->skipped
                     ? pn_fail(PN_ERROR_USAGE, "\"%s\" holds no record of a run; %s", folder,
                               history->skipped_first)
                     : pn_fail(PN_ERROR_USAGE, "\"%s\" holds no record of a run", folder);
    if (status == PN_OK && history->count > 1)
        qsort(history->run, (size_t)history->count, sizeof *history->run, by_time);
    if (status == PN_OK)
        status = place_all(history);
    if (status != PN_OK)
        pn_history_release(history);
    return status;
}

void pn_history_release(pn_history *history)
{
    free(history->run);
    *history = (pn_history){.count = 0};
}

double pn_history_ratio(const pn_history_run *run)
{
    return run->usual > 0 ? run->rate / run->usual : 1;
}

bool pn_history_fails(const pn_history *history, int index, double fail_below)
{
    const pn_history_run *run = &history->run[index];
    for (int i = index + 1; i < history->count; i++)
        if (history->run[i].series == run->series)
            return false;
    return !run->passed ||
           (fail_below > 0 ? pn_history_ratio(run) < fail_below : run->is_regression);
}
