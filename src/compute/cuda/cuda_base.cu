// SPDX-License-Identifier: BSD-3-Clause
// The bottom of the panel's recursion: up to 16 columns, one after the other, by one kernel whose
// blocks wait for each other. A thread owns some rows and keeps them in registers: a window that
// begins at the column to come and is shifted by one with each, so that all of it has places known
// to the compiler. What leaves the window is L, and stored at once. So a row is read once and
// written once. Rows for which the blocks have no registers stay in memory, and are read and
// written with each column.
//
// Each column costs one meeting of the blocks: every block offers its best candidate together with
// that whole row, and each of them then finds the winner for itself. Nobody writes a row of another
// thread. The top rows, which the pivots displace, are those of the first block's first threads.
#include "compute/cuda/cuda_candidate.h"

enum {
    THREADS = PN_CUDA_PIVOT_THREADS,
    ROWS = 4, // of a thread in registers
    BASE = PN_CUDA_BASE,
    MOST_BLOCKS = PN_CUDA_PANEL_BLOCKS
};

typedef pn_cuda_candidate candidate;

// Twice everything that blocks read of each other: a column's is not yet read by all when the
// next one's is written.
typedef struct pn_cuda_meeting {
    candidate best[2][MOST_BLOCKS];
    double rows[2][MOST_BLOCKS][BASE]; // the candidates' rows
    double top[2][BASE];               // the row that the pivot displaces
    unsigned arrived;                  // at meetings so far, all blocks together
} pn_cuda_meeting;

// Rows are counted from the top of the base.
typedef struct base_task {
    double *a; // of the base's first row and column
    pn_lidx ld, rows;
    pn_lidx held; // rows of each block in registers: at least BASE, at most ROWS * THREADS
    int first, width;
    pn_cuda_meeting *shared;
    long long *pivots, *bad; // of the panel
} base_task;

__device__ static bool holds(const base_task &t, int i)
{
    pn_lidx place = i * THREADS + (pn_lidx)threadIdx.x;
    return place < t.held && (pn_lidx)blockIdx.x * t.held + place < t.rows;
}

__device__ static pn_lidx row_of(const base_task &t, int i)
{
    return (pn_lidx)blockIdx.x * t.held + i * THREADS + (pn_lidx)threadIdx.x;
}

// The first of this thread's rows that stay in memory, and how far it is to the next one.
__device__ static pn_lidx first_in_memory(const base_task &t)
{
    return (pn_lidx)gridDim.x * t.held + (pn_lidx)blockIdx.x * THREADS + (pn_lidx)threadIdx.x;
}

__device__ static pn_lidx stride_in_memory(void)
{
    return (pn_lidx)gridDim.x * THREADS;
}

__device__ static void load(const base_task &t, double window[ROWS][BASE])
{
#pragma unroll
    for (int i = 0; i < ROWS; i++)
#pragma unroll
        for (int j = 0; j < BASE; j++)
            window[i][j] = holds(t, i) && j < t.width ? t.a[j * t.ld + row_of(t, i)] : 0.0;
}

// Copies one of this block's rows: what is L by now from memory, the rest from its owner's window.
__device__ static void offer_row(const base_task &t, int column, pn_lidx row,
                                 const double window[ROWS][BASE], double *to)
{
    int place = (int)threadIdx.x;
    bool is_held = row < (pn_lidx)gridDim.x * t.held;
    if (place < (is_held ? column : t.width))
        to[place] = t.a[place * t.ld + row];
#pragma unroll
    for (int i = 0; i < ROWS; i++)
        if (is_held && holds(t, i) && row_of(t, i) == row)
#pragma unroll
            for (int j = 0; j < BASE; j++)
                if (column + j < t.width)
                    to[column + j] = window[i][j];
}

// This block's candidate and its row, and the first block's the top row.
__device__ static void offer(const base_task &t, int column, candidate best,
                             const double window[ROWS][BASE])
{
    int turn = column % 2;
    if (threadIdx.x == 0)
        t.shared->best[turn][blockIdx.x] = best;
    if (best.size >= 0)
        offer_row(t, column, best.row, window, t.shared->rows[turn][blockIdx.x]);
    if (blockIdx.x == 0)
        offer_row(t, column, column, window, t.shared->top[turn]);
}

// What a column's winner is, for all threads of a block.
typedef struct choice {
    candidate pivot;
    double row[2 * BASE]; // the pivot's; 0 from `width` on
    double top[BASE];
} choice;

// By the first warp: the winner among the blocks.
__device__ static void choose(const base_task &t, int column, choice *chosen)
{
    int lane = (int)threadIdx.x, turn = column % 2, block = 0;
    candidate best = pn_cuda_best_of_blocks(t.shared->best[turn], &block);
    if (lane < t.width)
        chosen->row[lane] = t.shared->rows[turn][block][lane];
    else if (lane >= BASE && lane - BASE < t.width)
        chosen->top[lane - BASE] = t.shared->top[turn][lane - BASE];
    if (lane == 0)
        chosen->pivot = best;
}

// What the host's panel says of a column (lu/panel.c): not finite if any of its entries is not,
// singular if the largest is below the smallest normal number, whose inverse may overflow.
__device__ static void note(const base_task &t, int column, candidate pivot)
{
    t.pivots[t.first + column] = t.first + pivot.row;
    if (t.bad[0] == 0 && !(pivot.size >= DBL_MIN && isfinite(pivot.size))) {
        t.bad[0] = isfinite(pivot.size) ? 1 : 2;
        t.bad[1] = t.first + column;
    }
}

// The rows in registers: the pivot's row goes to the top, the top's to where it was, and all below
// get their factor and are brought up to date. Returns the best candidate for the next column.
__device__ static candidate update_held(const base_task &t, int column, const choice &chosen,
                                        double scale, double window[ROWS][BASE])
{
    candidate next = pn_cuda_nobody();
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        pn_lidx row = row_of(t, i);
        if (!holds(t, i) || row < column)
            continue;
        double *a = t.a + row;
        if (row == column) {
            for (int j = 0; j < t.width; j++)
                a[j * t.ld] = chosen.row[j];
            continue;
        }
        if (row == chosen.pivot.row) {
            for (int j = 0; j < column; j++)
                a[j * t.ld] = chosen.top[j];
#pragma unroll
            for (int j = 0; j < BASE; j++)
                window[i][j] = column + j < t.width ? chosen.top[column + j] : 0.0;
        }
        double factor = window[i][0] * scale;
        a[column * t.ld] = factor;
#pragma unroll
        for (int j = 1; j < BASE; j++)
            window[i][j - 1] = window[i][j] - factor * chosen.row[column + j];
        next = pn_cuda_better(next, window[i][0], row);
    }
    return next;
}

// The same for a row in memory.
__device__ static candidate update_in_memory(const base_task &t, int column, const choice &chosen,
                                             double scale, pn_lidx row, candidate next)
{
    double *a = t.a + row;
    for (int j = 0; row == chosen.pivot.row && j < t.width; j++)
        a[j * t.ld] = chosen.top[j];
    double factor = a[column * t.ld] * scale;
    a[column * t.ld] = factor;
    for (int j = column + 1; j < t.width; j++)
        a[j * t.ld] -= factor * chosen.row[j];
    return column + 1 < t.width ? pn_cuda_better(next, a[(column + 1) * t.ld], row) : next;
}

__global__ static void __launch_bounds__(THREADS) base_kernel(base_task t)
{
    __shared__ choice chosen;
    double window[ROWS][BASE];
    pn_lidx first = first_in_memory(t), stride = stride_in_memory();
    candidate next = pn_cuda_nobody();
    load(t, window);
#pragma unroll
    for (int i = 0; i < ROWS; i++)
        if (holds(t, i))
            next = pn_cuda_better(next, window[i][0], row_of(t, i));
    for (pn_lidx row = first; row < t.rows; row += stride)
        next = pn_cuda_better(next, t.a[row], row);
    if (threadIdx.x < 2 * BASE)
        chosen.row[threadIdx.x] = 0.0;
    for (int column = 0; column < t.width; column++) {
        candidate best = pn_cuda_best_of_block(next);
        offer(t, column, best, window);
        pn_cuda_meet(&t.shared->arrived, (unsigned)column + 1);
        if (threadIdx.x < PN_CUDA_WARP)
            choose(t, column, &chosen);
        __syncthreads();
        if (blockIdx.x == 0 && threadIdx.x == 0)
            note(t, column, chosen.pivot);
        double scale = pn_cuda_scale_of(chosen.row[column]);
        next = update_held(t, column, chosen, scale, window);
        for (pn_lidx row = first; row < t.rows; row += stride)
            next = update_in_memory(t, column, chosen, scale, row, next);
    }
}

void pn_cuda_factor_base(pn_cuda *cuda, const pn_panel_task *panel, int first, int width)
{
    struct pn_cuda_panel_memory *m = cuda->panel;
    base_task task = {panel->a + first * (panel->ld + 1),
                      panel->ld,
                      panel->rows - first,
                      m->block_rows,
                      first,
                      width,
                      m->shared,
                      m->pivots,
                      m->bad};
    pn_cuda_check(cudaMemsetAsync(&m->shared->arrived, 0, sizeof m->shared->arrived, cuda->main),
                  "factor a panel");
    pn_cuda_launch_blocks(cuda, base_kernel, task, task.rows);
}

cudaError_t pn_cuda_base_fit(int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, base_kernel, THREADS, 0);
}

pn_lidx pn_cuda_base_rows(void)
{
    return ROWS * THREADS;
}

size_t pn_cuda_meeting_bytes(void)
{
    return sizeof(pn_cuda_meeting);
}
