// SPDX-License-Identifier: BSD-3-Clause
// Gram and Schmidt twice for each vector, which is as good as their modified form and has three
// messages a step; the least squares by rotations.
#include "run/gmres.h"

#include "base/assertion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct cycle {
    const pn_gmres *gmres;
    double *basis; // [(PN_GMRES_CYCLE + 1) x n]
    double h[PN_GMRES_CYCLE + 1][PN_GMRES_CYCLE];
    double cosine[PN_GMRES_CYCLE], sine[PN_GMRES_CYCLE];
    double right[PN_GMRES_CYCLE + 1];
} cycle;

static double *vector_of(const cycle *c, int index)
{
    return c->basis + index * c->gmres->n;
}

static double dot(const double *a, const double *b, pn_gidx n)
{
    double sum = 0;
    for (pn_gidx i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void agree(const cycle *c, double *numbers, int count)
{
    if (c->gmres->agree)
        c->gmres->agree(c->gmres->context, numbers, count);
}

// Makes vector `index` orthogonal to those before it, what it had of them is added to h, and of
// length 1; returns how long it was.
static double orthogonalise(cycle *c, int index, double *h)
{
    enum { TIMES = 2 };
    pn_gidx n = c->gmres->n;
    double *v = vector_of(c, index), part[PN_GMRES_CYCLE + 1] = {0};
    for (int time = 0; time < TIMES && index > 0; time++) {
        for (int i = 0; i < index; i++)
            part[i] = dot(vector_of(c, i), v, n);
        agree(c, part, index);
        for (int i = 0; i < index; i++) {
            const double *other = vector_of(c, i);
            h[i] += part[i];
            for (pn_gidx k = 0; k < n; k++)
                v[k] -= part[i] * other[k];
        }
    }
    double length = sqrt(dot(v, v, n));
    agree(c, &length, 1);
    for (pn_gidx k = 0; k < n && length > 0; k++)
        v[k] /= length;
    return length;
}

// Column `step` of h by the rotations so far and one of its own, which leaves nothing below the
// diagonal. The magnitude of the last entry of `right` is what is left of the residual.
static void rotate(cycle *c, int step)
{
    for (int i = 0; i < step; i++) {
        double above = c->h[i][step], below = c->h[i + 1][step];
        c->h[i][step] = c->cosine[i] * above + c->sine[i] * below;
        c->h[i + 1][step] = c->cosine[i] * below - c->sine[i] * above;
    }
    double above = c->h[step][step], below = c->h[step + 1][step], length = hypot(above, below);
    c->cosine[step] = length > 0 ? above / length : 1;
    c->sine[step] = length > 0 ? below / length : 0;
    c->h[step][step] = length;
    c->right[step + 1] = -c->sine[step] * c->right[step];
    c->right[step] *= c->cosine[step];
}

static pn_status extend(cycle *c, int step, double *scratch)
{
    double h[PN_GMRES_CYCLE + 1] = {0};
    pn_status status;
    memcpy(scratch, vector_of(c, step), (size_t)c->gmres->n * sizeof *scratch);
    PN_TRY(c->gmres->precondition(c->gmres->context, scratch));
    PN_TRY(c->gmres->multiply(c->gmres->context, scratch, vector_of(c, step + 1)));
    h[step + 1] = orthogonalise(c, step + 1, h);
    for (int i = 0; i <= step + 1; i++)
        c->h[i][step] = h[i];
    rotate(c, step);
fail:
    return status;
}

// correction := inv(M) V y, with y from the triangle of `steps` rotated columns.
static pn_status combine(cycle *c, int steps, double *correction)
{
    double y[PN_GMRES_CYCLE];
    memset(correction, 0, (size_t)c->gmres->n * sizeof *correction);
    for (int i = steps - 1; i >= 0; i--) {
        y[i] = c->right[i];
        for (int j = i + 1; j < steps; j++)
            y[i] -= c->h[i][j] * y[j];
        y[i] = c->h[i][i] != 0 ? y[i] / c->h[i][i] : 0;
    }
    for (int i = 0; i < steps; i++) {
        const double *v = vector_of(c, i);
        for (pn_gidx k = 0; k < c->gmres->n; k++)
            correction[k] += y[i] * v[k];
    }
    return c->gmres->precondition(c->gmres->context, correction);
}

static pn_status perform(cycle *c, double *residual, double enough, int most, double *contraction,
                         int *steps)
{
    pn_status status = PN_OK;
    memcpy(vector_of(c, 0), residual, (size_t)c->gmres->n * sizeof *residual);
    double first = c->right[0] = orthogonalise(c, 0, NULL), left = first;
    *steps = 0;
    while (*steps < most && left > enough * first && isfinite(left)) {
        int step = *steps;
        PN_TRY(extend(c, step, residual));
        contraction[step] = fabs(c->right[step + 1]) / left;
        left = fabs(c->right[step + 1]);
        ++*steps;
        if (!(c->h[step][step] > 0)) // the rest lies outside of what the matrix reaches
            break;
    }
    PN_TRY(combine(c, *steps, residual));
fail:
    return status;
}

pn_status pn_gmres_correct(const pn_gmres *gmres, double *residual, double enough, int most,
                           double *contraction, int *steps)
{
    cycle c = {.gmres = gmres};
    pn_assert(most >= 1 && most <= PN_GMRES_CYCLE, "a cycle has as many steps as there is room");
    c.basis = calloc((size_t)gmres->n * (PN_GMRES_CYCLE + 1), sizeof *c.basis);
    pn_status status = c.basis ? PN_OK : pn_fail_memory("for the vectors of GMRES");
    double failed = status != PN_OK;
    agree(&c, &failed, 1);
    if (status == PN_OK)
        status = perform(&c, residual, enough, most, contraction, steps);
    free(c.basis);
    return status;
}
