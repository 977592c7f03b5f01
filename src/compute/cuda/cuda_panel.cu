// SPDX-License-Identifier: BSD-3-Clause
// A panel factored on the device. The recursion over the columns is the host's; below 16 columns
// one cooperative kernel does a column after the other: every thread owns some rows and keeps them
// up to date, every block offers its best candidate together with that whole row, and after one
// meeting of all blocks each of them finds the winner for itself. Nobody writes a row of another
// thread, so a column costs a single meeting.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_private.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

enum {
    THREADS = 256,
    BASE = PN_CUDA_BASE,
    MOST_BLOCKS = 256,
    MOST_WIDTH = 16384,
    WARP = 32,
    NAP = 32
};

typedef struct candidate {
    double size; // magnitude; infinite if not finite; negative without rows
    long long row;
} candidate;

// Twice everything that blocks read of each other: a column's is not yet read by all when the
// next one's is written.
typedef struct meeting {
    candidate best[2][MOST_BLOCKS];
    double rows[2][MOST_BLOCKS][BASE]; // the candidates' rows
    double top[2][BASE];               // the row that the pivot displaces
    unsigned arrived;                  // at meetings so far, all blocks together
} meeting;

struct pn_cuda_panel_memory {
    meeting *shared;   // device memory, as are the next two
    long long *pivots; // [MOST_WIDTH]
    long long *bad;    // [2]
    int blocks;        // at most
};

typedef struct base_task {
    double *a;
    pn_lidx ld, rows;
    int first, width; // columns
    meeting *shared;
    long long *pivots, *bad;
} base_task;

// Returns when all blocks have come here `times` times since the kernel's start; what they wrote
// before can then be read. Needs a cooperative launch, by which all blocks run at the same time.
__device__ static void meet(meeting *shared, unsigned times)
{
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(&shared->arrived, 1u);
        while (atomicAdd(&shared->arrived, 0u) < times * gridDim.x)
            __nanosleep(NAP);
        __threadfence();
    }
    __syncthreads();
}

__device__ static candidate better(candidate a, candidate b)
{
    bool second = b.size > a.size || (b.size == a.size && b.row < a.row);
    return second ? b : a;
}

// The best of a block's threads, for all of them.
__device__ static candidate best_of_block(candidate mine)
{
    __shared__ candidate warps[THREADS / WARP];
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        candidate other = {__shfl_down_sync(~0u, mine.size, distance),
                           __shfl_down_sync(~0u, mine.row, distance)};
        mine = better(mine, other);
    }
    __syncthreads(); // the last use of `warps` is over
    if (threadIdx.x % WARP == 0)
        warps[threadIdx.x / WARP] = mine;
    __syncthreads();
    candidate best = warps[0];
    for (int i = 1; i < THREADS / WARP; i++)
        best = better(best, warps[i]);
    return best;
}

__device__ static candidate candidate_of(double value, pn_lidx row)
{
    double size = fabs(value);
    candidate result = {isfinite(size) ? size : INFINITY, row};
    return result;
}

// This block's candidate and its row, and the top row if it is a thread's of this block.
__device__ static void offer(const base_task &t, int column, candidate best)
{
    int turn = column % 2, place = (int)threadIdx.x;
    pn_lidx top = t.first + column;
    bool owns_top = column / THREADS % (int)gridDim.x == (int)blockIdx.x;
    if (place == 0)
        t.shared->best[turn][blockIdx.x] = best;
    if (place < t.width && best.size >= 0)
        t.shared->rows[turn][blockIdx.x][place] = t.a[(t.first + place) * t.ld + best.row];
    if (place < t.width && owns_top)
        t.shared->top[turn][place] = t.a[(t.first + place) * t.ld + top];
}

// The winner among the blocks, and which block it came from.
__device__ static candidate winner_of(const base_task &t, int column, int *block)
{
    __shared__ int winner;
    candidate mine = {-1.0, LLONG_MAX};
    int from = 0;
    for (int i = (int)threadIdx.x; i < (int)gridDim.x; i += THREADS) {
        candidate other = t.shared->best[column % 2][i];
        if (other.size > mine.size || (other.size == mine.size && other.row < mine.row)) {
            mine = other;
            from = i;
        }
    }
    candidate best = best_of_block(mine);
    if (mine.row == best.row && mine.size == best.size)
        winner = from;
    __syncthreads();
    *block = winner;
    return best;
}

__device__ static void note(const base_task &t, int column, candidate pivot)
{
    t.pivots[t.first + column] = pivot.row;
    if (t.bad[0] == 0 && !(pivot.size > 0 && isfinite(pivot.size))) {
        t.bad[0] = isfinite(pivot.size) ? 1 : 2;
        t.bad[1] = t.first + column;
    }
}

// One row below the pivot: its factor, its columns to the right; its candidate for the next column.
__device__ static candidate update_row(const base_task &t, int column, pn_lidx row,
                                       const double *pivot, double scale)
{
    double *a = t.a + t.first * t.ld + row;
    double factor = a[column * t.ld] * scale;
    candidate next = {-1.0, LLONG_MAX};
    a[column * t.ld] = factor;
    for (int j = column + 1; j < t.width; j++) {
        double value = a[j * t.ld] - factor * pivot[j];
        a[j * t.ld] = value;
        if (j == column + 1)
            next = candidate_of(value, row);
    }
    return next;
}

__device__ static void put_row(const base_task &t, pn_lidx row, const double *values)
{
    for (int j = 0; j < t.width; j++)
        t.a[(t.first + j) * t.ld + row] = values[j];
}

__global__ static void __launch_bounds__(THREADS) base_kernel(base_task t)
{
    __shared__ double pivot_row[BASE], top_row[BASE];
    pn_lidx stride = (pn_lidx)gridDim.x * THREADS;
    pn_lidx mine = t.first + (pn_lidx)blockIdx.x * THREADS + threadIdx.x;
    candidate next = {-1.0, LLONG_MAX};
    for (pn_lidx row = mine; row < t.rows; row += stride)
        next = better(next, candidate_of(t.a[t.first * t.ld + row], row));
    for (int column = 0; column < t.width; column++) {
        int block;
        pn_lidx top = t.first + column;
        candidate best = best_of_block(next);
        offer(t, column, best);
        meet(t.shared, (unsigned)column + 1);
        candidate pivot = winner_of(t, column, &block);
        if ((int)threadIdx.x < t.width) {
            pivot_row[threadIdx.x] = t.shared->rows[column % 2][block][threadIdx.x];
            top_row[threadIdx.x] = t.shared->top[column % 2][threadIdx.x];
        }
        if (blockIdx.x == 0 && threadIdx.x == 0)
            note(t, column, pivot);
        __syncthreads();
        double value = pivot_row[column], scale = value != 0 && isfinite(value) ? 1.0 / value : 1.0;
        next = {-1.0, LLONG_MAX};
        for (pn_lidx row = mine; row < t.rows; row += stride) {
            if (row < top)
                continue;
            if (row == top && pivot.row != top)
                put_row(t, row, pivot_row);
            if (row == pivot.row && row != top)
                put_row(t, row, top_row);
            if (row > top)
                next = better(next, update_row(t, column, row, pivot_row, scale));
        }
        __syncthreads(); // rows are read by other threads of the block, and pivot_row is free
    }
}

typedef struct swap_task {
    double *a;
    pn_lidx ld;
    int first, width, columns; // of the panel: all but [first, first + width) are treated
    const long long *pivots;
} swap_task;

__global__ static void swap_kernel(swap_task t)
{
    int column = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (column >= t.first)
        column += t.width;
    if (column >= t.columns)
        return;
    double *a = t.a + column * t.ld;
    for (int i = t.first; i < t.first + t.width; i++) {
        double kept = a[i];
        a[i] = a[t.pivots[i]];
        a[t.pivots[i]] = kept;
    }
}

static void factor_base(pn_cuda *cuda, const pn_part_panel *panel, int first, int width)
{
    struct pn_cuda_panel_memory *m = cuda->panel;
    base_task task = {panel->a, panel->ld, panel->rows, first, width, m->shared, m->pivots, m->bad};
    int blocks = (int)pn_max(1, pn_min(m->blocks, pn_ceil_div(panel->rows - first, 2 * THREADS)));
    pn_cuda_check(cudaMemsetAsync(&m->shared->arrived, 0, sizeof m->shared->arrived, cuda->main),
                  "factor a panel");
    pn_cuda_grid grid = {(unsigned)blocks, THREADS, cuda->main};
    pn_cuda_check(pn_cuda_launch_together(base_kernel, grid, task), "factor a panel");
    if (width == panel->width)
        return;
    swap_task swap = {panel->a, panel->ld, first, width, panel->width, m->pivots};
    unsigned count = (unsigned)pn_ceil_div(panel->width - width, WARP);
    pn_cuda_check(pn_cuda_launch(swap_kernel, {count, WARP, cuda->main}, swap),
                  "exchange rows of a panel");
}

// Columns [first + done, first + columns) after `done` new pivots.
static void update_right(pn_cuda *cuda, const pn_part_panel *panel, int first, const int size[2])
{
    const double one = 1.0, minus = -1.0;
    int done = size[0], right = size[1] - done, ld = (int)panel->ld;
    int below = (int)(panel->rows - first - done);
    const double *l = panel->a + first * panel->ld + first;
    double *u = panel->a + (first + done) * panel->ld + first;
    pn_cuda_check_blas(cublasDtrsm(cuda->main_blas, CUBLAS_SIDE_LEFT, CUBLAS_FILL_MODE_LOWER,
                                   CUBLAS_OP_N, CUBLAS_DIAG_UNIT, done, right, &one, l, ld, u, ld),
                       "solve in a panel");
    if (below > 0)
        pn_cuda_check_blas(cublasDgemm(cuda->main_blas, CUBLAS_OP_N, CUBLAS_OP_N, below, right,
                                       done, &minus, l + done, ld, u, ld, &one, u + done, ld),
                           "multiply in a panel");
}

static void factor_columns(pn_cuda *cuda, const pn_part_panel *panel, int first, int columns)
{
    if (columns <= BASE) {
        factor_base(cuda, panel, first, columns);
        return;
    }
    int left = (int)pn_min(pn_round_up(columns / 2, BASE), columns);
    int size[2] = {left, columns};
    factor_columns(cuda, panel, first, left);
    update_right(cuda, panel, first, size);
    factor_columns(cuda, panel, first + left, columns - left);
}

static void copy_panel(const pn_cuda *cuda, double *to, pn_lidx ld_to, const pn_block *from)
{
    pn_cuda_check(cudaMemcpy2DAsync(to, (size_t)ld_to * sizeof(double), from->data,
                                    (size_t)from->ld * sizeof(double),
                                    (size_t)from->columns * sizeof(double), (size_t)from->rows,
                                    cudaMemcpyDefault, cuda->main),
                  "copy a panel");
}

pn_ticket pn_cuda_factor_panel(pn_compute *compute, const pn_part_panel *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    struct pn_cuda_panel_memory *m = cuda->panel;
    // Rows of these blocks are the panel's columns.
    pn_block top = {t->a, t->width, t->width, t->ld}, whole = {t->a, t->width, t->rows, t->ld};
    if (t->width > MOST_WIDTH)
        pn_cuda_break("factor a panel", "it has more than 16384 columns");
    pn_cuda_check(cudaMemsetAsync(m->bad, 0, 2 * sizeof *m->bad, cuda->main), "factor a panel");
    factor_columns(cuda, t, 0, t->width);
    copy_panel(cuda, t->l11, t->ld_l11, &top);
    copy_panel(cuda, t->host_l11, t->ld_l11, &top);
    if (t->host_a)
        copy_panel(cuda, t->host_a, t->ld, &whole);
    pn_cuda_check(cudaMemcpyAsync(t->pivots, m->pivots, (size_t)t->width * sizeof *m->pivots,
                                  cudaMemcpyDeviceToHost, cuda->main),
                  "copy the pivots");
    pn_cuda_check(
        cudaMemcpyAsync(t->bad, m->bad, 2 * sizeof *m->bad, cudaMemcpyDeviceToHost, cuda->main),
        "copy the pivots");
    return pn_cuda_ticket(cuda);
}

pn_status pn_cuda_panel_open(pn_cuda *cuda)
{
    int can = 0, fit = 0;
    cudaDeviceGetAttribute(&can, cudaDevAttrCooperativeLaunch, cuda->device);
    if (!can)
        return PN_OK;
    struct pn_cuda_panel_memory *m = (struct pn_cuda_panel_memory *)calloc(1, sizeof *m);
    cuda->panel = m;
    if (!m || cudaMalloc((void **)&m->shared, sizeof *m->shared) != cudaSuccess ||
        cudaMalloc((void **)&m->pivots, MOST_WIDTH * sizeof *m->pivots) != cudaSuccess ||
        cudaMalloc((void **)&m->bad, 2 * sizeof *m->bad) != cudaSuccess)
        return cuda->fail(PN_ERROR_MEMORY, "CUDA device %d has no memory to factor panels",
                          cuda->device);
    cudaError_t error =
        cudaOccupancyMaxActiveBlocksPerMultiprocessor(&fit, base_kernel, THREADS, 0);
    if (error != cudaSuccess || fit < 1)
        return cuda->fail(PN_ERROR_SYSTEM,
                          "the CUDA plug-in has no code for device %d (%s): build it with a "
                          "toolkit that knows this device",
                          cuda->device, cudaGetErrorString(error));
    m->blocks = (int)pn_min(MOST_BLOCKS, cuda->processors);
    return PN_OK;
}

void pn_cuda_panel_close(pn_cuda *cuda)
{
    struct pn_cuda_panel_memory *m = cuda->panel;
    if (!m)
        return;
    cudaFree(m->shared);
    cudaFree(m->pivots);
    cudaFree(m->bad);
    free(m);
}
