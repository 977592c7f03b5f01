// SPDX-License-Identifier: BSD-3-Clause
// Rows between places of the matrix, U, messages in the device's memory and pinned host memory,
// which a kernel reads and writes directly. Lists of rows travel as arguments of the kernel: so
// they are read before a call returns, and cost no copy of their own.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_private.h"

enum { LIST = 448, THREADS = 256, UNROLL = 4 };

// Row from_row[i] (NULL in the source: row first + i) goes to row to_row[i].
typedef struct rows_task {
    const double *from;
    double *to;
    pn_lidx ld_from, ld_to, columns;
    int from_row[LIST], to_row[LIST];
} rows_task;

__global__ static void rows_kernel(const __grid_constant__ rows_task t)
{
    const double *from = t.from + t.from_row[blockIdx.y] * t.ld_from;
    double *to = t.to + t.to_row[blockIdx.y] * t.ld_to;
    pn_lidx first = (pn_lidx)blockIdx.x * (THREADS * UNROLL) + threadIdx.x;
    double value[UNROLL];
#pragma unroll
    for (int i = 0; i < UNROLL; i++)
        if (first + i * THREADS < t.columns)
            value[i] = from[first + i * THREADS];
#pragma unroll
    for (int i = 0; i < UNROLL; i++)
        if (first + i * THREADS < t.columns)
            to[first + i * THREADS] = value[i];
}

// A copy of `count` rows; NULL lists stand for 0, 1, 2, ...
typedef struct rows_copy {
    const double *from;
    double *to;
    pn_lidx ld_from, ld_to, columns, count;
    const pn_lidx *from_row, *to_row;
} rows_copy;

static void copy_rows(const pn_cuda *cuda, const rows_copy *copy)
{
    if (copy->columns == 0)
        return;
    for (pn_lidx begin = 0; begin < copy->count; begin += LIST) {
        rows_task task = {copy->from, copy->to, copy->ld_from, copy->ld_to, copy->columns, {}, {}};
        int count = (int)pn_min(LIST, copy->count - begin);
        for (int i = 0; i < count; i++) {
            task.from_row[i] = (int)(copy->from_row ? copy->from_row[begin + i] : begin + i);
            task.to_row[i] = (int)(copy->to_row ? copy->to_row[begin + i] : begin + i);
        }
        dim3 blocks((unsigned)pn_ceil_div(copy->columns, THREADS * UNROLL), (unsigned)count);
        pn_cuda_check(pn_cuda_launch(rows_kernel, {blocks, THREADS, cuda->main}, task),
                      "copy rows");
    }
}

static bool is_visible(const double *host)
{
    cudaPointerAttributes attributes;
    if (cudaPointerGetAttributes(&attributes, host) != cudaSuccess) {
        cudaGetLastError();
        return false;
    }
    return attributes.type == cudaMemoryTypeHost || attributes.type == cudaMemoryTypeDevice;
}

// Host memory that is not pinned: row by row.
static void copy_each(const pn_cuda *cuda, const pn_row_list *t, bool gather)
{
    size_t bytes = (size_t)t->columns * sizeof(double);
    for (pn_lidx i = 0; i < t->count; i++) {
        double *row = t->matrix.data + t->index[i] * t->matrix.ld + t->column;
        double *host = t->host + i * t->columns;
        pn_cuda_check(cudaMemcpyAsync(gather ? host : row, gather ? row : host, bytes,
                                      gather ? cudaMemcpyDeviceToHost : cudaMemcpyHostToDevice,
                                      cuda->main),
                      "copy a row");
    }
}

pn_ticket pn_cuda_gather_rows(pn_compute *compute, const pn_row_list *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    rows_copy copy = {t->matrix.data + t->column,
                      t->host,
                      t->matrix.ld,
                      t->columns,
                      t->columns,
                      t->count,
                      t->index,
                      NULL};
    if (is_visible(t->host))
        copy_rows(cuda, &copy);
    else
        copy_each(cuda, t, true);
    return pn_cuda_ticket(cuda);
}

pn_ticket pn_cuda_scatter_rows(pn_compute *compute, const pn_row_list *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    rows_copy copy = {
        t->host, t->matrix.data + t->column, t->columns, t->matrix.ld, t->columns, t->count, NULL,
        t->index};
    if (is_visible(t->host))
        copy_rows(cuda, &copy);
    else
        copy_each(cuda, t, false);
    return pn_cuda_ticket(cuda);
}

void pn_cuda_move_rows(pn_compute *compute, const pn_row_move *t)
{
    double *matrix = t->matrix.data + t->column;
    rows_copy copy = {matrix,     matrix,   t->matrix.ld, t->matrix.ld,
                      t->columns, t->count, t->from,      t->to};
    copy_rows(pn_cuda_of(compute), &copy);
}

void pn_cuda_solve_rows(pn_compute *compute, const pn_row_solve *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    double *matrix = t->matrix.data + t->column;
    pn_block u = t->u, top = {matrix + t->top * t->matrix.ld, t->width, t->columns, t->matrix.ld};
    u.rows = t->width;
    u.columns = t->columns;
    rows_copy pivots = {matrix, u.data, t->matrix.ld, u.ld, t->columns, t->width, t->source, NULL};
    rows_copy moved = {matrix,     matrix,   t->matrix.ld,  t->matrix.ld,
                       t->columns, t->moved, t->moved_from, t->moved_to};
    copy_rows(cuda, &pivots);
    copy_rows(cuda, &moved);
    pn_cuda_solve(compute, t->l11, t->ld_l11, u);
    pn_cuda_copy(compute, top, u);
}
