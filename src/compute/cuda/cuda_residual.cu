// SPDX-License-Identifier: BSD-3-Clause
// Norms and residual of a solution, with the matrix generated once for its rows and once for its
// columns: a thread walks along one of them, so that nothing is exchanged between threads and sums
// have one order. The sequence is written down here a second time on purpose: what generated the
// matrix shall not vouch for it.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_private.h"

extern "C" {
#include "base/lcg.h"
}

#include <stdlib.h>

enum { THREADS = 256, MOST_PIECES = 16 };

typedef struct weigh_task {
    uint64_t seed, n;
    double shift;      // of the diagonal
    pn_lcg_jump along; // from a column to the next one
    pn_gidx row;
    pn_lidx rows;
    const double *x;                          // [n]
    double *product, *row_size, *column_size; // [pieces] of them, added up by the host
} weigh_task;

// The state of entry (row, column): so many steps after the seed.
__device__ static uint64_t state_at(const weigh_task &t, uint64_t row, uint64_t column)
{
    uint64_t multiplier = 6364136223846793005u, addend = 1, state = t.seed;
    for (uint64_t steps = 1 + row + column * t.n; steps > 0; steps >>= 1) {
        if (steps & 1)
            state = multiplier * state + addend;
        addend *= multiplier + 1;
        multiplier *= multiplier;
    }
    return state;
}

__device__ static double entry_of(uint64_t state)
{
    return 0.5 - __ull2double_rn(state) * 0x1p-64;
}

// A thread a row; blockIdx.y: a piece of the columns.
__global__ static void __launch_bounds__(THREADS) rows_kernel(weigh_task t)
{
    pn_lidx row = (pn_lidx)blockIdx.x * THREADS + threadIdx.x;
    pn_gidx n = (pn_gidx)t.n, column = n * blockIdx.y / gridDim.y,
            end = n * (blockIdx.y + 1) / gridDim.y;
    double product = 0, size = 0;
    if (row >= t.rows)
        return;
    uint64_t state = state_at(t, (uint64_t)(t.row + row), (uint64_t)column);
    for (; column < end; column++) {
        double value = entry_of(state) + (t.row + row == column ? t.shift : 0);
        product += value * t.x[column];
        size += fabs(value);
        state = t.along.multiplier * state + t.along.addend;
    }
    t.product[blockIdx.y * t.rows + row] = product;
    t.row_size[blockIdx.y * t.rows + row] = size;
}

// A thread a column; blockIdx.y: a piece of the rows.
__global__ static void __launch_bounds__(THREADS) columns_kernel(weigh_task t)
{
    pn_gidx n = (pn_gidx)t.n, column = (pn_gidx)blockIdx.x * THREADS + threadIdx.x;
    pn_lidx row = t.rows * blockIdx.y / gridDim.y, end = t.rows * (blockIdx.y + 1) / gridDim.y;
    double size = 0;
    if (column >= n)
        return;
    uint64_t state = state_at(t, (uint64_t)(t.row + row), (uint64_t)column);
    for (; row < end; row++) {
        size += fabs(entry_of(state) + (t.row + row == column ? t.shift : 0));
        state = 6364136223846793005u * state + 1;
    }
    t.column_size[blockIdx.y * n + column] = size;
}

static void add_pieces(double *sums, const double *pieces, pn_lidx count, int many)
{
    for (pn_lidx i = 0; i < count; i++) {
        sums[i] = 0;
        for (int piece = 0; piece < many; piece++)
            sums[i] += pieces[piece * count + i];
    }
}

static void launch(const pn_cuda *cuda, const weigh_task *task, int pieces)
{
    dim3 rows((unsigned)pn_ceil_div(task->rows, THREADS), (unsigned)pieces);
    dim3 columns((unsigned)pn_ceil_div((pn_gidx)task->n, THREADS), (unsigned)pieces);
    pn_cuda_check(pn_cuda_launch(rows_kernel, {rows, THREADS, cuda->main}, *task), "verify rows");
    pn_cuda_check(pn_cuda_launch(columns_kernel, {columns, THREADS, cuda->main}, *task),
                  "verify columns");
}

// x stands in one half of the stage, all sums in the other.
bool pn_cuda_residual(pn_compute *compute, const pn_residual_sums *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    size_t half = cuda->stage_half, x_bytes = (size_t)t->n * sizeof(double);
    size_t piece = (size_t)(2 * t->rows + t->n);
    int pieces = (int)pn_min(MOST_PIECES, (pn_lidx)(half / sizeof(double) / piece));
    if (t->rows == 0 || pieces == 0 || x_bytes > half)
        return false;
    size_t bytes = (size_t)pieces * piece * sizeof(double);
    double *sums = (double *)malloc(bytes), *here = (double *)(cuda->stage + half);
    if (!sums)
        return false;
    pn_lidx row_words = pieces * t->rows;
    weigh_task task = {t->seed,
                       (uint64_t)t->n,
                       t->shift,
                       pn_lcg_jump_by((uint64_t)t->n),
                       t->row,
                       t->rows,
                       (const double *)cuda->stage,
                       here,
                       here + row_words,
                       here + 2 * row_words};
    pn_cuda_check(cudaMemcpyAsync(cuda->stage, t->x, x_bytes, cudaMemcpyHostToDevice, cuda->main),
                  "copy the solution");
    launch(cuda, &task, pieces);
    pn_cuda_check(cudaMemcpyAsync(sums, here, bytes, cudaMemcpyDeviceToHost, cuda->main),
                  "copy the sums");
    pn_cuda_check(cudaStreamSynchronize(cuda->main), "verify");
    add_pieces(t->product, sums, t->rows, pieces);
    add_pieces(t->row_size, sums + row_words, t->rows, pieces);
    add_pieces(t->column_size, sums + 2 * row_words, t->n, pieces);
    free(sums);
    return true;
}
