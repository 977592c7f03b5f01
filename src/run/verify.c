// SPDX-License-Identifier: BSD-3-Clause
// Each rank takes a range of rows, each thread a range of columns: column sums need no merging
// between threads, and the sums of a row are merged at the end.
#include "run/verify.h"

#include "base/clones.h"
#include "base/lcg.h"
#include "base/log.h"
#include "comm/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 512,      // columns at once: their x, sums and states stay in the first-level cache
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

// A row's chunk: entries times x. Each state goes on to the row below: rows follow one another in
// the sequence, so that a multiplication makes the next entry where the last one was.
PN_CLONES static double multiply_chunk(uint64_t *restrict states, const double *restrict x,
                                       pn_lidx count)
{
    double product = 0;
#pragma omp simd reduction(+ : product)
    for (pn_lidx j = 0; j < count; j++) {
        product += pn_lcg_value(states[j]) * x[j];
        states[j] = pn_lcg_next(states[j]);
    }
    return product;
}

// The same with the sums of magnitudes, by row and by column.
PN_CLONES static row_sums sum_chunk(uint64_t *restrict states, const double *restrict x,
                                    double *restrict columns, pn_lidx count)
{
    double product = 0, size = 0;
#pragma omp simd reduction(+ : product, size)
    for (pn_lidx j = 0; j < count; j++) {
        double entry = pn_lcg_value(states[j]), magnitude = fabs(entry);
        product += entry * x[j];
        size += magnitude;
        columns[j] += magnitude;
        states[j] = pn_lcg_next(states[j]);
    }
    return (row_sums){product, size};
}

// What the diagonal has beside HPL's number, put into the sums of its row.
static void shift_diagonal(const verify *v, pn_gidx row, row_sums *sums)
{
    double entry = pn_lcg_value(pn_lcg_state(v->request->seed, v->request->n, row, row));
    double shifted = entry + v->request->shift, more = fabs(shifted) - fabs(entry);
    sums->product += shifted * v->request->x[row] - entry * v->request->x[row];
    sums->size += more;
    v->column_sums[row] += more;
}

// Rows [row, row + rows) of a column chunk.
static void add_block(const verify *v, pn_gidx row, pn_gidx rows, pn_gidx column, pn_lidx columns,
                      row_sums *sums)
{
    uint64_t states[CHUNK];
    const pn_lcg_jump along = pn_lcg_jump_by((uint64_t)v->request->n);
    const double *x = v->request->x + column;
    states[0] = pn_lcg_state(v->request->seed, v->request->n, row, column);
    for (pn_lidx j = 1; j < columns; j++)
        states[j] = pn_lcg_after(states[j - 1], along);
    for (pn_gidx i = 0; i < rows; i++) {
        row_sums part = {0, 0};
        if (v->request->matrix)
            part.product = multiply_chunk(states, x, columns);
        else
            part = sum_chunk(states, x, v->column_sums + column, columns);
        if (v->request->shift != 0 && row + i >= column && row + i < column + columns)
            shift_diagonal(v, row + i, &part);
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
    for (pn_gidx column = begin; column < end; column += CHUNK)
        add_block(v, v->first, rows, column, pn_min(CHUNK, end - column), sums);
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
    const pn_norms *matrix = v->request->matrix;
    pn_gidx n = v->request->n;
    for (pn_gidx i = 0; v->request->rest && i < n; i++)
        v->request->rest[i] = 0;
    maxima all = merge_rows(v);
    if (v->request->rest)
        pn_group_combine(&world, v->request->rest, (size_t)n * sizeof(double), pn_combine_sum);
    pn_group_combine(&world, &all, sizeof all, pn_combine_max);
    if (!matrix)
        pn_group_combine(&world, v->column_sums, (size_t)n * sizeof(double), pn_combine_sum);
    *norms = (pn_norms){.a_inf = all.a_inf, .b_inf = all.b_inf};
    if (matrix)
        *norms = (pn_norms){.a_inf = matrix->a_inf, .a_one = matrix->a_one, .b_inf = all.b_inf};
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
    pn_verify_request request = *v->request;
    verify alone = *v;
    row_sums sums = {0, 0};
    request.matrix = NULL;
    alone.request = &request;
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
