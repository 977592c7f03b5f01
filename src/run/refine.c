// SPDX-License-Identifier: BSD-3-Clause
// Both triangles are solved where they lie; what is told to all ranks is vectors only.
#include "run/refine.h"

#include "base/lcg.h"
#include "comm/group.h"
#include "run/gmres.h"
#include "run/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double enough = 1.0 / 16;        // of the threshold: later checks shall pass too
static const double least_contraction = 0.25; // by which a plain step brings the residual down
static const double least_of_cycle = 0.5;     // the same of a cycle of GMRES

typedef struct vectors {
    double *residual, *correction; // [n] each
    pn_norms norms;                // of the matrix, once a residual was found
    bool has_norms;
} vectors;

static pn_status make(vectors *v, pn_gidx n)
{
    v->residual = calloc((size_t)n, sizeof(double));
    v->correction = calloc((size_t)n, sizeof(double));
    return v->residual && v->correction ? PN_OK : pn_fail_memory("for the refinement");
}

// correction := inv(L) residual, or inv(U) residual.
static void solve_triangle(const pn_refine_request *r, const vectors *v, bool lower)
{
    pn_back_request task = {.place = r->place,
                            .comm = r->comm,
                            .compute = r->compute,
                            .matrix = r->matrix,
                            .right = v->residual,
                            .lower = lower};
    size_t bytes = (size_t)r->place->layout->n * sizeof(double);
    memset(v->correction, 0, bytes);
    pn_back_substitute(r->back, &task, v->correction);
    pn_back_replicate(&task, v->correction);
    if (lower)
        memcpy(v->residual, v->correction, bytes);
}

// v->residual := b - A x, and what it is as HPL scales it.
static pn_status find_residual(const pn_refine_request *r, vectors *v, const double *x,
                               double *scaled)
{
    pn_norms norms = {0};
    pn_verify_request check = {.n = r->place->layout->n,
                               .seed = r->seed,
                               .shift = r->shift,
                               .x = x,
                               .rest = v->residual,
                               .matrix = v->has_norms ? &v->norms : NULL,
                               .comm = r->comm,
                               .team = r->compute->team,
                               .compute = r->compute};
    pn_status status = pn_verify_solution(&check, &norms, scaled);
    v->norms = norms;
    v->has_norms = status == PN_OK;
    return status;
}

static void add(const vectors *v, double *x, pn_gidx n, double sign)
{
    for (pn_gidx i = 0; i < n; i++)
        x[i] += sign * v->correction[i];
}

static pn_status improve(const pn_refine_request *r, vectors *v, double *x, double *scaled)
{
    solve_triangle(r, v, true);
    solve_triangle(r, v, false);
    add(v, x, r->place->layout->n, 1);
    return find_residual(r, v, x, scaled);
}

// What GMRES works with: the factors, and the matrix generated again.
typedef struct operators {
    const pn_refine_request *request;
    vectors *v; // its residual is the vector that is solved for
} operators;

static pn_status precondition(void *context, double *vector)
{
    const operators *o = context;
    vectors v = {.residual = vector, .correction = o->v->correction};
    size_t bytes = (size_t)o->request->place->layout->n * sizeof *vector;
    solve_triangle(o->request, &v, true);
    solve_triangle(o->request, &v, false);
    memcpy(vector, v.correction, bytes);
    return PN_OK;
}

static pn_status multiply(void *context, const double *vector, double *product)
{
    const operators *o = context;
    pn_norms norms;
    double scaled;
    pn_gidx n = o->request->place->layout->n;
    pn_verify_request task = {.n = n,
                              .seed = o->request->seed,
                              .shift = o->request->shift,
                              .x = vector,
                              .rest = product,
                              .no_right = true,
                              .matrix = &o->v->norms, // a plain step came first
                              .comm = o->request->comm,
                              .team = o->request->compute->team,
                              .compute = o->request->compute};
    pn_status status = pn_verify_solution(&task, &norms, &scaled);
    for (pn_gidx i = 0; i < n; i++)
        product[i] = -product[i];
    return status;
}

static void agree(void *context, double *numbers, int count)
{
    const operators *o = context;
    pn_group world = pn_group_world(o->request->comm, 0);
    pn_group_broadcast(&world, numbers, (size_t)count * sizeof *numbers, 0);
}

// GMRES from x on, by cycles, until the residual is small enough or a cycle brings too little.
static pn_status correct(const pn_refine_request *r, vectors *v, double *x,
                         pn_refinement *refinement, double *scaled)
{
    const double estimates = 0.5; // of another norm, and of rounding
    pn_gidx n = r->place->layout->n;
    operators o = {r, v};
    pn_gmres gmres = {n, precondition, multiply, agree, &o};
    double before = INFINITY, wanted = enough * r->threshold;
    pn_status status = PN_OK;
    while (*scaled >= wanted && *scaled <= least_of_cycle * before &&
           refinement->steps < PN_REFINEMENT_MOST) {
        int steps = 0, most = (int)pn_min(PN_GMRES_CYCLE, PN_REFINEMENT_MOST - refinement->steps);
        before = *scaled;
        PN_TRY(pn_gmres_correct(&gmres, v->residual, estimates * wanted / before, most,
                                refinement->contraction + refinement->steps, &steps));
        refinement->steps += steps;
        refinement->gmres += steps;
        memcpy(v->correction, v->residual, (size_t)n * sizeof *v->residual);
        add(v, x, n, 1);
        PN_TRY(find_residual(r, v, x, scaled));
    }
fail:
    return status;
}

// Plain steps, as long as they pay.
static pn_status refine(const pn_refine_request *r, vectors *v, double *x,
                        pn_refinement *refinement)
{
    double scaled, before = INFINITY, wanted = enough * r->threshold;
    pn_status status;
    PN_TRY(improve(r, v, x, &scaled));
    while (scaled >= wanted && scaled <= least_contraction * before &&
           refinement->steps < PN_REFINEMENT_MOST) {
        before = scaled;
        PN_TRY(improve(r, v, x, &scaled));
        refinement->contraction[refinement->steps++] = scaled / before;
    }
    if (scaled > before) { // the step before was the better one
        add(v, x, r->place->layout->n, -1);
        PN_TRY(find_residual(r, v, x, &scaled));
    }
    PN_TRY(correct(r, v, x, refinement, &scaled));
    refinement->residual = scaled;
    refinement->diverged = !(scaled < r->threshold);
fail:
    return status;
}

// The residual of x = 0 is b.
static void begin(const pn_refine_request *r, vectors *v, double *x)
{
    pn_gidx n = r->place->layout->n;
    memset(x, 0, (size_t)n * sizeof(double));
    pn_lcg_series(v->residual, n, pn_lcg_state(r->seed, n, 0, n), pn_lcg_jump_by(1));
}

pn_status pn_refine(const pn_refine_request *request, double *x, pn_refinement *refinement)
{
    vectors v = {.has_norms = false};
    *refinement = (pn_refinement){.steps = 0};
    // Everybody takes part in the sums: the failure of one is the failure of all.
    pn_group world = pn_group_world(request->comm, 0);
    pn_status status = make(&v, request->place->layout->n);
    double failed = status != PN_OK;
    pn_group_combine(&world, &failed, sizeof failed, pn_combine_max);
    if (failed > 0 && status == PN_OK)
        status = pn_fail(PN_ERROR_MEMORY, "%s", ""); // the rank it concerns has the message
    PN_TRY(status);
    begin(request, &v, x);
    PN_TRY(refine(request, &v, x, refinement));
fail:
    free(v.residual);
    free(v.correction);
    return status;
}
