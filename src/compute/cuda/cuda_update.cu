// SPDX-License-Identifier: BSD-3-Clause
// Everything that cuBLAS does: the multiplication, the strip, the triangular solve, the product
// with a vector. A row-major matrix is a transposed column-major one, so cuBLAS sees the transposed
// problem, as a BLAS on processors does.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_overflow.h"

#include <limits.h>

enum { TILE = 32, TILE_THREADS = 8, SOLVE_ROWS = 128, SLAB_ROWS = 128 };

// Rows of a matrix that are handed to cuBLAS at once, so that no offset in what it sees needs more
// than 31 bits. Between two such calls a panel also finds room on the device.
static pn_lidx slab_of(pn_lidx ld)
{
    return pn_max(SLAB_ROWS, INT_MAX / ld / SLAB_ROWS * SLAB_ROWS);
}

// Row-major `from` to column-major `to`, rows x columns of FP64 or FP32.
typedef struct transposition {
    const void *from;
    void *to;
    pn_lidx ld_from, ld_to;
    int rows, columns;
    bool is_single;
} transposition;

__global__ static void transpose_kernel(transposition t)
{
    __shared__ double tile[TILE][TILE + 1]; // off the number of banks
    int row = (int)blockIdx.x * TILE, column = (int)blockIdx.y * TILE;
    for (int i = threadIdx.y; i < TILE; i += TILE_THREADS)
        if (row + i < t.rows && column + (int)threadIdx.x < t.columns) {
            pn_lidx at = (row + i) * t.ld_from + column + threadIdx.x;
            tile[i][threadIdx.x] =
                t.is_single ? (double)((const float *)t.from)[at] : ((const double *)t.from)[at];
        }
    __syncthreads();
    for (int j = threadIdx.y; j < TILE; j += TILE_THREADS)
        if (column + j < t.columns && row + (int)threadIdx.x < t.rows) {
            pn_lidx at = (column + j) * t.ld_to + row + threadIdx.x;
            if (t.is_single)
                ((float *)t.to)[at] = (float)tile[threadIdx.x][j];
            else
                ((double *)t.to)[at] = tile[threadIdx.x][j];
        }
}

static void transpose_here(const pn_cuda *cuda, const transposition &t)
{
    dim3 blocks((unsigned)pn_ceil_div(t.rows, TILE), (unsigned)pn_ceil_div(t.columns, TILE));
    pn_cuda_grid grid = {blocks, dim3(TILE, TILE_THREADS), cuda->main};
    if (t.rows > 0)
        pn_cuda_check(pn_cuda_launch(transpose_kernel, grid, t), "transpose a strip");
}

// Rows that touch host memory come to the device first, as many at a time as the buffer holds.
static void transpose(const pn_cuda *cuda, transposition t)
{
    pn_element element = t.is_single ? PN_FLOAT32 : PN_FLOAT64;
    pn_block all = {{(void *)t.from}, t.rows, t.columns, t.ld_from, element};
    pn_lidx hosted = pn_cuda_seam_of(cuda, &all).touched, rows = 0;
    for (pn_lidx row = 0; row < hosted; row += rows) {
        pn_block buffer = pn_cuda_lanes_buffer(cuda, element);
        rows = pn_min(buffer.columns / t.columns, hosted - row);
        buffer.rows = rows;
        buffer.columns = buffer.ld = t.columns;
        pn_cuda_move(cuda, buffer, pn_block_submatrix(all, row, 0, rows, t.columns), cuda->main);
        transposition here = t;
        here.from = buffer.data;
        here.to = pn_element_at(t.to, element, row);
        here.ld_from = buffer.ld;
        here.rows = (int)rows;
        transpose_here(cuda, here);
    }
    t.from = pn_block_at(all, hosted, 0);
    t.to = pn_element_at(t.to, element, hosted);
    t.rows -= (int)hosted;
    transpose_here(cuda, t);
}

// Rows [row, row + rows) of a strip, brought up to date, to column-major device memory.
static void strip_rows(pn_cuda *cuda, const pn_update *task, pn_lidx row, const pn_block *to)
{
    int rows = (int)to->rows, columns = (int)task->c.columns;
    if (rows == 0 || columns == 0)
        return;
    transposition t = {pn_block_at(task->c, row, 0), to->data, task->c.ld, to->ld, rows, columns,
                       task->c.element == PN_FLOAT32};
    transpose(cuda, t);
    pn_cuda_product product = {
        cuda->main_blas, CUBLAS_OP_T,  rows,
        columns,         task->width,  pn_element_at(task->l, task->u.element, row),
        (int)task->ld_l, task->u.data, (int)task->u.ld,
        to->data,        (int)to->ld,  task->u.element};
    if (task->width > 0)
        pn_cuda_multiply_by(&product, "multiply a strip");
}

void pn_cuda_update_panel_here(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_block to = task->c;
    to.data = panel;
    to.ld = ld;
    strip_rows(cuda, task, 0, &to);
    pn_cuda_panel_buffer_read(cuda, task->l, cuda->main);
}

// In pieces through the two halves of the stage: one is computed while the other is copied.
pn_ticket pn_cuda_update_panel(pn_compute *compute, const pn_update *task, void *panel, pn_lidx ld)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    size_t size = (size_t)pn_element_bytes(task->c.element);
    pn_lidx most = (pn_lidx)(cuda->stage_half / (size * (size_t)task->c.columns));
    for (pn_lidx row = 0, i = 0; row < task->c.rows; row += most, i++) {
        int half = (int)(i % 2);
        pn_lidx rows = pn_min(most, task->c.rows - row);
        pn_block to = task->c;
        to.data = cuda->stage + half * cuda->stage_half;
        to.rows = to.ld = rows;
        pn_cuda_check(cudaStreamWaitEvent(cuda->main, cuda->stage_emptied[half], 0),
                      "order a strip");
        strip_rows(cuda, task, row, &to);
        pn_cuda_after(cuda->copy, cuda->main, cuda->stage_filled[half]);
        pn_cuda_check(cudaMemcpy2DAsync(pn_element_at(panel, task->c.element, row),
                                        (size_t)ld * size, to.data, (size_t)rows * size,
                                        (size_t)rows * size, (size_t)task->c.columns,
                                        cudaMemcpyDeviceToHost, cuda->copy),
                      "copy a strip to the host");
        pn_cuda_check(cudaEventRecord(cuda->stage_emptied[half], cuda->copy), "record an event");
    }
    pn_cuda_panel_buffer_read(cuda, task->l, cuda->main);
    pn_cuda_after(cuda->main, cuda->copy, cuda->arrived);
    return pn_cuda_ticket(cuda);
}

// U := inv(L11) U by halves, so that most of the work is a multiplication.
static void solve_rows(pn_cuda *cuda, const void *l11, int ld, pn_block u)
{
    int columns = (int)u.columns;
    if (u.rows <= SOLVE_ROWS) {
        pn_cuda_solution solution = {PN_CUDA_SOLVE_ROWS, columns,  (int)u.rows, l11, ld, u.data,
                                     (int)u.ld,          u.element};
        pn_cuda_solve_by(cuda->main_blas, &solution);
        return;
    }
    pn_lidx half = pn_round_up(u.rows / 2, SOLVE_ROWS);
    pn_block upper = pn_block_submatrix(u, 0, 0, half, u.columns);
    pn_block lower = pn_block_submatrix(u, half, 0, u.rows - half, u.columns);
    solve_rows(cuda, l11, ld, upper);
    pn_cuda_product product = {cuda->main_blas,
                               CUBLAS_OP_T,
                               columns,
                               (int)lower.rows,
                               (int)half,
                               upper.data,
                               (int)u.ld,
                               pn_element_at(l11, u.element, half),
                               ld,
                               lower.data,
                               (int)u.ld,
                               u.element};
    pn_cuda_multiply_by(&product, "solve with a triangle");
    solve_rows(cuda, pn_element_at(l11, u.element, half * (ld + 1)), ld, lower);
}

void pn_cuda_solve(pn_compute *compute, const void *l11, pn_lidx ld_l11, pn_block u)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    if (u.rows == 0 || u.columns == 0)
        return;
    solve_rows(cuda, l11, (int)ld_l11, u);
    pn_cuda_panel_buffer_read(cuda, l11, cuda->main);
}

// Adds up the multiplications that are over; waits for the oldest where there is no room.
static void take_timings(pn_cuda *cuda)
{
    while (cuda->timings_taken < cuda->timings_begun) {
        pn_cuda_timing *t = &cuda->timings[cuda->timings_taken % PN_CUDA_TIMINGS];
        float milliseconds = 0;
        bool is_full = cuda->timings_begun - cuda->timings_taken == PN_CUDA_TIMINGS;
        cudaError_t error = is_full ? cudaEventSynchronize(t->end) : cudaEventQuery(t->end);
        if (error == cudaErrorNotReady)
            return;
        pn_cuda_check(error, "multiply");
        pn_cuda_check(cudaEventElapsedTime(&milliseconds, t->begin, t->end), "time an operation");
        cuda->base.multiply_seconds += 1e-3 * milliseconds;
        cuda->base.multiply_operations += t->operations;
        cuda->timings_taken++;
    }
}

static void multiply(pn_cuda *cuda, const pn_update *task)
{
    const pn_block *c = &task->c;
    pn_lidx most = slab_of(c->ld);
    if (c->columns == 0 || task->width == 0)
        return;
    if (cuda->fp64_bits > 0)
        most = pn_min(most, pn_cuda_emulation_rows(cuda, c->columns, task->width));
    pn_lidx hosted = pn_cuda_lanes_multiply(cuda, task);
    for (pn_lidx row = hosted; row < c->rows; row += most) {
        pn_cuda_product product = {
            cuda->multiply_blas, CUBLAS_OP_T,
            (int)c->columns,     (int)pn_min(most, c->rows - row),
            task->width,         task->u.data,
            (int)task->u.ld,     pn_element_at(task->l, task->u.element, row),
            (int)task->ld_l,     pn_block_at(*c, row, 0),
            (int)c->ld,          task->u.element};
        pn_cuda_multiply_by(&product, "multiply");
    }
    if (hosted > 0)
        pn_cuda_lanes_join(cuda);
}

void pn_cuda_multiply_start(pn_compute *compute, const pn_update *task, int crew)
{
    (void)crew;
    pn_cuda *cuda = pn_cuda_of(compute);
    take_timings(cuda);
    pn_cuda_timing *t = &cuda->timings[cuda->timings_begun++ % PN_CUDA_TIMINGS];
    t->operations = 2.0 * (double)task->c.rows * (double)task->c.columns * task->width;
    pn_cuda_after(cuda->multiply, cuda->main, cuda->ready);
    pn_cuda_check(cudaEventRecord(t->begin, cuda->multiply), "record an event");
    multiply(cuda, task);
    pn_cuda_check(cudaEventRecord(t->end, cuda->multiply), "record an event");
    pn_cuda_panel_buffer_read(cuda, task->l, cuda->multiply);
}

bool pn_cuda_multiply_help(pn_compute *compute)
{
    (void)compute;
    return false;
}

void pn_cuda_multiply_finish(pn_compute *compute)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_cuda_after(cuda->main, cuda->multiply, cuda->multiplied);
    take_timings(cuda);
}

void pn_cuda_apply(pn_compute *compute, pn_block block, const double *x, double *y)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    const double one = 1.0, minus = -1.0;
    double *x_here = (double *)cuda->stage, *y_here = (double *)(cuda->stage + cuda->stage_half);
    size_t x_bytes = (size_t)block.columns * sizeof *x, y_bytes = (size_t)block.rows * sizeof *y;
    if (block.rows == 0 || block.columns == 0)
        return;
    if (x_bytes > cuda->stage_half || y_bytes > cuda->stage_half)
        pn_cuda_break("multiply with a vector", "the vector is longer than half of the stage");
    pn_cuda_check(cudaMemcpyAsync(x_here, x, x_bytes, cudaMemcpyHostToDevice, cuda->main),
                  "copy a vector");
    pn_cuda_check(cudaMemcpyAsync(y_here, y, y_bytes, cudaMemcpyHostToDevice, cuda->main),
                  "copy a vector");
    pn_lidx most = slab_of(block.ld);
    if (block.element == PN_FLOAT32)
        pn_cuda_apply_single(cuda, block, x_here, y_here);
    for (pn_lidx row = 0; row < block.rows && block.element == PN_FLOAT64; row += most)
        pn_cuda_check_blas(cublasDgemv(cuda->main_blas, CUBLAS_OP_T, (int)block.columns,
                                       (int)pn_min(most, block.rows - row), &minus,
                                       block.f64 + row * block.ld, (int)block.ld, x_here, 1, &one,
                                       y_here + row, 1),
                           "multiply with a vector");
    pn_cuda_check(cudaMemcpyAsync(y, y_here, y_bytes, cudaMemcpyDeviceToHost, cuda->main),
                  "copy a vector");
    pn_cuda_check(cudaStreamSynchronize(cuda->main), "multiply with a vector");
}

// A small step of every kind, on memory of its own: kernels are loaded and clocks come up.
// One after the other, because none of them may touch what another one under way reads or writes.
void pn_cuda_warm(pn_compute *compute, int nb)
{
    enum { TIMES = 20 };
    pn_cuda *cuda = pn_cuda_of(compute);
    pn_lidx size = cuda->warm_size;
    nb = (int)pn_min(nb, size);
    double seconds = compute->multiply_seconds, operations = compute->multiply_operations;
    size_t words = (size_t)(size * size + 3 * size * nb);
    double *memory = NULL;
    if (cudaMalloc((void **)&memory, words * sizeof *memory) != cudaSuccess) {
        (void)cudaGetLastError(); // a cold start costs a little time, nothing else
        return;
    }
    pn_cuda_check(cudaMemsetAsync(memory, 0, words * sizeof *memory, cuda->main), "warm up");
    double *l = memory + size * size, *u = l + size * nb, *strip = u + size * nb;
    pn_update update = {pn_block_of(memory, size, size, size), l, size,
                        pn_block_of(u, nb, size, size), nb};
    pn_block solved = update.u;
    update.c.element = solved.element = compute->element;
    update.u.element = compute->product;
    for (int i = 0; i < TIMES; i++) {
        pn_cuda_solve(compute, l, size, solved);
        pn_cuda_multiply_start(compute, &update, 1);
        pn_cuda_multiply_finish(compute);
    }
    update.c.columns = nb;
    pn_cuda_update_panel_here(compute, &update, strip, size);
    pn_cuda_check(cudaDeviceSynchronize(), "warm up");
    take_timings(cuda);
    compute->multiply_seconds = seconds;
    compute->multiply_operations = operations;
    pn_cuda_check(cudaFree(memory), "warm up");
}
