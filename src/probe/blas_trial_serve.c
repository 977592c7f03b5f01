// SPDX-License-Identifier: BSD-3-Clause
// The process that tries a library. What it measures is the mix of a factorisation at the shapes of
// its slabs: products of NB columns, and beside them 3 % in solves and 3 % in narrow products, as
// panels have them.
#include "base/clock.h"
#include "base/team.h"
#include "base/types.h"
#include "compute/blas.h"
#include "compute/blas_check.h"
#include "probe/blas_trial.h"
#include "probe/blas_trial_private.h"
#include "probe/peak.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    COLUMNS = 1536, // of the strip that all threads multiply by
    ROWS = 768,     // of a thread's slab
    FIRST = 192,    // of both, to see how far away it is
    NARROW = 32,    // columns of the narrow product
    SOLVES = 8,     // unknown rows' triangles of NB / SOLVES, as the panel has them
    LEAST = 3       // repeats
};

// Of the rate to beat: a small product shows at least this part of what a large one reaches.
static const double out_of_reach = 0.4;

typedef struct shape {
    int columns, rows;
} shape;

typedef struct rate_task {
    const pn_blas *blas;
    int nb;
    const double *strip; // COLUMNS x nb, shared as U is
    double *own;         // own_words each: L (nb wide), C, a triangle
    double seconds;      // of whole products; 0: small ones only
    double *best;        // [members] operations a second
} rate_task;

static size_t own_words(int nb)
{
    return (size_t)ROWS * (size_t)nb + (size_t)ROWS * COLUMNS + (size_t)nb * (size_t)nb;
}

// The product of a slab, as src/compute has it.
static double multiply(const rate_task *t, double *own, shape s)
{
    double *l = own, *c = own + (size_t)ROWS * (size_t)t->nb;
    pn_blas_gemm(t->blas, &(pn_gemm){'N', 'T', s.columns, s.rows, t->nb, -1.0, t->strip, COLUMNS, l,
                                     ROWS, 1.0, c, COLUMNS, PN_FLOAT64});
    return 2.0 * s.columns * s.rows * t->nb;
}

// Operations of the rest, about 6 % of those of the product.
static double solve_and_narrow(const rate_task *t, double *own, shape s)
{
    double *c = own + (size_t)ROWS * (size_t)t->nb, *triangle = c + (size_t)ROWS * COLUMNS;
    int size = (int)pn_max(1, t->nb / SOLVES), rows = s.columns, steps;
    double share = 0.03 * 2.0 * s.columns * s.rows * t->nb, done = 0;
    int right = (int)pn_min(s.rows, pn_max(1, (int64_t)(share / ((double)size * size))));
    pn_blas_trsm(t->blas, &(pn_trsm){'L', 'L', 'N', 'U', size, right, 1.0, triangle, size, c,
                                     COLUMNS, PN_FLOAT64});
    done += (double)size * size * right;
    steps = (int)pn_max(1, (int64_t)(share / (2.0 * rows * NARROW * NARROW)));
    for (int i = 0; i < steps; i++)
        pn_blas_gemm(t->blas,
                     &(pn_gemm){'N', 'N', rows, NARROW, (int)pn_min(NARROW, t->nb), -1.0, t->strip,
                                COLUMNS, own, NARROW, 1.0, c, COLUMNS, PN_FLOAT64});
    return done + 2.0 * rows * NARROW * (double)pn_min(NARROW, t->nb) * steps;
}

static double once(const rate_task *t, double *own, shape s)
{
    double begin = pn_thread_seconds();
    double operations = multiply(t, own, s) + solve_and_narrow(t, own, s);
    return operations / (pn_thread_seconds() - begin);
}

// A small product first: it warms up, and tells how long a whole one takes.
static void rate_job(void *task, int me, int members)
{
    (void)members;
    rate_task *t = task;
    double *own = t->own + (size_t)me * own_words(t->nb), end = pn_thread_seconds() + t->seconds;
    shape small = {FIRST, FIRST}, whole = {COLUMNS, ROWS};
    once(t, own, small);
    double best = once(t, own, small);
    t->best[me] = best;
    if (2.0 * COLUMNS * ROWS * t->nb / best > t->seconds)
        return;
    best = 0;
    for (int i = 0; i < LEAST || pn_thread_seconds() < end; i++)
        best = fmax(best, once(t, own, whole));
    t->best[me] = best;
}

static void fill(double *data, size_t words)
{
    for (size_t i = 0; i < words; i++)
        data[i] = 1e-3 * ((double)(i % 127) / 127.0 - 0.5);
}

// *gflops: a core.
static pn_status measure(const pn_blas_trial_request *r, const pn_blas *blas, pn_team *team,
                         double seconds, double *gflops)
{
    int members = pn_team_size(team);
    size_t strip = (size_t)COLUMNS * (size_t)r->nb, own = own_words(r->nb) * (size_t)members;
    double *memory = malloc((strip + own + (size_t)members) * sizeof *memory);
    if (!memory)
        return pn_fail_memory("for a product of %d threads", members);
    fill(memory, strip + own + (size_t)members); // triangles of small entries: C must stay finite
    rate_task task = {.blas = blas,
                      .nb = r->nb,
                      .strip = memory,
                      .own = memory + strip,
                      .seconds = seconds,
                      .best = memory + strip + own};
    pn_team_run(team, rate_job, &task);
    *gflops = 0;
    for (int i = 0; i < members; i++)
        *gflops += 1e-9 * task.best[i] / members;
    free(memory);
    return PN_OK;
}

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
        PN_TRY(measure(r, blas, team, 0, &trial->gflops));
    trial->is_slow = trial->gflops < out_of_reach * r->beat;
    if (!trial->is_slow && !r->checked)
        PN_TRY(check(blas, r->threads, trial));
    tell(fd, trial, PN_BLAS_CHECKED);
    if (trial->is_wrong || trial->is_unsafe)
        trial->gflops = 0;
    else if (!trial->is_slow)
        PN_TRY(measure(r, blas, team, r->seconds, &trial->gflops));
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
                                     .checked = strcmp(argv[8], "checked") == 0};
    pn_blas_trial trial = {0};
    *exit_code = 0;
    if (try_all(fd, &request, &trial) != PN_OK) {
        snprintf(trial.why, sizeof trial.why, "%s", pn_fail_message());
        tell(fd, &trial, trial.stage);
        *exit_code = 2;
    }
    _exit(*exit_code);
}
