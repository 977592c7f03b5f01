// SPDX-License-Identifier: BSD-3-Clause
// What a matrix of FP32 needs beside products and solves: panels are kept in it, blocks of it are
// rounded to 16 bits, and its products with a vector are summed in FP64.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_private.h"

enum { TILE = 32, TILE_THREADS = 8, THREADS = 256, MOST_BLOCKS = 4096 };

typedef struct keep_task {
    const float *panel; // column-major
    float *to;          // row-major
    pn_lidx ld_panel, ld_to, rows;
    int columns;
} keep_task;

__global__ static void keep_kernel(keep_task t)
{
    __shared__ float tile[TILE][TILE + 1]; // off the number of banks
    pn_lidx row = (pn_lidx)blockIdx.x * TILE;
    int column = (int)blockIdx.y * TILE;
    for (int j = threadIdx.y; j < TILE; j += TILE_THREADS)
        if (column + j < t.columns && row + (pn_lidx)threadIdx.x < t.rows)
            tile[threadIdx.x][j] = t.panel[(column + j) * t.ld_panel + row + threadIdx.x];
    __syncthreads();
    for (int i = threadIdx.y; i < TILE; i += TILE_THREADS)
        if (row + i < t.rows && column + (int)threadIdx.x < t.columns)
            t.to[(row + i) * t.ld_to + column + threadIdx.x] = tile[i][threadIdx.x];
}

void pn_cuda_keep(pn_compute *compute, pn_block to, const void *panel, pn_lidx ld)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    if (to.rows == 0 || to.columns == 0)
        return;
    keep_task task = {(const float *)panel, to.f32, ld, to.ld, to.rows, (int)to.columns};
    dim3 blocks((unsigned)pn_ceil_div(to.rows, TILE), (unsigned)pn_ceil_div(to.columns, TILE));
    pn_cuda_grid grid = {blocks, dim3(TILE, TILE_THREADS), cuda->main};
    pn_cuda_check(pn_cuda_launch(keep_kernel, grid, task), "keep a panel");
    pn_cuda_panel_buffer_read(cuda, panel, cuda->main);
}

typedef struct round_task {
    const uint32_t *from; // the bits of FP32
    uint16_t *to;
    pn_lidx ld_from, ld_to, rows, columns;
    uint16_t sign; // what is exclusively or'ed to it
} round_task;

// As pn_bfloat16_of.
__device__ static uint16_t rounded(uint32_t bits)
{
    bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
    uint32_t nearest = bits + 0x7fff + (bits >> 16 & 1);
    return (uint16_t)((is_nan ? bits | 0x400000u : nearest) >> 16);
}

// A thread writes both halves of a word of 32 bits, which may begin before the row.
__global__ static void __launch_bounds__(THREADS) round_kernel(round_task t)
{
    for (pn_lidx row = blockIdx.x; row < t.rows; row += gridDim.x) {
        const uint32_t *from = t.from + row * t.ld_from;
        uint16_t *to = t.to + row * t.ld_to;
        pn_lidx before = (uintptr_t)to / sizeof *to % 2;
        for (pn_lidx word = threadIdx.x; 2 * word - before < t.columns; word += THREADS)
            for (pn_lidx column = 2 * word - before; column < 2 * word - before + 2; column++)
                if (column >= 0 && column < t.columns)
                    to[column] = rounded(from[column]) ^ t.sign;
    }
}

void pn_cuda_round(pn_compute *compute, pn_block to, pn_block from, bool negates)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    if (from.rows == 0 || from.columns == 0)
        return;
    round_task task = {(const uint32_t *)from.data,
                       (uint16_t *)to.data,
                       from.ld,
                       to.ld,
                       from.rows,
                       from.columns,
                       (uint16_t)(negates ? 0x8000 : 0)};
    unsigned blocks = (unsigned)pn_min(from.rows, MOST_BLOCKS);
    pn_cuda_check(pn_cuda_launch(round_kernel, {blocks, THREADS, cuda->main}, task),
                  "round to 16 bits");
    pn_cuda_panel_buffer_read(cuda, from.data, cuda->main);
}

typedef struct apply_task {
    const float *block;
    const double *x;
    double *y;
    pn_lidx ld, rows, columns;
} apply_task;

// A block of threads a row; partial sums meet in shared memory, always in the same order.
__global__ static void __launch_bounds__(THREADS) apply_kernel(apply_task t)
{
    __shared__ double sums[THREADS];
    for (pn_lidx row = blockIdx.x; row < t.rows; row += gridDim.x) {
        double sum = 0;
        for (pn_lidx j = threadIdx.x; j < t.columns; j += THREADS)
            sum += (double)t.block[row * t.ld + j] * t.x[j];
        sums[threadIdx.x] = sum;
        for (int half = THREADS / 2; half > 0; half /= 2) {
            __syncthreads();
            if ((int)threadIdx.x < half)
                sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        if (threadIdx.x == 0)
            t.y[row] -= sums[0];
        __syncthreads();
    }
}

void pn_cuda_apply_single(pn_cuda *cuda, pn_block block, const double *x, double *y)
{
    apply_task task = {block.f32, x, y, block.ld, block.rows, block.columns};
    unsigned blocks = (unsigned)pn_min(block.rows, MOST_BLOCKS);
    pn_cuda_check(pn_cuda_launch(apply_kernel, {blocks, THREADS, cuda->main}, task),
                  "multiply with a vector");
}
