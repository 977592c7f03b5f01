// SPDX-License-Identifier: BSD-3-Clause
// The block is factored by halves, what is large in it by all threads; the rows below are shared
// out.
#include "lu/panel_plain.h"

#include "base/assertion.h"
#include "base/rules.h"
#include "comm/group.h"
#include "compute/rounded.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    BASE_COLUMNS = 16,
    LINE = 16,            // entries of FP32 in a cache line
    SHARED_COLUMNS = 256, // of the pivot block that all threads update together
    SOLVE_COLUMNS = 64,   // that the BLAS solves at once
    SOLVE_ROWS = 512
};

static const float most_growth = 0x1p12F; // of a column over its pivot

typedef struct block_job {
    const pn_blas *blas;
    pn_team *team;
    pn_panel *panel;
    uint16_t *rounding; // of the first member; NULL: no product is of 16 bits
    size_t rounding_stride;
} block_job;

static float *at(const pn_panel *panel, int row, int column)
{
    return (float *)panel->l11 + (pn_lidx)column * panel->nb + row;
}

static void judge(pn_panel *panel, int column, float largest)
{
    float pivot = *at(panel, column, column);
    pn_gidx global = panel->step * panel->nb + column;
    if (!isfinite(pivot) || !isfinite(largest))
        pn_panel_note_finding(panel, PN_FINDING_NOT_FINITE, global);
    else if (fabsf(pivot) < FLT_MIN)
        pn_panel_note_finding(panel, PN_FINDING_SINGULAR, global);
    else if (largest > most_growth * fabsf(pivot))
        pn_panel_note_finding(panel, PN_FINDING_GROWTH, global);
}

// Columns [first, last) of the block, rows [first, last).
static void factor_base(pn_panel *panel, int first, int last)
{
    for (int k = first; k < last; k++) {
        float largest = 0, *column = at(panel, 0, k);
        for (int i = k + 1; i < last; i++)
            largest = fabsf(column[i]) > largest || isnan(column[i]) ? fabsf(column[i]) : largest;
        judge(panel, k, largest);
        float scale = fabsf(column[k]) >= FLT_MIN && isfinite(column[k]) ? 1 / column[k] : 1;
        for (int i = k + 1; i < last; i++)
            column[i] *= scale;
        for (int j = k + 1; j < last; j++) {
            float *right = at(panel, 0, j), u = right[k];
            for (int i = k + 1; i < last; i++)
                right[i] -= column[i] * u;
        }
    }
}

static pn_trsm solve_of(const pn_panel *panel, int first, char side)
{
    bool left = side == 'L';
    return (pn_trsm){.side = side,
                     .triangle = left ? 'L' : 'U',
                     .transpose = 'N',
                     .diagonal = left ? 'U' : 'N',
                     .alpha = 1.0,
                     .a = at(panel, first, first),
                     .lda = panel->nb,
                     .ldb = panel->nb,
                     .element = PN_FLOAT32};
}

// Numbers of the largest product of a member, in the halves of its solve.
static size_t rounding_numbers(int nb)
{
    int half = nb - nb / 2;
    return half < PN_ROUNDED_DEPTH ? 0 : pn_rounded_scratch(pn_max(SOLVE_ROWS, half), half, half);
}

size_t pn_panel_rounding_bytes(int nb, int threads)
{
    return rounding_numbers(nb) * (size_t)threads * sizeof(uint16_t);
}

static void multiply(const block_job *job, int me, const pn_gemm *task)
{
    if (job->rounding && task->k >= PN_ROUNDED_DEPTH)
        pn_rounded_gemm(job->blas, task, job->rounding + (size_t)me * job->rounding_stride);
    else
        pn_blas_gemm(job->blas, task);
}

// A step of the block's recursion: columns [first, middle) are factored, and update the rest.
typedef struct block_step {
    const block_job *job;
    int first, middle, last;
} block_step;

// Part `me` of `count` things, in whole cache lines.
static int share_begin(int count, int me, int members)
{
    int lines = (int)pn_ceil_div(count, LINE);
    return (int)pn_min(count, (int64_t)lines * me / members * LINE);
}

// What is below and right of the columns that are factored: rows and columns of one member.
static void solve_step(void *task, int me, int members)
{
    const block_step *t = task;
    pn_panel *panel = t->job->panel;
    int rest = t->last - t->middle, begin = share_begin(rest, me, members);
    int end = me + 1 == members ? rest : share_begin(rest, me + 1, members);
    pn_trsm below = solve_of(panel, t->first, 'R'), right = solve_of(panel, t->first, 'L');
    below.m = right.n = end - begin;
    below.n = right.m = t->middle - t->first;
    below.b = at(panel, t->middle + begin, t->first);
    right.b = at(panel, t->first, t->middle + begin);
    pn_blas_trsm(t->job->blas, &below);
    pn_blas_trsm(t->job->blas, &right);
}

static void multiply_step(void *task, int me, int members)
{
    const block_step *t = task;
    const pn_panel *panel = t->job->panel;
    int rest = t->last - t->middle, begin = share_begin(rest, me, members);
    int end = me + 1 == members ? rest : share_begin(rest, me + 1, members);
    multiply(t->job, me,
             &(pn_gemm){.transpose_a = 'N',
                        .transpose_b = 'N',
                        .m = rest,
                        .n = end - begin,
                        .k = t->middle - t->first,
                        .alpha = -1.0,
                        .a = at(panel, t->middle, t->first),
                        .lda = panel->nb,
                        .b = at(panel, t->first, t->middle + begin),
                        .ldb = panel->nb,
                        .beta = 1.0,
                        .c = at(panel, t->middle, t->middle + begin),
                        .ldc = panel->nb,
                        .element = PN_FLOAT32});
}

static void factor_block(const block_job *job, int first, int last)
{
    int size = last - first, middle = first + size / 2;
    block_step step = {job, first, middle, last};
    if (size <= BASE_COLUMNS) {
        factor_base(job->panel, first, last);
        return;
    }
    factor_block(job, first, middle);
    if (size >= SHARED_COLUMNS) {
        pn_team_run(job->team, solve_step, &step);
        pn_team_run(job->team, multiply_step, &step);
    } else {
        solve_step(&step, 0, 1);
        multiply_step(&step, 0, 1);
    }
    factor_block(job, middle, last);
}

// What a member solves for at once.
typedef struct solve_rows {
    const block_job *job;
    int me;
    pn_lidx row, rows;
} solve_rows;

// Columns [first, last) of these rows of the panel: what is left of A21 becomes what is left of
// A21 inv(U11), by halves, so that most of the work is a multiplication.
static void solve_below(const solve_rows *r, int first, int last)
{
    const block_job *job = r->job;
    const pn_panel *panel = job->panel;
    int size = last - first, middle = first + size / 2;
    float *left = pn_element_at(panel->a, PN_FLOAT32, first * panel->ld + r->row);
    if (size <= SOLVE_COLUMNS) {
        pn_trsm solve = solve_of(panel, first, 'R');
        solve.m = (int)r->rows;
        solve.n = size;
        solve.b = left;
        solve.ldb = (int)panel->ld;
        pn_blas_trsm(job->blas, &solve);
        return;
    }
    solve_below(r, first, middle);
    multiply(job, r->me,
             &(pn_gemm){.transpose_a = 'N',
                        .transpose_b = 'N',
                        .m = (int)r->rows,
                        .n = last - middle,
                        .k = middle - first,
                        .alpha = -1.0,
                        .a = left,
                        .lda = (int)panel->ld,
                        .b = at(panel, first, middle),
                        .ldb = panel->nb,
                        .beta = 1.0,
                        .c = pn_element_at(panel->a, PN_FLOAT32, middle * panel->ld + r->row),
                        .ldc = (int)panel->ld,
                        .element = PN_FLOAT32});
    solve_below(r, middle, last);
}

// Rows of one member, so many at once that they stay in a core's cache.
static void solve_job(void *task, int me, int members)
{
    const block_job *job = task;
    const pn_panel *panel = job->panel;
    pn_lidx lines = pn_ceil_div(panel->rows - panel->top, LINE);
    pn_lidx begin = panel->top + lines * me / members * LINE;
    pn_lidx end = pn_min(panel->rows, panel->top + lines * (me + 1) / members * LINE);
    for (pn_lidx row = begin; row < end; row += SOLVE_ROWS)
        solve_below(&(solve_rows){job, me, row, pn_min(SOLVE_ROWS, end - row)}, 0, panel->width);
}

static void take_block(pn_panel *panel)
{
    for (int j = 0; j < panel->width; j++)
        memcpy(at(panel, 0, j), pn_element_at(panel->a, PN_FLOAT32, j * panel->ld),
               (size_t)panel->width * sizeof(float));
}

void pn_panel_factor_plain(const pn_panel_engine *engine, pn_panel *panel)
{
    const pn_place *place = engine->place;
    pn_gidx first = panel->step * panel->nb;
    block_job job = {engine->blas, engine->team, panel, engine->rounding,
                     rounding_numbers(panel->nb)};
    pn_assert(panel->element == PN_FLOAT32, "a panel is factored without pivoting in FP32");
    memset(panel->header, 0, PN_PANEL_HEADER * sizeof *panel->header);
    for (int i = 0; i < panel->width; i++)
        pn_panel_pivots(panel)[i] = first + i;
    if (panel->top > 0) {
        take_block(panel);
        factor_block(&job, 0, panel->width);
    }
    size_t bytes = (size_t)((char *)panel->a - (char *)panel->header);
    if (engine->column.size > 1)
        pn_group_broadcast(&engine->column, panel->header, bytes,
                           pn_layout_row_of(place->layout, place->column, first));
    pn_team_run(engine->team, solve_job, &job);
}
