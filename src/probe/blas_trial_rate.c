// SPDX-License-Identifier: BSD-3-Clause
// Each thread has memory of its own, as slabs of a matrix have rows of their own, and fills it, so
// that it lies where the thread is.
#include "probe/blas_trial_rate.h"

#include "base/clock.h"
#include "base/rules.h"
#include "base/types.h"
#include "probe/panel_rate.h"

#include <math.h>
#include <stdlib.h>

enum {
    COLUMNS = 1536, // of the strip U that all threads multiply by
    COLUMNS_OF_A_RUN = 4096,
    THREADS_OF_MANY = 16, // with more the strip is narrow in any case, which bounds the memory
    ROWS = 768,           // of a thread's slab
    ROWS_A_THREAD = 1536, // of the matrix of a run
    FIRST = 192,          // rows and columns of a glance
    NARROW = 32,          // columns of the narrow product
    SOLVES = 8,           // unknown rows' triangles of NB / SOLVES, as the panel has them
    LEAST = 3,            // repeats
    PANEL_ROWS = 2048
};

// Operations of solves, of narrow products and of panels beside those of products: at N of 25 NB.
static const double side_part = 0.03;

typedef struct shape {
    int columns, rows;
} shape;

typedef struct rate_task {
    const pn_blas *blas;
    const pn_blas_look_request *request;
    int columns;         // of U and C
    pn_lidx rows;        // of C, of each thread
    const double *strip; // columns x nb, shared as U is
    double *own;         // own_words each
    double *best;        // [members] operations a second
    pn_status *panels;   // [members] whether there was memory for them
} rate_task;

// L (nb wide), a triangle, C.
static size_t words_of_l(const rate_task *t)
{
    return (size_t)pn_max(ROWS, t->rows) * (size_t)t->request->nb;
}

static size_t words_before_c(const rate_task *t)
{
    return words_of_l(t) + (size_t)t->request->nb * (size_t)t->request->nb;
}

static size_t own_words(const rate_task *t)
{
    return words_before_c(t) + (size_t)t->rows * (size_t)t->columns;
}

// The product of a slab, as src/compute has it, on the rows of C from `row` on.
static double multiply(const rate_task *t, double *own, shape s, pn_lidx row)
{
    int nb = t->request->nb, ld = t->columns;
    double *l = own + row, *c = own + words_before_c(t) + (size_t)row * (size_t)ld;
    pn_blas_gemm(t->blas, &(pn_gemm){'N', 'T', s.columns, s.rows, nb, -1.0, t->strip, ld, l,
                                     (int)t->rows, 1.0, c, ld, PN_FLOAT64});
    return 2.0 * s.columns * s.rows * nb;
}

// As many operations as side_part of a product has.
static double solve(const rate_task *t, double *own, shape s)
{
    double *triangle = own + words_of_l(t), *c = own + words_before_c(t);
    int size = (int)pn_max(1, t->request->nb / SOLVES);
    double share = side_part * 2.0 * s.columns * s.rows * t->request->nb;
    int right = (int)pn_min(s.rows, pn_max(1, (int64_t)(share / ((double)size * size))));
    pn_blas_trsm(t->blas, &(pn_trsm){'L', 'L', 'N', 'U', size, right, 1.0, triangle, size, c,
                                     t->columns, PN_FLOAT64});
    return (double)size * size * right;
}

// The same.
static double multiply_narrow(const rate_task *t, double *own, shape s)
{
    double *c = own + words_before_c(t),
           share = side_part * 2.0 * s.columns * s.rows * t->request->nb;
    int rows = s.columns, inner = (int)pn_min(NARROW, t->request->nb);
    int steps = (int)pn_max(1, (int64_t)(share / (2.0 * rows * NARROW * NARROW)));
    for (int i = 0; i < steps; i++)
        pn_blas_gemm(t->blas, &(pn_gemm){'N', 'N', rows, NARROW, inner, -1.0, t->strip, t->columns,
                                         own, NARROW, 1.0, c, t->columns, PN_FLOAT64});
    return 2.0 * rows * NARROW * inner * steps;
}

static double cached_once(const rate_task *t, double *own, shape s)
{
    double begin = pn_thread_seconds();
    double operations = multiply(t, own, s, 0) + solve(t, own, s) + multiply_narrow(t, own, s);
    return operations / (pn_thread_seconds() - begin);
}

// A small product first: it warms up, and tells how long a whole one takes.
static double look_cached(const rate_task *t, double *own)
{
    double seconds = t->request->seconds, end = pn_thread_seconds() + seconds, best = 0;
    shape small = {FIRST, FIRST}, whole = {t->columns, ROWS};
    cached_once(t, own, small);
    double glance = cached_once(t, own, small);
    if (t->request->look == PN_BLAS_GLANCE ||
        2.0 * whole.columns * whole.rows * t->request->nb / glance > seconds)
        return glance;
    for (int i = 0; i < LEAST || pn_thread_seconds() < end; i++)
        best = fmax(best, cached_once(t, own, whole));
    return best;
}

// Rows of a thread's slabs in one step, and of the n-th of them; those of the other threads are as
// thick.
static pn_lidx slabs_of_step(int threads, int n, pn_lidx *rows)
{
    pn_lidx all = (pn_lidx)ROWS_A_THREAD * threads, left = all, begin = 0;
    *rows = 0;
    for (int i = 0; left > 0; i++) {
        pn_lidx slab = pn_rules_slab(&pn_rules_usual.slabs, left, all, threads);
        if (i == n)
            *rows = slab;
        if (n >= 0 && i == n)
            return begin;
        begin += slab;
        left -= pn_min(left, slab * threads);
    }
    return begin;
}

// Mixes the rate of the run's own panels into `rate`: each thread factors one by itself, as the
// members of a crew do in effect.
static pn_status mix_panel(double *rate, const rate_task *t)
{
    pn_panel_rate panel = {.rows = PANEL_ROWS,
                           .nb = t->request->nb,
                           .element = PN_FLOAT64,
                           .seconds = pn_thread_seconds};
    pn_team *team;
    pn_status status = pn_team_create(&team, 1, NULL);
    if (status != PN_OK)
        return status;
    status = pn_panel_rate_measure(&panel, team, t->blas, 0);
    pn_team_destroy(team);
    if (status == PN_OK)
        *rate = (1 + side_part) / (1 / *rate + side_part / panel.rate);
    return status;
}

static pn_status look_at_run(double *rate, const rate_task *t, double *own, int threads)
{
    pn_lidx rows;
    multiply(t, own, (shape){FIRST, FIRST}, 0); // warms up
    double begin = pn_thread_seconds(), operations = 0;
    for (int i = 0;; i++) {
        pn_lidx row = slabs_of_step(threads, i, &rows);
        if (rows == 0)
            break;
        operations += multiply(t, own, (shape){t->columns, (int)rows}, row);
    }
    operations += solve(t, own, (shape){t->columns, (int)t->rows});
    *rate = operations / (pn_thread_seconds() - begin);
    return mix_panel(rate, t);
}

// Small entries: C must stay finite however often triangles are solved with.
static void fill(double *data, size_t words)
{
    for (size_t i = 0; i < words; i++)
        data[i] = 1e-3 * ((double)(i % 127) / 127.0 - 0.5);
}

static void rate_job(void *task, int me, int members)
{
    rate_task *t = task;
    double *own = t->own + (size_t)me * own_words(t);
    fill(own, own_words(t));
    if (t->request->look == PN_BLAS_RUN)
        t->panels[me] = look_at_run(&t->best[me], t, own, members);
    else
        t->best[me] = look_cached(t, own);
}

static rate_task plan_task(const pn_blas *blas, int members, const pn_blas_look_request *request)
{
    rate_task task = {.blas = blas, .request = request, .columns = COLUMNS, .rows = ROWS};
    if (request->look != PN_BLAS_RUN)
        return task;
    pn_lidx ignored;
    task.rows = slabs_of_step(members, -1, &ignored);
    if (members <= THREADS_OF_MANY)
        task.columns = COLUMNS_OF_A_RUN;
    return task;
}

pn_status pn_blas_trial_rate(double *gflops, const pn_blas *blas, pn_team *team,
                             const pn_blas_look_request *request)
{
    int members = pn_team_size(team);
    rate_task task = plan_task(blas, members, request);
    size_t strip = (size_t)task.columns * (size_t)request->nb;
    size_t own = own_words(&task) * (size_t)members;
    double *memory = malloc((strip + own + (size_t)members) * sizeof *memory);
    pn_status status = PN_OK, *panels = calloc((size_t)members, sizeof *panels);
    if (!memory || !panels) {
        status = pn_fail_memory("for a product of %d threads", members);
        goto fail;
    }
    fill(memory, strip);
    task.strip = memory;
    task.own = memory + strip;
    task.best = memory + strip + own;
    task.panels = panels;
    pn_team_run(team, rate_job, &task);
    *gflops = 0;
    for (int i = 0; i < members; i++) {
        *gflops += 1e-9 * task.best[i] / members;
        status = panels[i] != PN_OK ? panels[i] : status;
    }
fail:
    free(panels);
    free(memory);
    return status;
}
