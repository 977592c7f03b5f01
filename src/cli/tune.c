// SPDX-License-Identifier: BSD-3-Clause
// panache tune: the settings that the model likes best, for a machine file or for the job that this
// is part of, where `panache run` would take the first of them.
#include "predict/tune.h"
#include "cli/command.h"
#include "cli/json_file.h"
#include "cli/machine_options.h"
#include "cli/place.h"
#include "cli/tell.h"
#include "cli/trial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct findings { // what was found, to be told
    const char *machine;
    const pn_tuned *tuned; // the best first
    int count, tried;      // tried 0: not counted
    const pn_tuned *usual; // NULL: there is none
} findings;

// Where a candidate loses most against the best; of the best, where its time goes.
static void reason_of(const findings *found, int i, char *text, size_t bytes)
{
    const pn_tuned *best = &found->tuned[0], *tuned = &found->tuned[i];
    int worst = PN_TUNED_PANEL;
    double slower = 100 * (best->rate / tuned->rate - 1);
    if (i == 0) {
        snprintf(text, bytes, "%s %.1f %% of the time, %s %.1f %%",
                 pn_tuned_name(PN_TUNED_MULTIPLY), 100 * best->shares[PN_TUNED_MULTIPLY],
                 pn_tuned_name(PN_TUNED_WAIT), 100 * best->shares[PN_TUNED_WAIT]);
        return;
    }
    for (int share = PN_TUNED_MULTIPLY; share <= PN_TUNED_WAIT; share++)
        if (tuned->shares[share] - best->shares[share] > tuned->shares[worst] - best->shares[worst])
            worst = share;
    double more = 100 * (tuned->shares[worst] - best->shares[worst]);
    if (tuned->in_turn != best->in_turn)
        snprintf(text, bytes, "%.2f %% slower; panels are not factored beside the products",
                 slower);
    else if (worst == PN_TUNED_MULTIPLY || more < 0.05)
        snprintf(text, bytes, "%.2f %% slower; it multiplies more slowly, or overlaps less",
                 slower);
    else
        snprintf(text, bytes, "%.2f %% slower; more of its time %s: %.1f against %.1f %%", slower,
                 pn_tuned_name(worst), 100 * tuned->shares[worst], 100 * best->shares[worst]);
}

static void print_row(const findings *found, int i)
{
    const pn_tuned *tuned = &found->tuned[i];
    char rate[32], grid[32], reason[160] = "";
    pn_rate_text(tuned->rate, rate, sizeof rate);
    snprintf(grid, sizeof grid, "%d x %d", tuned->p, tuned->q);
    if (tuned->shares[PN_TUNED_MULTIPLY] > 0)
        reason_of(found, i, reason, sizeof reason);
    else if (i > 0)
        snprintf(reason, sizeof reason, "%.2f %% slower",
                 100 * (found->tuned[0].rate / tuned->rate - 1));
    printf("  %10lld %5d  %-12s %10d %15s %10.0f s  %s\n", (long long)tuned->n, tuned->nb, grid,
           !tuned->in_turn, rate, tuned->seconds, reason);
}

static void print_findings(const findings *found)
{
    printf("%s", found->machine);
    if (found->tried > 0)
        printf(": %d candidates modelled", found->tried);
    printf("\n\n  %10s %5s  %-12s %10s %15s %12s\n", "N", "NB", "P x Q", "look-ahead", "rate",
           "time");
    for (int i = 0; i < found->count; i++)
        print_row(found, i);
    if (found->usual) {
        char rate[32];
        pn_rate_text(found->usual->rate, rate, sizeof rate);
        printf("\n  unsearched, as predict takes it: NB %d, %d x %d, %s\n", found->usual->nb,
               found->usual->p, found->usual->q, rate);
    }
}

static json_t *record_of(const findings *found)
{
    json_t *rows = json_array();
    for (int i = 0; i < found->count; i++) {
        const pn_tuned *tuned = &found->tuned[i];
        json_array_append_new(rows,
                              json_pack("{s:I, s:i, s:{s:i, s:i}, s:i, s:f, s:f}", "n",
                                        (json_int_t)tuned->n, "nb", tuned->nb, "grid", "p",
                                        tuned->p, "q", tuned->q, "lookahead", !tuned->in_turn,
                                        "gflops", tuned->rate / 1e9, "seconds", tuned->seconds));
    }
    return json_pack("{s:s, s:s, s:i, s:o}", "benchmark", "tuning", "machine", found->machine,
                     "tried", found->tried, "best", rows);
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
    pn_status status;
    PN_TRY(pn_machine_for_options(&machine, path, options));
    pn_tune_request request = {.machine = machine,
                               .n = options->n,
                               .nb = (int)options->nb,
                               .p = options->grid.p,
                               .q = options->grid.q};
    if (request.p > 0 && machine->partitions_count > 1) {
        status =
            pn_fail(PN_ERROR_USAGE, "command line: --grid is for one partition; this run has %d.",
                    machine->partitions_count);
        goto fail;
    }
    status = pn_tune_machine(&tuning, &request);
    if (status != PN_OK) {
        pn_fail_in(status, "%s", path);
        goto fail;
    }
    findings found = {.machine = machine->machine,
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
    pn_session session;
    pn_choice choice = {0};
    pn_status status;
    PN_TRY(pn_session_open(&session, invocation));
    PN_TRY(pn_trial_choose(&session, &session.options, session.comm->size, &choice));
    pn_tell_choice(&session, &choice);
    findings found = {
        .machine = session.host.name, .tuned = choice.tuned, .count = choice.tuned_count};
    bool speaks = session.comm->rank == 0;
    PN_TRY(pn_session_agree(&session, speaks ? tell(&found, session.options.json) : PN_OK));
fail:
    pn_choice_release(&choice);
    pn_session_close(&session);
    return status == PN_OK ? PN_EXIT_PASSED : PN_EXIT_FAILURE;
}

int pn_command_tune(const pn_invocation *invocation)
{
    if (invocation->operands.count == 0)
        return tune_job(invocation);
    pn_status status = tune_file(&invocation->options, invocation->operands.word[0]);
    return status == PN_OK ? PN_EXIT_PASSED : pn_command_failed();
}
