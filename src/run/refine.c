// SPDX-License-Identifier: BSD-3-Clause
// Both triangles are solved where they lie; what is told to all ranks is vectors only.
#include "run/refine.h"

#include "base/lcg.h"
#include "lu/back.h"
#include "run/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double enough = 1.0 / 16;        // of the threshold: later checks shall pass too
static const double least_contraction = 0.25; // by which a step has to bring the residual down

typedef struct vectors {
    double *residual, *correction; // [n] each
} vectors;

static pn_status make(vectors *v, pn_gidx n)
{
    v->residual = calloc((size_t)n, sizeof(double));
    v->correction = calloc((size_t)n, sizeof(double));
    return v->residual && v->correction ? PN_OK : pn_fail_memory("for the refinement");
}

// correction := inv(L) residual, or inv(U) residual.
static pn_status solve_triangle(const pn_refine_request *r, const vectors *v, bool lower)
{
    pn_back_request task = {.place = r->place,
                            .comm = r->comm,
                            .compute = r->compute,
                            .matrix = r->matrix,
                            .right = v->residual,
                            .lower = lower};
    size_t bytes = (size_t)r->place->layout->n * sizeof(double);
    memset(v->correction, 0, bytes);
    pn_status status = pn_back_substitute(&task, v->correction);
    if (status == PN_OK)
        pn_back_replicate(&task, v->correction);
    if (status == PN_OK && lower)
        memcpy(v->residual, v->correction, bytes);
    return status;
}

static pn_status improve(const pn_refine_request *r, const vectors *v, double *x, double *scaled)
{
    pn_norms norms;
    pn_status status;
    PN_TRY(solve_triangle(r, v, true));
    PN_TRY(solve_triangle(r, v, false));
    for (pn_gidx i = 0; i < r->place->layout->n; i++)
        x[i] += v->correction[i];
    pn_verify_request check = {.n = r->place->layout->n,
                               .seed = r->seed,
                               .shift = r->shift,
                               .x = x,
                               .rest = v->residual,
                               .comm = r->comm,
                               .team = r->compute->team};
    PN_TRY(pn_verify_solution(&check, &norms, scaled));
fail:
    return status;
}

static pn_status refine(const pn_refine_request *r, const vectors *v, double *x,
                        pn_refinement *refinement)
{
    double scaled, before = INFINITY;
    pn_status status = improve(r, v, x, &scaled);
    while (status == PN_OK && scaled >= enough * r->threshold) {
        double contraction = scaled / before;
        before = scaled;
        if (refinement->steps == PN_REFINEMENT_MOST || contraction > least_contraction)
            break;
        status = improve(r, v, x, &scaled);
        refinement->contraction[refinement->steps++] = scaled / before;
    }
    refinement->residual = scaled;
    refinement->diverged = !(scaled < r->threshold);
    return status;
}

// The residual of x = 0 is b.
static void begin(const pn_refine_request *r, const vectors *v, double *x)
{
    pn_gidx n = r->place->layout->n;
    memset(x, 0, (size_t)n * sizeof(double));
    pn_lcg_series(v->residual, n, pn_lcg_state(r->seed, n, 0, n), pn_lcg_jump_by(1));
}

pn_status pn_refine(const pn_refine_request *request, double *x, pn_refinement *refinement)
{
    vectors v = {NULL, NULL};
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
