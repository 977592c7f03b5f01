// SPDX-License-Identifier: BSD-3-Clause
// Called by the thread that takes signals, while the run goes on beside it.
#include "cli/partial.h"

#include "base/flops.h"
#include "base/output_file.h"
#include "base/rate_text.h"
#include "cli/json_file.h"
#include "job/stop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ALIKE = 1000 };

typedef struct progress {
    double share, seconds; // of the arithmetic; since the clock started
    double flops;          // a second; 0: nothing was finished yet
} progress;

static progress progress_of(const pn_partial *partial)
{
    pn_notice *notice = pn_stop_notice(partial->job->stop);
    progress p = {.share = atomic_load(&notice->share), .seconds = atomic_load(&notice->seconds)};
    double done = p.share - atomic_load(&notice->share_before);
    if (p.seconds > 0)
        p.flops = done * pn_linpack_flops(partial->settings->n) / p.seconds;
    return p;
}

static json_t *record_of(const pn_partial *partial, const progress *p, int number)
{
    const pn_settings *settings = partial->settings;
    json_t *root = json_pack("{s:s, s:b, s:s, s:s, s:I, s:i, s:{s:i, s:i}, s:i}", "benchmark",
                             "linpack, not finished", "partial", 1, "command",
                             pn_command_rows()[partial->command].name, "version", PANACHE_VERSION,
                             "n", (json_int_t)settings->n, "nb", settings->nb, "grid", "p",
                             settings->p, "q", settings->q, "job_ranks", partial->job->comm->size);
    json_object_set_new(root, "share_done", json_real(p->share));
    json_object_set_new(root, "seconds_so_far", json_real(p->seconds));
    json_object_set_new(root, "gflops_so_far",
                        p->flops > 0 ? json_real(1e-9 * p->flops) : json_null());
    json_object_set_new(root, "stopped_by_signal", json_integer(number));
    return root;
}

// A name that is not there yet.
static void name_file(const pn_partial *partial, char path[PN_PATH_BYTES])
{
    char moment[32];
    time_t now = time(NULL);
    struct tm parts;
    localtime_r(&now, &parts);
    strftime(moment, sizeof moment, "%Y-%m-%dT%H-%M-%S", &parts);
    for (int number = 1; number < MOST_ALIKE; number++) {
        char ending[16] = "";
        if (number > 1)
            snprintf(ending, sizeof ending, "-%d", number);
        snprintf(path, PN_PATH_BYTES, "%s/%s-N%" PRId64 "%s-partial.json",
                 partial->job->options.output, moment, partial->settings->n, ending);
        if (access(path, F_OK) != 0)
            return;
    }
}

static void write_to(const pn_partial *partial, const progress *p, int number, const char *path)
{
    pn_log *log = &partial->job->log;
    if (pn_json_file_write(record_of(partial, p, number), path) == PN_OK)
        pn_log_all(log, "partial record: %s", path);
    else
        pn_log_failure();
}

static void write_partial(void *context, int number)
{
    const pn_partial *partial = context;
    const pn_options *options = &partial->job->options;
    progress p = progress_of(partial);
    char rate[PN_FLOPS_TEXT], path[PN_PATH_BYTES];
    pn_flops_text(p.flops, rate);
    if (p.flops > 0)
        pn_log_all(&partial->job->log, "so far: %.1f %% of the arithmetic in %.1f s, %s",
                   100 * p.share, p.seconds, rate);
    else
        pn_log_all(&partial->job->log, "so far: no step of the solve had ended");
    if (strcmp(options->output, "none") != 0) {
        name_file(partial, path);
        write_to(partial, &p, number, path);
    }
    if (strcmp(options->json, "none") != 0 && strcmp(options->json, "-") != 0)
        write_to(partial, &p, number, options->json);
}

void pn_partial_begin(pn_partial *partial)
{
    if (partial->job->comm->rank == 0)
        pn_stop_before_end(partial->job->stop, write_partial, partial);
}

void pn_partial_end(const pn_partial *partial)
{
    if (partial->job->comm->rank == 0)
        pn_stop_before_end(partial->job->stop, NULL, NULL);
}
