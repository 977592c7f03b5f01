// SPDX-License-Identifier: BSD-3-Clause
// The process that tries a library: opens it, checks its results, measures it, and tells after
// each.
#include "probe/blas_trial_serve.h"

#include "base/team.h"
#include "base/types.h"
#include "compute/blas.h"
#include "compute/blas_check.h"
#include "probe/blas_trial.h"
#include "probe/blas_trial_private.h"
#include "probe/blas_trial_rate.h"
#include "probe/peak.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

// Of the rate to beat: a small product shows at least this part of what a large one reaches.
static const double out_of_reach = 0.4;

static void tell(int fd, pn_blas_trial *trial, pn_blas_stage stage)
{
    trial->stage = stage;
    ssize_t written = write(fd, trial, sizeof *trial);
    if (written != (ssize_t)sizeof *trial)
        _exit(2); // nobody listens any more
}

static pn_status check(const pn_blas *blas, int threads, pn_blas_trial *trial)
{
    pn_blas_faults faults;
    pn_team *team;
    pn_status status = pn_team_create(&team, threads > 1 ? threads : 1, NULL);
    if (status != PN_OK)
        return status;
    status = pn_blas_check(&faults, blas, team);
    pn_team_destroy(team);
    trial->is_wrong = faults.product || faults.solve;
    trial->is_unsafe = faults.together || pn_blas_suits(blas, threads) != PN_OK;
    const char *why = faults.first[0]    ? faults.first
                      : trial->is_unsafe ? "built without threads: wrong when several call it"
                                         : "";
    snprintf(trial->why, sizeof trial->why, "%s", why);
    return status;
}

static pn_status try_library(int fd, const pn_blas_trial_request *r, pn_team *team,
                             pn_blas_trial *trial)
{
    pn_blas_look_request look = {r->is_final ? PN_BLAS_RUN : PN_BLAS_CACHED, r->nb, r->seconds};
    pn_blas *blas = NULL;
    pn_status status;
    PN_TRY(pn_blas_open(&blas, r->path));
    trial->identity = *pn_blas_who(blas);
    char path[PATH_MAX]; // links of one file are one library
    if (realpath(trial->identity.path, path))
        snprintf(trial->identity.path, sizeof trial->identity.path, "%.*s",
                 (int)sizeof trial->identity.path - 1, path);
    tell(fd, trial, PN_BLAS_OPENED);
    if (r->beat > 0)
        PN_TRY(pn_blas_trial_rate(&trial->gflops, blas, team,
                                  &(pn_blas_look_request){PN_BLAS_GLANCE, r->nb, 0}));
    trial->is_slow = trial->gflops < out_of_reach * r->beat;
    if (!trial->is_slow && !r->is_final)
        PN_TRY(check(blas, r->threads, trial));
    tell(fd, trial, PN_BLAS_CHECKED);
    if (trial->is_wrong || trial->is_unsafe)
        trial->gflops = 0;
    else if (!trial->is_slow)
        PN_TRY(pn_blas_trial_rate(&trial->gflops, blas, team, &look));
    tell(fd, trial, PN_BLAS_MEASURED);
fail:
    return status;
}

static pn_status try_all(int fd, const pn_blas_trial_request *r, pn_blas_trial *trial)
{
    pn_team *team;
    pn_status status = pn_team_create(&team, r->threads, NULL);
    if (status != PN_OK)
        return status;
    if (r->path[0])
        return try_library(fd, r, team, trial);
    pn_peak peak;
    pn_peak_measure(&peak, team, r->seconds);
    trial->peak_gflops = peak.gflops;
    snprintf(trial->peak_unit, sizeof trial->peak_unit, "%s", peak.unit);
    tell(fd, trial, PN_BLAS_MEASURED);
    return PN_OK;
}

// Nothing is released: the process ends without running what the library does at its end.
bool pn_blas_trial_serve(int argc, char **argv, int *exit_code)
{
    if (argc != 9 || strcmp(argv[1], PN_BLAS_TRIAL_WORD) != 0)
        return false;
    prctl(PR_SET_PDEATHSIG, SIGKILL); // who asked is gone
    int fd = atoi(argv[2]);
    pn_blas_trial_request request = {.path = argv[3],
                                     .threads = atoi(argv[4]),
                                     .nb = atoi(argv[5]),
                                     .seconds = atof(argv[6]),
                                     .beat = atof(argv[7]),
                                     .is_final = strcmp(argv[8], "final") == 0};
    pn_blas_trial trial = {0};
    *exit_code = 0;
    if (try_all(fd, &request, &trial) != PN_OK) {
        snprintf(trial.why, sizeof trial.why, "%s", pn_fail_message());
        tell(fd, &trial, trial.stage);
        *exit_code = 2;
    }
    _exit(*exit_code);
}
