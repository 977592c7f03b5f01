// SPDX-License-Identifier: BSD-3-Clause
// What processors do with a matrix of FP32 beside products and solves: it is generated, panels are
// kept in it, its products with a vector are summed in FP64, and blocks of it are rounded to 16
// bits.
#include "base/assertion.h"
#include "base/clones.h"
#include "base/lcg.h"
#include "compute/cpu_private.h"
#include "compute/rounded.h"
#include "compute/transpose.h"

enum { CHUNK = 512, FOUR = 4, TILE = 16 };

// One row, columns [column, column + count), count <= CHUNK.
static void generate_chunk(const pn_generate *t, pn_lidx row, pn_lidx column, pn_lidx count)
{
    double numbers[CHUNK];
    float *to = pn_block_at(t->matrix, row, column);
    pn_lcg_fill(&(pn_lcg_rectangle){.data = numbers,
                                    .ld = count,
                                    .rows = 1,
                                    .columns = count,
                                    .row = t->row + row,
                                    .column = t->column + column,
                                    .n = t->n,
                                    .seed = t->seed});
    for (pn_lidx j = 0; j < count; j++)
        to[j] = (float)(t->column[column + j] == t->row[row] ? numbers[j] + t->shift : numbers[j]);
}

void pn_cpu_generate_single(const pn_generate *task)
{
    for (pn_lidx row = 0; row < task->matrix.rows; row++)
        for (pn_lidx column = 0; column < task->matrix.columns; column += CHUNK)
            generate_chunk(task, row, column, pn_min(CHUNK, task->matrix.columns - column));
}

PN_CLONES static double multiply_row(const float *restrict a, const double *restrict x,
                                     pn_lidx count)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (pn_lidx j = 0; j < count; j++)
        sum += (double)a[j] * x[j];
    return sum;
}

// Four rows at once: a block's row is one page of memory, and hardware reads ahead within pages
// only (17 and 22 GB/s by two cores).
PN_CLONES static void subtract_four(const float *restrict a, pn_lidx ld, const double *restrict x,
                                    pn_lidx count, double *restrict y)
{
    const float *b = a + ld, *c = b + ld, *d = c + ld;
    double sum_a = 0, sum_b = 0, sum_c = 0, sum_d = 0;
#pragma omp simd reduction(+ : sum_a, sum_b, sum_c, sum_d)
    for (pn_lidx j = 0; j < count; j++) {
        sum_a += (double)a[j] * x[j];
        sum_b += (double)b[j] * x[j];
        sum_c += (double)c[j] * x[j];
        sum_d += (double)d[j] * x[j];
    }
    y[0] -= sum_a;
    y[1] -= sum_b;
    y[2] -= sum_c;
    y[3] -= sum_d;
}

void pn_cpu_apply_single(pn_block block, const double *x, double *y)
{
    pn_lidx i = 0;
    for (; i + FOUR <= block.rows; i += FOUR)
        subtract_four(pn_block_at(block, i, 0), block.ld, x, block.columns, y + i);
    for (; i < block.rows; i++)
        y[i] -= multiply_row(pn_block_at(block, i, 0), x, block.columns);
}

typedef struct keep_task {
    pn_block to;
    const float *panel;
    pn_lidx ld;
} keep_task;

static void keep_job(void *task, int me, int members)
{
    const keep_task *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->to.rows, TILE, me, members, &begin, &end);
    if (end > begin)
        pn_transpose_single(pn_block_at(t->to, begin, 0), t->to.ld, t->panel + begin, t->ld,
                            t->to.columns, end - begin);
}

void pn_cpu_keep(pn_compute *compute, pn_block to, const void *panel, pn_lidx ld)
{
    pn_assert(to.element == PN_FLOAT32, "panels are kept in a matrix of FP32");
    pn_team_run(pn_cpu_of(compute)->team, keep_job, &(keep_task){to, panel, ld});
}

typedef struct round_task {
    pn_block to, from;
    bool negates;
} round_task;

static void round_job(void *task, int me, int members)
{
    const round_task *t = task;
    pn_lidx begin, end;
    pn_cpu_share(t->from.rows, 1, me, members, &begin, &end);
    for (pn_lidx row = begin; row < end; row++)
        pn_rounded_row(pn_block_at(t->to, row, 0), pn_block_at(t->from, row, 0), t->from.columns,
                       t->negates);
}

void pn_cpu_round(pn_compute *compute, pn_block to, pn_block from, bool negates)
{
    pn_assert(to.element == PN_BFLOAT16 && from.element == PN_FLOAT32, "FP32 becomes bfloat16");
    pn_team_run(pn_cpu_of(compute)->team, round_job, &(round_task){to, from, negates});
}
