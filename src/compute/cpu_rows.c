// SPDX-License-Identifier: BSD-3-Clause
// Row moves and the triangular solve on processors. Rows are contiguous (the matrix is row-major),
// so an interchange is a few long copies; each thread takes columns of its own and finishes with
// them while they are in its cache.
#include "base/assertion.h"
#include "base/clones.h"
#include "compute/cpu_private.h"

#include <stdlib.h>
#include <string.h>

// Columns handled at once: NB x this many doubles should stay in a second-level cache.
enum {
    SOLVE_COLUMNS = 384,
    SOLVE_ROWS = 24,
    SOLVE_ROWS_SINGLE = 48,
    SOLVE_LANES = 16,
    COPY_COLUMNS = 8
};

// Columns of row `from_row`, from `column` on, to another place of the same element type.
static void copy_columns(void *to, pn_block from, pn_lidx from_row, pn_lidx column, pn_lidx columns)
{
    memcpy(to, pn_block_at(from, from_row, column),
           (size_t)(columns * pn_element_bytes(from.element)));
}

// The host's or a communicator's side of a list of rows.
static pn_block messages_of(const pn_row_list *t)
{
    return (pn_block){{t->host}, t->count, t->columns, t->columns, t->matrix.element};
}

static void gather_job(void *task, int me, int members)
{
    const pn_row_list *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->count, 1, me, members, &begin, &end);
    for (pn_lidx i = begin; i < end; i++)
        copy_columns(pn_block_at(messages_of(t), i, 0), t->matrix, t->index[i], t->column,
                     t->columns);
}

static void scatter_job(void *task, int me, int members)
{
    const pn_row_list *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->count, 1, me, members, &begin, &end);
    for (pn_lidx i = begin; i < end; i++)
        copy_columns(pn_block_at(t->matrix, t->index[i], t->column), messages_of(t), i, 0,
                     t->columns);
}

pn_ticket pn_cpu_gather_rows(pn_compute *compute, const pn_row_list *task)
{
    pn_team_run(pn_cpu_of(compute)->team, gather_job, (void *)task);
    return 0;
}

pn_ticket pn_cpu_scatter_rows(pn_compute *compute, const pn_row_list *task)
{
    pn_team_run(pn_cpu_of(compute)->team, scatter_job, (void *)task);
    return 0;
}

static void move_job(void *task, int me, int members)
{
    const pn_row_move *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->count, 1, me, members, &begin, &end);
    for (pn_lidx i = begin; i < end; i++)
        copy_columns(pn_block_at(t->matrix, t->to[i], t->column), t->matrix, t->from[i], t->column,
                     t->columns);
}

void pn_cpu_move_rows(pn_compute *compute, const pn_row_move *task)
{
    pn_team_run(pn_cpu_of(compute)->team, move_job, (void *)task);
}

// Columns [column, column + SOLVE_LANES) of row i, less what the rows above it give.
static inline void solve_lanes(const double *l11, pn_lidx ld_l11, pn_block u, pn_lidx i)
{
    double value[SOLVE_LANES];
    double *target = u.f64 + i * u.ld;
    for (int c = 0; c < SOLVE_LANES; c++)
        value[c] = target[c];
    for (pn_lidx j = 0; j < i; j++) {
        const double *row = u.f64 + j * u.ld;
        double l = l11[j * ld_l11 + i];
        for (int c = 0; c < SOLVE_LANES; c++)
            value[c] -= l * row[c];
    }
    for (int c = 0; c < SOLVE_LANES; c++)
        target[c] = value[c];
}

static inline void solve_rest(const double *l11, pn_lidx ld_l11, pn_block u, pn_lidx i)
{
    for (pn_lidx j = 0; j < i; j++)
        for (pn_lidx c = 0; c < u.columns; c++)
            u.f64[i * u.ld + c] -= l11[j * ld_l11 + i] * u.f64[j * u.ld + c];
}

// U := inv(L11) U for a few rows, in columns of which all rows stay in the first-level cache: at
// this size several times as fast as the triangular solve of the BLAS.
PN_CLONES static void solve_directly(const double *l11, pn_lidx ld_l11, pn_block u)
{
    for (; u.columns >= SOLVE_LANES; u.columns -= SOLVE_LANES, u.f64 += SOLVE_LANES)
        for (pn_lidx i = 1; i < u.rows; i++)
            solve_lanes(l11, ld_l11, u, i);
    for (pn_lidx i = 1; i < u.rows; i++)
        solve_rest(l11, ld_l11, u, i);
}

// The same in FP32, by the BLAS. It sees the transposed problem: U^T := U^T inv(L11)^T.
static void solve_single(const pn_blas *blas, const void *l11, pn_lidx ld_l11, pn_block u)
{
    pn_blas_trsm(blas, &(pn_trsm){.side = 'R',
                                  .triangle = 'L',
                                  .transpose = 'T',
                                  .diagonal = 'U',
                                  .m = (int)u.columns,
                                  .n = (int)u.rows,
                                  .alpha = 1.0,
                                  .a = l11,
                                  .lda = (int)ld_l11,
                                  .b = u.data,
                                  .ldb = (int)u.ld,
                                  .element = u.element});
}

// U := inv(L11) U by halves, so that most of the work is a multiplication.
static void solve_columns(const pn_blas *blas, const void *l11, pn_lidx ld_l11, pn_block u)
{
    bool single = u.element == PN_FLOAT32;
    if (u.rows <= (single ? SOLVE_ROWS_SINGLE : SOLVE_ROWS)) {
        if (single)
            solve_single(blas, l11, ld_l11, u);
        else
            solve_directly(l11, ld_l11, u);
        return;
    }
    pn_lidx half = pn_round_up(u.rows / 2, SOLVE_ROWS);
    pn_block upper = pn_block_submatrix(u, 0, 0, half, u.columns);
    pn_block lower = pn_block_submatrix(u, half, 0, u.rows - half, u.columns);
    solve_columns(blas, l11, ld_l11, upper);
    pn_blas_gemm(blas, &(pn_gemm){.transpose_a = 'N',
                                  .transpose_b = 'T',
                                  .m = (int)u.columns,
                                  .n = (int)lower.rows,
                                  .k = (int)half,
                                  .alpha = -1.0,
                                  .a = upper.data,
                                  .lda = (int)u.ld,
                                  .b = pn_element_at(l11, u.element, half),
                                  .ldb = (int)ld_l11,
                                  .beta = 1.0,
                                  .c = lower.data,
                                  .ldc = (int)u.ld,
                                  .element = u.element});
    solve_columns(blas, pn_element_at(l11, u.element, half * (ld_l11 + 1)), ld_l11, lower);
}

typedef struct solve_task {
    const pn_cpu *cpu;
    const pn_row_solve *rows; // NULL: solve only
    const void *l11;
    pn_lidx ld_l11;
    pn_block u;
} solve_task;

size_t pn_cpu_scratch_words(int nb)
{
    return (size_t)nb * SOLVE_COLUMNS;
}

// Columns [column, column + columns) of the interchange: pivot rows to `part`, displaced rows away.
static void interchange(const pn_row_solve *t, pn_lidx column, pn_block part)
{
    pn_block a = pn_block_submatrix(t->matrix, 0, t->column + column, t->matrix.rows, part.columns);
    for (int i = 0; i < t->width; i++)
        copy_columns(pn_block_at(part, i, 0), a, t->source[i], 0, part.columns);
    for (pn_lidx i = 0; i < t->moved; i++)
        copy_columns(pn_block_at(a, t->moved_to[i], 0), a, t->moved_from[i], 0, part.columns);
}

// The solved part goes to the pivot block, and to U where that is another place.
static void store(const pn_row_solve *t, pn_lidx column, pn_block part)
{
    pn_block top = pn_block_submatrix(t->matrix, t->top, t->column, t->width, t->columns);
    bool apart = t->u.data != top.data;
    for (int i = 0; i < t->width; i++) {
        copy_columns(pn_block_at(top, i, column), part, i, 0, part.columns);
        if (apart)
            copy_columns(pn_block_at(t->u, i, column), part, i, 0, part.columns);
    }
}

static void solve_job(void *task, int me, int members)
{
    const solve_task *t = task;
    double *scratch = t->cpu->scratch + (size_t)me * pn_cpu_scratch_words((int)t->u.rows);
    pn_lidx begin, end;
    pn_cpu_share(t->u.columns, COPY_COLUMNS, me, members, &begin, &end);
    for (pn_lidx column = begin; column < end; column += SOLVE_COLUMNS) {
        pn_lidx columns = pn_min(SOLVE_COLUMNS, end - column);
        pn_block part = pn_block_submatrix(t->u, 0, column, t->u.rows, columns);
        if (t->rows) {
            part.data = scratch; // small, so that it stays in the cache until it is stored
            part.ld = SOLVE_COLUMNS;
            interchange(t->rows, column, part);
        }
        solve_columns(t->cpu->blas, t->l11, t->ld_l11, part);
        if (t->rows)
            store(t->rows, column, part);
    }
}

void pn_cpu_solve_rows(pn_compute *compute, const pn_row_solve *task)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    pn_assert(task->u.element == task->matrix.element, "U has the matrix's element type");
    if (pn_cpu_reserve_scratch(cpu, task->width) != PN_OK) // only if nobody warmed it up
        abort();
    solve_task all = {cpu, task, task->l11, task->ld_l11, task->u};
    pn_team_run(cpu->team, solve_job, &all);
}

void pn_cpu_solve(pn_compute *compute, const void *l11, pn_lidx ld_l11, pn_block u)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    solve_task all = {cpu, NULL, l11, ld_l11, u};
    pn_team_run(cpu->team, solve_job, &all);
}
