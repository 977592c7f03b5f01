// SPDX-License-Identifier: BSD-3-Clause
// Row moves and the triangular solve on processors. Rows are contiguous (the matrix is row-major),
// so an interchange is a few long copies; each thread takes columns of its own and finishes with
// them while they are in its cache.
#include "base/assertion.h"
#include "base/clones.h"
#include "base/rules.h"
#include "compute/cpu_private.h"
#include "compute/half.h"
#include "compute/rounded.h"

#include <stdlib.h>
#include <string.h>

// Columns handled at once: NB x this many doubles should stay in a second-level cache.
enum {
    SOLVE_COLUMNS = 384,
    SOLVE_COLUMNS_ROUNDED = 1024, // products of 16 bits are faster on more
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

// What solves have for products of 16 bits.
typedef struct rounding {
    uint16_t *scratch; // NULL: products are of the type of U
    size_t numbers;
} rounding;

static void multiply(const pn_blas *blas, const rounding *r, const pn_gemm *task)
{
    if (r->scratch && task->k >= PN_ROUNDED_DEPTH &&
        pn_rounded_scratch(task->m, task->n, task->k) <= r->numbers)
        pn_rounded_gemm(blas, task, r->scratch);
    else
        pn_blas_gemm(blas, task);
}

typedef struct triangle {
    const void *l11;
    pn_lidx ld;
} triangle;

// U := inv(L11) U by halves, so that most of the work is a multiplication.
static void solve_columns(const pn_blas *blas, const rounding *r, triangle l, pn_block u)
{
    bool single = u.element == PN_FLOAT32;
    if (u.rows <= (single ? SOLVE_ROWS_SINGLE : SOLVE_ROWS)) {
        if (single)
            solve_single(blas, l.l11, l.ld, u);
        else
            solve_directly(l.l11, l.ld, u);
        return;
    }
    pn_lidx half = pn_round_up(u.rows / 2, SOLVE_ROWS);
    pn_block upper = pn_block_submatrix(u, 0, 0, half, u.columns);
    pn_block lower = pn_block_submatrix(u, half, 0, u.rows - half, u.columns);
    solve_columns(blas, r, l, upper);
    multiply(blas, r,
             &(pn_gemm){.transpose_a = 'N',
                        .transpose_b = 'T',
                        .m = (int)u.columns,
                        .n = (int)lower.rows,
                        .k = (int)half,
                        .alpha = -1.0,
                        .a = upper.data,
                        .lda = (int)u.ld,
                        .b = pn_element_at(l.l11, u.element, half),
                        .ldb = (int)l.ld,
                        .beta = 1.0,
                        .c = lower.data,
                        .ldc = (int)u.ld,
                        .element = u.element});
    l.l11 = pn_element_at(l.l11, u.element, half * (l.ld + 1));
    solve_columns(blas, r, l, lower);
}

typedef struct solve_task {
    const pn_cpu *cpu;
    const pn_row_solve *rows; // NULL: solve only
    bool rounds;              // solve only: deep products are of 16 bits
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

// The scratch of a member behind the part that is solved there, if it is.
static rounding rounding_of(const solve_task *t, double *scratch, size_t words)
{
    const size_t in_word = sizeof *scratch / sizeof(uint16_t);
    size_t taken = t->rows ? words * sizeof(float) / sizeof(uint16_t) : 0;
    if (!t->rounds)
        return (rounding){NULL, 0};
    return (rounding){(uint16_t *)scratch + taken, words * in_word - taken};
}

static void solve_job(void *task, int me, int members)
{
    const solve_task *t = task;
    size_t words = pn_cpu_scratch_words((int)t->u.rows);
    double *scratch = t->cpu->scratch + (size_t)me * words;
    rounding r = rounding_of(t, scratch, words);
    pn_lidx begin, end, most = t->rounds && !t->rows ? SOLVE_COLUMNS_ROUNDED : SOLVE_COLUMNS;
    pn_cpu_share(t->u.columns, COPY_COLUMNS, me, members, &begin, &end);
    for (pn_lidx column = begin; column < end; column += most) {
        pn_lidx columns = pn_min(most, end - column);
        pn_block part = pn_block_submatrix(t->u, 0, column, t->u.rows, columns);
        if (t->rows) {
            part.data = scratch; // small, so that it stays in the cache until it is stored
            part.ld = SOLVE_COLUMNS;
            interchange(t->rows, column, part);
        }
        solve_columns(t->cpu->blas, &r, (triangle){t->l11, t->ld_l11}, part);
        if (t->rows)
            store(t->rows, column, part);
    }
}

static void solve(pn_compute *compute, solve_task *task)
{
    pn_cpu *cpu = pn_cpu_of(compute);
    task->cpu = cpu;
    task->rounds = task->u.element == PN_FLOAT32 && compute->product == PN_BFLOAT16 &&
                   pn_blas_half(cpu->blas)->kind != PN_HALF_NONE;
    if ((task->rows || task->rounds) &&
        pn_cpu_reserve_scratch(cpu, (int)task->u.rows) != PN_OK) // only if nobody warmed it up
        abort();
    pn_team_run(cpu->team, solve_job, task);
}

void pn_cpu_solve_rows(pn_compute *compute, const pn_row_solve *task)
{
    pn_assert(task->u.element == task->matrix.element, "U has the matrix's element type");
    solve(compute,
          &(solve_task){.rows = task, .l11 = task->l11, .ld_l11 = task->ld_l11, .u = task->u});
}

void pn_cpu_solve(pn_compute *compute, const void *l11, pn_lidx ld_l11, pn_block u)
{
    solve(compute, &(solve_task){.l11 = l11, .ld_l11 = ld_l11, .u = u});
}
