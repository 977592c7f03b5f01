// SPDX-License-Identifier: BSD-3-Clause
// Each rank takes a range of rows, each thread a range of columns: column sums need no merging
// between threads, and the sums of a row are merged at the end.
#include "run/verify.h"

#include "base/clones.h"
#include "base/lcg.h"
#include "base/log.h"
#include "base/vector.h"
#include "comm/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 512,    // columns at once: their x, sums and entries stay in the first-level cache
    ROW_BLOCK = 64, // rows for which they stay there
    PARTS = 4,      // independent chains for the vector units
    LANES = PARTS * PN_VECTOR,
    CHECKED_ROWS = 8, // of a device's sums
    TAG_VERIFY = 2048
};

static const double same_enough = 1e-10; // of the sum of the magnitudes of a row
static const double comparable = 1e200;  // largest entry of x

typedef struct row_sums {
    double product; // of the row with x
    double size;    // sum of magnitudes
} row_sums;

typedef struct verify {
    const pn_verify_request *request;
    pn_gidx first, last; // rows of this rank
    double *column_sums; // [n]
    row_sums *row_parts; // [parts x rows]
    int parts;           // into which the sums of a row are cut: one for each thread
} verify;

// One row's chunk: entries times x, their magnitudes, and the column sums.
PN_CLONES static row_sums add_chunk(const double *entries, const double *x, double *columns,
                                    pn_lidx count)
{
    pn_vector product[PARTS] = {{0}}, size[PARTS] = {{0}};
    row_sums sums = {0, 0};
    pn_lidx j = 0;
    for (; j + LANES <= count; j += LANES) {
        const pn_vector *entry = (const pn_vector *)(entries + j);
        const pn_vector *factor = (const pn_vector *)(x + j);
        pn_vector *column = (pn_vector *)(columns + j);
        for (int l = 0; l < PARTS; l++) {
            pn_vector magnitude = pn_vector_abs(entry[l]);
            product[l] += entry[l] * factor[l];
            size[l] += magnitude;
            column[l] += magnitude;
        }
    }
    for (; j < count; j++) {
        sums.product += entries[j] * x[j];
        sums.size += fabs(entries[j]);
        columns[j] += fabs(entries[j]);
    }
    for (int l = 0; l < LANES; l++) {
        sums.product += product[l / PN_VECTOR][l % PN_VECTOR];
        sums.size += size[l / PN_VECTOR][l % PN_VECTOR];
    }
    return sums;
}

// Rows [row, row + rows) of a column chunk.
static void add_block(const verify *v, pn_gidx row, pn_lidx rows, pn_gidx column, pn_lidx columns,
                      row_sums *sums)
{
    double entries[CHUNK];
    const pn_lcg_jump along = pn_lcg_jump_by((uint64_t)v->request->n), down = pn_lcg_jump_by(1);
    uint64_t state = pn_lcg_state(v->request->seed, v->request->n, row, column);
    for (pn_lidx i = 0; i < rows; i++) {
        pn_lcg_series(entries, columns, state, along);
        state = pn_lcg_after(state, down);
        if (row + i >= column && row + i < column + columns)
            entries[row + i - column] += v->request->shift;
        row_sums part =
            add_chunk(entries, v->request->x + column, v->column_sums + column, columns);
        sums[i].product += part.product;
        sums[i].size += part.size;
    }
}

static void verify_job(void *task, int me, int members)
{
    const verify *v = task;
    pn_gidx n = v->request->n, rows = v->last - v->first;
    pn_gidx begin = n * me / members, end = n * (me + 1) / members;
    row_sums *sums = v->row_parts + (size_t)me * (size_t)rows;
    for (pn_gidx row = v->first; row < v->last; row += ROW_BLOCK)
        for (pn_gidx column = begin; column < end; column += CHUNK)
            add_block(v, row, pn_min(ROW_BLOCK, v->last - row), column, pn_min(CHUNK, end - column),
                      sums + (row - v->first));
}

// The larger one; a NaN wins.
static double larger(double a, double b)
{
    return a > b || isnan(a) ? a : b;
}

typedef struct maxima {
    double a_inf, b_inf, residual;
} maxima;

static maxima merge_rows(const verify *v)
{
    maxima all = {0, 0, 0};
    pn_gidx n = v->request->n, rows = v->last - v->first;
    for (pn_gidx i = 0; i < rows; i++) {
        double b = v->request->no_right
                       ? 0
                       : pn_lcg_value(pn_lcg_state(v->request->seed, n, v->first + i, n));
        row_sums sum = {0, 0};
        for (int part = 0; part < v->parts; part++) {
            sum.product += v->row_parts[part * rows + i].product;
            sum.size += v->row_parts[part * rows + i].size;
        }
        all.a_inf = larger(all.a_inf, sum.size);
        all.b_inf = larger(all.b_inf, fabs(b));
        all.residual = larger(all.residual, fabs(sum.product - b));
        if (v->request->rest)
            v->request->rest[v->first + i] = b - sum.product;
    }
    return all;
}

static void finish_norms(const verify *v, pn_norms *norms, double *residual)
{
    pn_group world = pn_group_world(v->request->comm, TAG_VERIFY);
    pn_gidx n = v->request->n;
    for (pn_gidx i = 0; v->request->rest && i < n; i++)
        v->request->rest[i] = 0;
    maxima all = merge_rows(v);
    if (v->request->rest)
        pn_group_combine(&world, v->request->rest, (size_t)n * sizeof(double), pn_combine_sum);
    pn_group_combine(&world, &all, sizeof all, pn_combine_max);
    pn_group_combine(&world, v->column_sums, (size_t)n * sizeof(double), pn_combine_sum);
    *norms = (pn_norms){.a_inf = all.a_inf, .b_inf = all.b_inf};
    for (pn_gidx j = 0; j < n; j++) {
        norms->a_one = larger(norms->a_one, v->column_sums[j]);
        norms->x_one += fabs(v->request->x[j]);
        norms->x_inf = larger(norms->x_inf, fabs(v->request->x[j]));
    }
    const double eps = 0x1p-53;
    double scale = eps * (norms->a_inf * norms->x_inf + norms->b_inf) * (double)n;
    *residual = isfinite(scale) ? all.residual / scale : NAN; // over infinity all would be exact
}

// One row by the host; the column sums go to `scratch` [n].
static row_sums sum_row(const verify *v, pn_gidx row, double *scratch)
{
    verify alone = *v;
    row_sums sums = {0, 0};
    alone.column_sums = scratch;
    for (pn_gidx column = 0; column < v->request->n; column += CHUNK)
        add_block(&alone, row, 1, column, pn_min(CHUNK, v->request->n - column), &sums);
    return sums;
}

// Whether some rows, from the first to the last, and the sum of all columns are what they should
// be.
static bool is_credible(const verify *v, double x_inf, double *scratch)
{
    double by_rows = 0, by_columns = 0;
    pn_gidx n = v->request->n, rows = v->last - v->first;
    for (pn_gidx j = 0; j < n; j++)
        by_columns += v->column_sums[j];
    for (pn_gidx i = 0; i < rows; i++)
        by_rows += v->row_parts[i].size;
    bool same = fabs(by_rows - by_columns) <= same_enough * by_rows;
    for (int k = 0; same && k < CHECKED_ROWS; k++) {
        pn_gidx i = (rows - 1) * k / (CHECKED_ROWS - 1);
        row_sums here = sum_row(v, v->first + i, scratch), there = v->row_parts[i];
        same = fabs(here.size - there.size) <= same_enough * here.size &&
               fabs(here.product - there.product) <= same_enough * here.size * x_inf;
    }
    return same;
}

// The sums by the part; false if it cannot, or is not believed.
static bool sum_on_part(verify *v)
{
    pn_compute *compute = v->request->compute;
    size_t rows = (size_t)(v->last - v->first), n = (size_t)v->request->n;
    double x_inf = 0;
    for (size_t j = 0; j < n; j++)
        x_inf = larger(x_inf, fabs(v->request->x[j]));
    // What overflows cannot be compared.
    if (!compute || !compute->ops->residual_sums || rows == 0 || !(x_inf < comparable))
        return false;
    double *memory = calloc(2 * rows + n, sizeof *memory);
    pn_residual_sums task = {.n = v->request->n,
                             .row = v->first,
                             .rows = (pn_lidx)rows,
                             .seed = v->request->seed,
                             .shift = v->request->shift,
                             .x = v->request->x,
                             .product = memory,
                             .row_size = memory + rows,
                             .column_size = v->column_sums};
    bool is_done = memory && compute->ops->residual_sums(compute, &task);
    if (is_done) {
        for (size_t i = 0; i < rows; i++)
            v->row_parts[i] = (row_sums){task.product[i], task.row_size[i]};
        v->parts = 1;
        is_done = is_credible(v, x_inf, memory + 2 * rows);
        if (!is_done)
            pn_log_rank(v->request->comm->log,
                        "%s: its sums for the verification are not those of the processors, which "
                        "now do all of it; do not trust this device",
                        compute->kind);
    }
    free(memory);
    return is_done;
}

static void sum_on_host(verify *v)
{
    pn_gidx rows = v->last - v->first;
    v->parts = pn_team_size(v->request->team);
    memset(v->column_sums, 0, (size_t)v->request->n * sizeof *v->column_sums);
    memset(v->row_parts, 0, (size_t)(rows * v->parts) * sizeof *v->row_parts);
    pn_team_run(v->request->team, verify_job, v);
}

pn_status pn_verify_solution(const pn_verify_request *request, pn_norms *norms, double *residual)
{
    int rank = request->comm->rank, ranks = request->comm->size;
    verify v = {.request = request,
                .first = request->n * rank / ranks,
                .last = request->n * (rank + 1) / ranks};
    size_t rows = (size_t)(v.last - v.first), threads = (size_t)pn_team_size(request->team);
    v.column_sums = calloc((size_t)request->n, sizeof *v.column_sums);
    v.row_parts = calloc(rows * threads + 1, sizeof *v.row_parts);
    // everybody must take part in the sums: the failure of one is the failure of all
    double failed = !v.column_sums || !v.row_parts;
    pn_group world = pn_group_world(request->comm, TAG_VERIFY);
    pn_group_combine(&world, &failed, sizeof failed, pn_combine_max);
    if (failed == 0) {
        if (!sum_on_part(&v))
            sum_on_host(&v);
        finish_norms(&v, norms, residual);
    }
    free(v.column_sums);
    free(v.row_parts);
    return failed == 0 ? PN_OK : pn_fail_memory("for the sums of the verification");
}

double pn_residual_usual(pn_gidx n)
{
    return 0.1 / sqrt((double)n);
}
