// SPDX-License-Identifier: BSD-3-Clause
// Rows between places of the matrix, U, messages in the device's memory and pinned host memory,
// which a kernel reads and writes directly. Lists of rows travel as arguments of the kernel: so
// they are read before a call returns, and cost no copy of their own.
//
// Over the bus few blocks are as fast as many, which would keep multiprocessors from the
// multiplication: one has 8 KiB under way, and a bus of 50 GB/s that answers after 2 us (a model,
// nothing measured) is full with 100 KB.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_overflow.h"

enum { LIST = 448, THREADS = 256, UNROLL = 4, PIECE = THREADS * UNROLL, BUS_BLOCKS = 16 };

// Row from_row[i] goes to row to_row[i], in pieces of PIECE columns.
template <class T> struct rows_task {
    const T *from;
    T *to;
    pn_lidx ld_from, ld_to, columns, pieces; // of a row
    int count;
    int from_row[LIST], to_row[LIST];
};

template <class T> __device__ static void copy_piece(const T *from, T *to, pn_lidx columns)
{
    T value[UNROLL];
#pragma unroll
    for (int i = 0; i < UNROLL; i++)
        if (i * THREADS + (pn_lidx)threadIdx.x < columns)
            value[i] = from[i * THREADS + threadIdx.x];
#pragma unroll
    for (int i = 0; i < UNROLL; i++)
        if (i * THREADS + (pn_lidx)threadIdx.x < columns)
            to[i * THREADS + threadIdx.x] = value[i];
}

template <class T>
__global__ static void __launch_bounds__(THREADS)
    rows_kernel(const __grid_constant__ rows_task<T> t)
{
    for (pn_lidx piece = blockIdx.x; piece < t.pieces * t.count; piece += gridDim.x) {
        pn_lidx row = piece / t.pieces, column = piece % t.pieces * PIECE;
        copy_piece(t.from + t.from_row[row] * t.ld_from + column,
                   t.to + t.to_row[row] * t.ld_to + column, t.columns - column);
    }
}

// A copy of `count` rows; NULL lists stand for 0, 1, 2, ...
typedef struct rows_copy {
    const void *from;
    void *to;
    pn_lidx ld_from, ld_to, columns, count;
    const pn_lidx *from_row, *to_row;
    bool over_bus; // one side is host memory
    pn_element element;
} rows_copy;

static pn_lidx row_at(const pn_lidx *list, pn_lidx i)
{
    return list ? list[i] : i;
}

// Whether a row of the matrix lies in host memory on either side.
static bool is_hosted(const pn_cuda *cuda, const rows_copy *copy, pn_lidx i)
{
    pn_lidx from = row_at(copy->from_row, i) * copy->ld_from;
    pn_lidx to = row_at(copy->to_row, i) * copy->ld_to;
    return pn_cuda_hosted(cuda, pn_element_at(copy->from, copy->element, from)) > 0 ||
           pn_cuda_hosted(cuda, pn_element_at(copy->to, copy->element, to)) > 0;
}

template <class T>
static void launch_rows(const pn_cuda *cuda, const rows_task<T> &task, bool over_bus)
{
    pn_lidx blocks = task.pieces * task.count;
    if (over_bus)
        blocks = pn_min(blocks, BUS_BLOCKS);
    if (task.count > 0)
        pn_cuda_check(pn_cuda_launch(rows_kernel<T>, {(unsigned)blocks, THREADS, cuda->main}, task),
                      "copy rows");
}

// Rows over the bus go by themselves, so that they hold no others up.
template <class T> static void copy_rows_of(const pn_cuda *cuda, const rows_copy *copy)
{
    for (pn_lidx begin = 0; begin < copy->count; begin += LIST) {
        rows_task<T> near = {(const T *)copy->from,
                             (T *)copy->to,
                             copy->ld_from,
                             copy->ld_to,
                             copy->columns,
                             pn_ceil_div(copy->columns, PIECE),
                             0,
                             {},
                             {}};
        rows_task<T> far = near;
        for (pn_lidx i = begin; i < pn_min(begin + LIST, copy->count); i++) {
            rows_task<T> *task = copy->over_bus || is_hosted(cuda, copy, i) ? &far : &near;
            task->from_row[task->count] = (int)row_at(copy->from_row, i);
            task->to_row[task->count++] = (int)row_at(copy->to_row, i);
        }
        launch_rows(cuda, far, true);
        launch_rows(cuda, near, false);
    }
}

static void copy_rows(const pn_cuda *cuda, const rows_copy *copy)
{
    if (copy->columns == 0)
        return;
    if (copy->element == PN_FLOAT64)
        copy_rows_of<double>(cuda, copy);
    else
        copy_rows_of<float>(cuda, copy);
}

pn_ticket pn_cuda_gather_rows(pn_compute *compute, const pn_row_list *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    rows_copy copy = {pn_block_at(t->matrix, 0, t->column),
                      t->host,
                      t->matrix.ld,
                      t->columns,
                      t->columns,
                      t->count,
                      t->index,
                      NULL,
                      !pn_cuda_is_message(cuda, t->host),
                      t->matrix.element};
    copy_rows(cuda, &copy);
    return pn_cuda_ticket(cuda);
}

pn_ticket pn_cuda_scatter_rows(pn_compute *compute, const pn_row_list *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    rows_copy copy = {t->host,
                      pn_block_at(t->matrix, 0, t->column),
                      t->columns,
                      t->matrix.ld,
                      t->columns,
                      t->count,
                      NULL,
                      t->index,
                      !pn_cuda_is_message(cuda, t->host),
                      t->matrix.element};
    copy_rows(cuda, &copy);
    return pn_cuda_ticket(cuda);
}

void pn_cuda_move_rows(pn_compute *compute, const pn_row_move *t)
{
    void *matrix = pn_block_at(t->matrix, 0, t->column);
    rows_copy copy = {matrix,   matrix,  t->matrix.ld, t->matrix.ld, t->columns,
                      t->count, t->from, t->to,        false,        t->matrix.element};
    copy_rows(pn_cuda_of(compute), &copy);
}

void pn_cuda_solve_rows(pn_compute *compute, const pn_row_solve *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    void *matrix = pn_block_at(t->matrix, 0, t->column);
    pn_block u = t->u, top = pn_block_submatrix(t->matrix, t->top, t->column, t->width, t->columns);
    u.rows = t->width;
    u.columns = t->columns;
    rows_copy pivots = {matrix,   u.data,    t->matrix.ld, u.ld,  t->columns,
                        t->width, t->source, NULL,         false, u.element};
    rows_copy moved = {matrix,   matrix,        t->matrix.ld, t->matrix.ld, t->columns,
                       t->moved, t->moved_from, t->moved_to,  false,        u.element};
    copy_rows(cuda, &pivots);
    copy_rows(cuda, &moved);
    pn_cuda_solve(compute, t->l11, t->ld_l11, u);
    pn_cuda_copy(compute, top, u);
}
