// SPDX-License-Identifier: BSD-3-Clause
// Plain lines on standard error; a quiet log swallows them.
#include "cli/tell.h"

#include "base/label.h"
#include "base/plural.h"
#include "base/rate_text.h"
#include "job/host_links.h"
#include "measure/energy_total.h"
#include "measure/fp64.h"
#include "report/corrections.h"
#include "report/slow.h"
#include "run/verify.h"
#include "tune/choice_kinds.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 64, KIND_WIDTH = 26, REASONS = 32 };

static int count_hosts(const pn_job *job)
{
    int hosts = 0; // numbered as they appear
    for (int i = 0; i < job->comm->size; i++)
        hosts = (int)pn_max(hosts, job->info[i].host_id + 1);
    return hosts;
}

static void tell_ranks(pn_job *job, const pn_choice *choice)
{
    for (int i = 0; i < choice->rank_count; i++) {
        const pn_rank_choice *rank = &job->ranks[i];
        pn_log_all(&job->log,
                   rank->oversubscribed
                       ? "  rank %-5d %-18s %d thread%s, %d of %d on its cores (too few), %.2f GiB"
                       : "  rank %-5d %-18s %d thread%s, %d of %d on its cores, %.2f GiB",
                   i, job->info[i].host, rank->threads, pn_plural(rank->threads), rank->slot + 1,
                   rank->slots, (double)choice->ranks[i].bytes_allowed / (1 << 30));
    }
}

// What is to be said of a part beside its figures; "" if nothing is.
static void remark(const pn_job *job, const pn_choice_kind *part, char *text, size_t room)
{
    static const char *const left_out[] = {
        [PN_LEFT_OUT_RATE] = "left out: at its rate it costs more than it brings",
        [PN_LEFT_OUT_LINK] = "left out: over its links it costs more than it brings",
        [PN_LEFT_OUT_MEMORY] = "left out: with its memory it costs more than it brings"};
    const char *host = job->info[part->first_full].host;
    text[0] = '\0';
    if (part->left_out)
        snprintf(text, room, "%s", left_out[part->left_out]);
    else if (part->full > 1)
        snprintf(text, room, "the memory of %d ranks is full, first rank %d on %.63s", part->full,
                 part->first_full, host);
    else if (part->full == 1)
        snprintf(text, room, "the memory of rank %d on %.63s is full", part->first_full, host);
}

// Ranks that are alike need no table.
static void tell_parts(pn_job *job, const pn_choice *choice)
{
    pn_log *log = &job->log;
    pn_choice_kind parts[PARTS];
    int count = pn_choice_kinds(choice, job->info, parts, PARTS), full = 0;
    for (int i = 0; i < count; i++)
        full += parts[i].full;
    if (!choice->arrangement.unlike && count < 2 && full == 0)
        return;
    char names[PARTS][PN_LABEL];
    for (int i = 0; i < count; i++)
        snprintf(names[i], sizeof names[i], "%.63s", parts[i].name);
    pn_labels_fit(names, count, KIND_WIDTH);
    pn_log_all(log, "  %-*s %5s %5s %13s %8s %7s %7s", KIND_WIDTH, "kind", "hosts", "ranks", "rate",
               "GiB", "columns", "share");
    for (int i = 0; i < count; i++) {
        const pn_choice_kind *part = &parts[i];
        char share[16], said[160], rate[PN_FLOPS_TEXT];
        snprintf(share, sizeof share, "%.1f %%", 100 * part->share);
        pn_flops_text(part->rate, rate);
        remark(job, part, said, sizeof said);
        pn_log_all(log, "  %-*s %5d %5d %13s %8.2f %7d %7s", KIND_WIDTH, names[i], part->hosts,
                   part->ranks, rate, (double)part->bytes_allowed / (1 << 30), part->columns,
                   part->left_out ? "-" : share);
        if (said[0])
            pn_log_wrapped(log, 6, "      %s", said);
    }
}

// Of rank 0's host.
static void tell_blas(pn_job *job)
{
    const pn_blas_table *table = job->blas_table;
    char summary[384];
    if (!table || table->taken < 0)
        return;
    pn_blas_table_summary(table, summary, sizeof summary);
    pn_log_wrapped(&job->log, REASONS, "  %-10s %-18s %s", "BLAS", table->rows[table->taken].name,
                   summary);
}

// With N there is nothing that the time could choose.
static void tell_time(pn_job *job)
{
    pn_options usual;
    pn_options_default(&usual);
    if (job->options.n > 0 && job->options.time != usual.time)
        pn_log_long(&job->log, "no effect: --time %g (-N %" PRId64 " says how long it takes)",
                    job->options.time, job->options.n);
}

static void tell_checks(pn_log *log, const pn_choice *choice)
{
    const pn_settings *is = &choice->settings;
    if (is->element != PN_FLOAT64)
        pn_log_all(log, "  %-10s %-18s %s", "checks", "none",
                   "rows are not checked during the run: FP32, without pivots");
    else if (is->check_every > 0)
        pn_log_all(log, "  %-10s every %-12d the sums of all rows, and at the end", "checks",
                   is->check_every);
}

void pn_tell_choice(pn_job *job, const pn_choice *choice)
{
    pn_log *log = &job->log;
    int hosts = count_hosts(job);
    char kind[PN_LABEL];
    snprintf(kind, sizeof kind, "%s", job->compute->kind);
    pn_label_trim(kind);
    pn_log_wrapped(log, 2, "Panache %s: %d rank%s on %d host%s, %s, MPI: %s", PANACHE_VERSION,
                   job->comm->size, pn_plural(job->comm->size), hosts, pn_plural(hosts), kind,
                   job->comm->library);
    for (int i = 0; i < PN_CHOICE_ITEMS; i++)
        pn_log_wrapped(log, REASONS, "  %-10s %-18s %s", choice->lines[i].name,
                       choice->lines[i].value, choice->lines[i].reason);
    tell_checks(log, choice);
    tell_time(job);
    tell_blas(job);
    pn_host_links_tell(job);
    tell_parts(job, choice);
    if (log->level == PN_LOG_VERBOSE)
        tell_ranks(job, choice);
}

static void tell_finding(pn_job *job, const pn_result *result)
{
    pn_log *log = &job->log;
    switch (result->finding) {
    case PN_FINDING_SINGULAR:
        pn_log_all(log,
                   "finding: the matrix is singular: column %" PRId64 " (counted from 0) has "
                   "no pivot other than 0",
                   result->finding_column);
        break;
    case PN_FINDING_NOT_FINITE:
        pn_log_all(log,
                   "finding: column %" PRId64 " (counted from 0) holds a value that is not "
                   "finite",
                   result->finding_column);
        break;
    case PN_FINDING_RESIDUAL:
        pn_log_all(log, "finding: the scaled residual %g is not below %g", result->residual,
                   result->threshold);
        break;
    case PN_FINDING_GROWTH:
        pn_log_all(log,
                   "finding: without pivoting column %" PRId64 " (counted from 0) grows beyond "
                   "what FP32 can hold beside its pivot",
                   result->finding_column);
        break;
    case PN_FINDING_DIVERGED:
        pn_log_all(log,
                   "finding: the refinement does not converge: after %d steps the scaled residual "
                   "%g is not below %g",
                   result->refinement.steps, result->refinement.residual, result->threshold);
        break;
    case PN_FINDING_EMULATED: // its line stands below the rate
    case PN_FINDING_COUNT:
    case PN_FINDING_NONE:
        break;
    }
}

static void tell_fp64(pn_log *log, const pn_result *result)
{
    pn_fp64 fp64 = pn_fp64_of(result);
    char text[PN_FP64_TEXT];
    pn_fp64_text(&fp64, text);
    if (text[0])
        pn_log_all(log, "%s: %s", result->finding == PN_FINDING_EMULATED ? "finding" : "note",
                   text);
}

// A passed test that is nothing to rely on: the threshold is as wide for rounding of every order.
static void tell_residual(pn_job *job, const pn_result *result)
{
    const double suspicious = 20; // times what is usual, which no right run has been seen to reach
    double times = result->residual / pn_residual_usual(result->settings.n);
    bool is_refined = result->settings.element != PN_FLOAT64; // until it passes, no further
    if (result->passed && !is_refined && times > suspicious)
        pn_log_all(&job->log,
                   "note: this residual is %.0f times what is usual for N = %" PRId64
                   " (about %.2g): it passes, but something may compute wrongly; panache blas and "
                   "panache screen tell more",
                   times, result->settings.n, pn_residual_usual(result->settings.n));
}

static void tell_refinement(pn_log *log, const pn_result *result)
{
    double n = (double)result->settings.n;
    if (result->settings.element == PN_FLOAT64 || result->lu_seconds <= 0)
        return;
    char rate[PN_FLOPS_TEXT];
    pn_flops_text(2.0 / 3.0 * n * n * n / result->lu_seconds, rate);
    pn_log_all(log,
               result->settings.matrix == PN_MATRIX_DOMINANT
                   ? "LU alone %s, refined in %d step%s, %.1f %% of the time; the matrix dominates "
                     "its rows: for testing only"
                   : "LU alone %s, refined in %d step%s, %.1f %% of the time",
               rate, result->refinement.steps, pn_plural(result->refinement.steps),
               100 * (1 - result->lu_seconds / result->seconds));
}

static void tell_energy(pn_log *log, const pn_result *result)
{
    pn_energy_total total = pn_energy_total_of(result);
    char coverage[160], rate[PN_FLOPS_TEXT];
    if (total.joules > 0) {
        pn_energy_coverage(&total, coverage, sizeof coverage);
        pn_flops_text(total.flops_per_watt, rate);
        pn_log_long(log, "energy %.4g kJ while the clock ran, %.0f W, %s per W: %s",
                    1e-3 * total.joules, total.watts, rate, coverage);
    } else if (total.refused[0] && log->level == PN_LOG_VERBOSE) {
        pn_log_long(log,
                    "note: the energy of %s is metered, and %s may not be read; its owner can "
                    "allow it (chmod a+r)",
                    total.refused_host, total.refused);
    }
}

// Said after the result and no judgement of it: the exit code is the residual's.
static void tell_slow_parts(pn_job *job, const pn_result *result)
{
    char *text = NULL;
    size_t bytes;
    if (job->comm->rank != 0)
        return;
    FILE *stream = open_memstream(&text, &bytes);
    pn_status status = stream ? pn_slow_text(stream, result, job->options.tolerance)
                              : pn_fail_memory("to name slow parts");
    if (stream)
        pn_corrections_text(stream, result);
    if (stream)
        fclose(stream);
    char *rest = stream ? text : NULL;
    for (char *line; rest && *rest && (line = strsep(&rest, "\n"));)
        pn_log_long(&job->log, "%s", line);
    if (status != PN_OK)
        pn_log_all(&job->log, "slow part: %s", pn_fail_message());
    free(text);
}

void pn_tell_result(pn_job *job, const pn_result *result, const char *files)
{
    pn_log *log = &job->log;
    char rate[PN_FLOPS_TEXT];
    pn_flops_text(result->rate, rate);
    tell_finding(job, result);
    tell_slow_parts(job, result);
    if (isnan(result->residual))
        pn_log_all(log, "FAILED: N = %" PRId64 " was not solved", result->settings.n);
    else
        pn_log_all(log,
                   "%s%s: %s, N = %" PRId64 " in %.2f s, scaled residual %.3g (below "
                   "%g passes)",
                   result->passed ? "passed" : "FAILED",
                   result->correction_count > 0 ? ", corrected during the run" : "", rate,
                   result->settings.n, result->seconds, result->residual, result->threshold);
    tell_fp64(log, result);
    tell_residual(job, result);
    if (result->session_count > 1)
        pn_log_all(log, "time since the first start; computing took %.2f s, in %d starts",
                   result->computing_seconds, result->session_count);
    tell_refinement(log, result);
    tell_energy(log, result);
    if (files[0])
        pn_log_all(log, "results: %s.txt and %s.json", files, files);
}
