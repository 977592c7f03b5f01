// SPDX-License-Identifier: BSD-3-Clause
#include "run/onlookers.h"

#include "base/output_file.h"
#include "run/live.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct pn_onlookers {
    pn_onlookers_request request;
    FILE *lines;   // NULL: none
    pn_live *live; // NULL: there is no picture
    double drawn;  // seconds when it was
    bool has_metrics;
    pn_progress last;
    double share, seconds;  // when they were told last; seconds 0: not yet in this run
    double metrics_seconds; // when the metrics were
    char text[PN_PROGRESS_TEXT];
};

static bool is_asked(const char *name)
{
    return strcmp(name, "none") != 0;
}

static double time_of_day(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static pn_status open_descriptor(pn_onlookers *o, const char *number)
{
    char *end;
    errno = 0;
    long descriptor = strtol(number, &end, 10);
    bool is_number = end != number && *end == '\0' && errno == 0 && descriptor >= 0 &&
                     descriptor <= 1 << 20 && number[0] >= '0' && number[0] <= '9';
    int flags = is_number ? fcntl((int)descriptor, F_GETFL) : -1;
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return pn_fail(PN_ERROR_USAGE,
                       "option --progress-file: read \"fd:%s\"; allowed: fd: and the number of a "
                       "descriptor that is open for writing",
                       number);
    int own = fcntl((int)descriptor, F_DUPFD_CLOEXEC, 0);
    o->lines = own >= 0 ? fdopen(own, "w") : NULL;
    return o->lines ? PN_OK : pn_fail(PN_ERROR_SYSTEM, "fd:%s: %s", number, strerror(errno));
}

static pn_status open_lines(pn_onlookers *o)
{
    const char *path = o->request.lines;
    if (!is_asked(path))
        return PN_OK;
    if (strncmp(path, "fd:", 3) == 0)
        return open_descriptor(o, path + 3);
    pn_status status = pn_path_trust(path);
    if (status != PN_OK)
        return status;
    o->lines = fopen(path, "we");
    return o->lines
               ? PN_OK
               : pn_fail(PN_ERROR_SYSTEM, "option --progress-file: %s: %s", path, strerror(errno));
}

pn_status pn_onlookers_open(pn_onlookers **onlookers, const pn_onlookers_request *request)
{
    *onlookers = NULL;
    if (!is_asked(request->lines) && !is_asked(request->metrics) && !request->speaks &&
        !request->draws)
        return PN_OK;
    pn_onlookers *o = *onlookers = calloc(1, sizeof *o);
    if (!o)
        return pn_fail_memory("for those who look on");
    o->request = *request;
    o->has_metrics = is_asked(request->metrics);
    pn_status status = open_lines(o);
    o->live = request->draws ? pn_live_open(request->log, request->is_mixed) : NULL;
    if (status == PN_OK && o->has_metrics) {
        status = pn_output_file_check(request->metrics);
        if (status != PN_OK)
            pn_fail_in(status, "option --metrics-file");
    }
    if (status != PN_OK) {
        pn_onlookers_close(o);
        *onlookers = NULL;
    }
    return status;
}

static bool is_due_for_files(const pn_onlookers *o, double share, double seconds)
{
    const double least_share = 0.01, least_seconds = 0.25, most_seconds = 10;
    double since = seconds - o->seconds;
    return (o->lines || o->has_metrics || o->request.speaks) &&
           ((share >= o->share + least_share && since >= least_seconds) || since >= most_seconds ||
            o->seconds == 0);
}

bool pn_onlookers_draw(const pn_onlookers *o, double seconds)
{
    return o && o->live && seconds >= o->request.draws_after;
}

bool pn_onlookers_want(const pn_onlookers *o, double share, double seconds)
{
    const double between_pictures = 0.1;
    return o && ((o->live && fabs(seconds - o->drawn) >= between_pictures) ||
                 is_due_for_files(o, share, seconds));
}

static void write_lines(pn_onlookers *o)
{
    pn_log *log = o->request.log;
    if (o->request.speaks && log->stream && log->level != PN_LOG_QUIET) {
        pn_log_settle(log);
        fputs(o->text, log->stream);
        fflush(log->stream);
    }
    if (!o->lines)
        return;
    if (fputs(o->text, o->lines) >= 0 && fflush(o->lines) == 0)
        return;
    pn_log_all(log, "note: %s: %s; the run goes on without it", o->request.lines, strerror(errno));
    fclose(o->lines);
    o->lines = NULL;
}

static void write_metrics(pn_onlookers *o, const pn_result *result)
{
    pn_output_file file;
    const double least_seconds = 1; // it goes to the disk each time
    if (!o->has_metrics || (!result && o->last.seconds < o->metrics_seconds + least_seconds))
        return;
    o->metrics_seconds = result ? 0 : o->last.seconds;
    pn_progress_metrics(&o->last, result, o->text);
    pn_status status = pn_output_file_open(&file, o->request.metrics);
    if (status == PN_OK) {
        fputs(o->text, file.stream);
        status = pn_output_file_close(&file);
    }
    if (status == PN_OK)
        return;
    pn_log_all(o->request.log, "note: %s; the run goes on without it", pn_fail_message());
    o->has_metrics = false;
}

void pn_onlookers_tell(pn_onlookers *o, const pn_progress *progress)
{
    bool is_due = is_due_for_files(o, progress->share, progress->seconds);
    if (o->live) {
        pn_live_note(o->live, progress);
        o->drawn = progress->seconds;
    }
    if (pn_onlookers_draw(o, progress->seconds))
        pn_live_show(o->live);
    if (!is_due)
        return;
    o->last = *progress;
    o->share = progress->share;
    o->seconds = progress->seconds;
    pn_progress_json(progress, time_of_day(), o->text);
    write_lines(o);
    write_metrics(o, NULL);
}

void pn_onlookers_end(pn_onlookers *o, const pn_result *result)
{
    if (!o)
        return;
    if (o->live)
        pn_live_end(o->live);
    pn_progress_json_end(result, time_of_day(), o->text);
    write_lines(o);
    write_metrics(o, result);
    o->share = o->seconds = o->drawn = 0;
}

void pn_onlookers_close(pn_onlookers *o)
{
    if (!o)
        return;
    if (o->lines)
        fclose(o->lines);
    pn_live_close(o->live);
    free(o);
}
