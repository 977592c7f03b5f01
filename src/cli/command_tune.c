// SPDX-License-Identifier: BSD-3-Clause
// panache tune: the settings that the model likes best, for a machine file or for the job that this
// is part of, where `panache run` would take the first of them.
#include "base/rate_text.h"
#include "base/wrap.h"
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/list_rank.h"
#include "cli/machine_options.h"
#include "cli/tell.h"
#include "config/machine_make.h"
#include "job/open_job.h"
#include "job/test_case.h"
#include "machines/predict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct findings { // what was found, to be told
    const char *name;
    const pn_machine *machine; // NULL: the ranks of this job
    const pn_tuned *tuned;     // the best first
    int count, tried;          // tried 0: not counted
    const pn_tuned *usual;     // NULL: there is none
} findings;

static bool is_of_several(const findings *found)
{
    return found->count > 0 && found->tuned[0].classes > 1;
}

static const char *shares_of(const pn_tuned *tuned)
{
    return tuned->equal ? "equal" : "by rate";
}

// Where a candidate loses most against the best; of the best, where its time goes.
static void reason_of(const findings *found, int i, char *text, size_t bytes)
{
    const pn_tuned *best = &found->tuned[0], *tuned = &found->tuned[i];
    int worst = PN_TUNED_PANEL;
    double slower = 100 * (best->rate / tuned->rate - 1);
    if (i == 0) {
        snprintf(text, bytes, "%s %.1f %% of the time, %s %.1f %%",
                 pn_tuned_name(PN_TUNED_MULTIPLY), 100 * best->time[PN_TUNED_MULTIPLY],
                 pn_tuned_name(PN_TUNED_WAIT), 100 * best->time[PN_TUNED_WAIT]);
        return;
    }
    for (int share = PN_TUNED_MULTIPLY; share <= PN_TUNED_WAIT; share++)
        if (tuned->time[share] - best->time[share] > tuned->time[worst] - best->time[worst])
            worst = share;
    double more = 100 * (tuned->time[worst] - best->time[worst]);
    if (tuned->equal && !best->equal)
        snprintf(text, bytes, "%.2f %% slower; equal shares wait for the slowest columns", slower);
    else if (!tuned->look_ahead && best->look_ahead)
        snprintf(text, bytes, "%.2f %% slower; panels are not factored beside the products",
                 slower);
    else if (worst == PN_TUNED_MULTIPLY || more < 0.05)
        snprintf(text, bytes, "%.2f %% slower; it multiplies more slowly, or overlaps less",
                 slower);
    else
        snprintf(text, bytes, "%.2f %% slower; more of its time %s: %.1f against %.1f %%", slower,
                 pn_tuned_name(worst), 100 * tuned->time[worst], 100 * best->time[worst]);
}

// "87 x 82", with the least height as well where they differ: "71-87 x 82".
static void grid_text(const pn_tuned *tuned, char *text, size_t bytes)
{
    int least = tuned->p;
    for (int i = 0; i < tuned->classes; i++)
        if (tuned->of[i].height < least)
            least = tuned->of[i].height;
    if (least < tuned->p)
        snprintf(text, bytes, "%d-%d x %d", least, tuned->p, tuned->q);
    else
        snprintf(text, bytes, "%d x %d", tuned->p, tuned->q);
}

static int grid_width(const findings *found)
{
    return is_of_several(found) ? 15 : 12;
}

static void print_row(const findings *found, int i)
{
    const pn_tuned *tuned = &found->tuned[i];
    char rate[32], grid[40], reason[160] = "";
    pn_flops_text(tuned->rate, rate);
    grid_text(tuned, grid, sizeof grid);
    if (tuned->time[PN_TUNED_MULTIPLY] > 0)
        reason_of(found, i, reason, sizeof reason);
    else if (i > 0)
        snprintf(reason, sizeof reason, "%.2f %% slower",
                 100 * (found->tuned[0].rate / tuned->rate - 1));
    printf("  %9lld %4d  %-*s ", (long long)tuned->n, tuned->nb, grid_width(found), grid);
    if (is_of_several(found))
        printf("%-7s ", shares_of(tuned));
    printf("%10d %13s %9.0f s\n", tuned->look_ahead, rate, tuned->seconds);
    if (reason[0]) {
        printf("%18s", "");
        pn_wrap_text(stdout, reason, 18, PN_LINE_WIDTH);
    }
}

// The best by partition.
static void print_parts(const findings *found)
{
    const pn_tuned *best = &found->tuned[0];
    printf("\n  the best by partition: P x Q, share of the columns\n");
    for (int i = 0; i < best->classes; i++)
        printf("  %-18s %4d x %-5d %5.1f %%\n", found->machine->partitions[i].name,
               best->of[i].height, best->of[i].columns, 100 * best->of[i].share);
}

static void print_usual(const pn_tuned *usual)
{
    char rate[32], grid[40];
    pn_flops_text(usual->rate, rate);
    grid_text(usual, grid, sizeof grid);
    printf("\n  unsearched, as predict takes it: NB %d, %s, %s\n", usual->nb, grid, rate);
}

static void print_findings(const findings *found)
{
    printf("%s", found->name);
    if (found->tried > 0)
        printf(": %d candidates modelled", found->tried);
    printf("\n\n  %9s %4s  %-*s ", "N", "NB", grid_width(found), "P x Q");
    if (is_of_several(found))
        printf("%-7s ", "shares");
    printf("%10s %13s %11s\n", "look-ahead", "rate", "time");
    for (int i = 0; i < found->count; i++)
        print_row(found, i);
    if (found->machine && is_of_several(found))
        print_parts(found);
    if (found->usual)
        print_usual(found->usual);
}

static json_t *record_of_parts(const findings *found, const pn_tuned *tuned)
{
    json_t *parts = json_array();
    for (int i = 0; i < tuned->classes; i++)
        json_array_append_new(parts, json_pack("{s:s, s:{s:i, s:i}, s:f}", "partition",
                                               found->machine->partitions[i].name, "grid", "p",
                                               tuned->of[i].height, "q", tuned->of[i].columns,
                                               "share", tuned->of[i].share));
    return parts;
}

static json_t *record_of(const findings *found)
{
    json_t *rows = json_array();
    for (int i = 0; i < found->count; i++) {
        const pn_tuned *tuned = &found->tuned[i];
        json_t *row =
            json_pack("{s:I, s:i, s:{s:i, s:i}, s:i, s:f, s:f}", "n", (json_int_t)tuned->n, "nb",
                      tuned->nb, "grid", "p", tuned->p, "q", tuned->q, "lookahead",
                      tuned->look_ahead, "gflops", tuned->rate / 1e9, "seconds", tuned->seconds);
        if (found->machine && is_of_several(found)) {
            json_object_set_new(row, "shares", json_string(shares_of(tuned)));
            json_object_set_new(row, "parts", record_of_parts(found, tuned));
        }
        json_array_append_new(rows, row);
    }
    return json_pack("{s:s, s:s, s:i, s:o}", "benchmark", "tuning", "machine", found->name, "tried",
                     found->tried, "best", rows);
}

static pn_status tell(const findings *found, const char *json)
{
    pn_status status = PN_OK;
    if (strcmp(json, "none") != 0)
        status = pn_json_file_write(record_of(found), json);
    if (status == PN_OK && strcmp(json, "-") != 0)
        print_findings(found);
    return status;
}

static pn_status tune_file(const pn_options *options, const char *path)
{
    pn_machine *machine = NULL;
    pn_tuning tuning = {.count = 0};
    pn_prediction_request request;
    pn_status status;
    PN_TRY(pn_machine_for_options(&machine, path, options));
    PN_TRY(pn_prediction_for_options(&request, machine, options));
    status = pn_tune_machine(&tuning, &request);
    if (status != PN_OK) {
        pn_fail_in(status, "%s", path);
        goto fail;
    }
    findings found = {.name = machine->machine,
                      .machine = machine,
                      .tuned = tuning.best,
                      .count = tuning.count,
                      .tried = tuning.tried,
                      .usual = &tuning.usual};
    PN_TRY(tell(&found, options->json));
fail:
    pn_machine_destroy(machine);
    return status;
}

// The ranks of this job: the choice that a run would make, and what it was chosen from.
static int tune_job(const pn_invocation *invocation)
{
    pn_job job;
    pn_choice choice = {0};
    pn_status status;
    PN_TRY(pn_job_open(&job, invocation));
    pn_settings asked = pn_options_settings(&job.options);
    PN_TRY(pn_test_case_choose(&job, &asked, job.comm->size, &choice));
    pn_tell_choice(&job, &choice);
    findings found = {.name = job.host.name, .tuned = choice.tuned, .count = choice.tuned_count};
    bool speaks = job.comm->rank == 0;
    PN_TRY(pn_job_agree(&job, speaks ? tell(&found, job.options.json) : PN_OK));
fail:
    pn_choice_release(&choice);
    pn_job_close(&job);
    return status == PN_OK ? PN_EXIT_PASSED : PN_EXIT_FAILURE;
}

int pn_command_tune(const pn_invocation *invocation)
{
    if (invocation->operands.count == 0)
        return tune_job(invocation);
    pn_status status = tune_file(&invocation->options, invocation->operands.word[0]);
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
