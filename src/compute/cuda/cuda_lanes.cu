// SPDX-License-Identifier: BSD-3-Clause
// Rows in host memory, multiplied by tiles: each of two streams copies a tile to the device,
// multiplies it and copies it back, so that both ways of the bus and the device are busy at the
// same time. Their kernels come before those of the other rows, which are one long queue.
#include "compute/cuda/cuda_overflow.h"

#include <math.h>
#include <stdlib.h>

enum { LANES = 2, SHAPE = 4 }; // a tile is so many times as wide as it is high

typedef struct lane {
    cudaStream_t stream;
    cublasHandle_t blas;
    void *workspace;
    void *tile;
    cudaEvent_t done;
} lane;

struct pn_cuda_lanes {
    lane lanes[LANES];
    void *buffer; // of the main stream
};

size_t pn_cuda_lanes_bytes(const pn_cuda *cuda)
{
    return LANES * (cuda->tile_bytes + cuda->workspace_bytes) + cuda->tile_bytes;
}

static bool open_lane(const pn_cuda *cuda, lane *l)
{
    int least = 0, most = 0;
    return cudaDeviceGetStreamPriorityRange(&least, &most) == cudaSuccess &&
           cudaStreamCreateWithPriority(&l->stream, cudaStreamNonBlocking,
                                        (int)pn_max(most, least - 1)) == cudaSuccess &&
           cudaEventCreateWithFlags(&l->done, cudaEventDisableTiming) == cudaSuccess &&
           cudaMalloc(&l->workspace, cuda->workspace_bytes) == cudaSuccess &&
           cudaMalloc(&l->tile, cuda->tile_bytes) == cudaSuccess &&
           cublasCreate(&l->blas) == CUBLAS_STATUS_SUCCESS &&
           cublasSetMathMode(l->blas, CUBLAS_DEFAULT_MATH) == CUBLAS_STATUS_SUCCESS &&
           cublasSetStream(l->blas, l->stream) == CUBLAS_STATUS_SUCCESS &&
           cublasSetWorkspace(l->blas, l->workspace, cuda->workspace_bytes) ==
               CUBLAS_STATUS_SUCCESS;
}

pn_status pn_cuda_lanes_open(pn_cuda *cuda)
{
    if (cuda->lanes)
        return PN_OK;
    struct pn_cuda_lanes *all = (struct pn_cuda_lanes *)calloc(1, sizeof *all);
    bool opened = all != NULL;
    cuda->lanes = all;
    for (int i = 0; opened && i < LANES; i++)
        opened = open_lane(cuda, &all->lanes[i]);
    if (opened && cudaMalloc(&all->buffer, cuda->tile_bytes) == cudaSuccess)
        return PN_OK;
    (void)cudaGetLastError();
    pn_cuda_lanes_close(cuda);
    return cuda->fail(PN_ERROR_MEMORY,
                      PN_CUDA_TITLE " device %d has no memory for the tiles of rows that lie in "
                                    "host memory",
                      cuda->device);
}

void pn_cuda_lanes_close(pn_cuda *cuda)
{
    struct pn_cuda_lanes *all = cuda->lanes;
    if (!all)
        return;
    for (lane &l : all->lanes) {
        if (l.blas)
            (void)cublasDestroy(l.blas);
        if (l.stream)
            (void)cudaStreamDestroy(l.stream);
        if (l.done)
            (void)cudaEventDestroy(l.done);
        (void)cudaFree(l.workspace);
        (void)cudaFree(l.tile);
    }
    (void)cudaFree(all->buffer);
    free(all);
    cuda->lanes = NULL;
}

pn_block pn_cuda_lanes_buffer(const pn_cuda *cuda, pn_element element)
{
    pn_lidx numbers = (pn_lidx)cuda->tile_bytes / pn_element_bytes(element);
    return {{cuda->lanes->buffer}, 1, numbers, numbers, element};
}

// Rows [row, row + rows), columns [column, column + columns) of both sides.
typedef struct cut {
    pn_lidx row, column, rows, columns;
} cut;

static pn_block part_of(const pn_block &block, const cut &c)
{
    return pn_block_submatrix(block, c.row, c.column, c.rows, c.columns);
}

// What is before the seam of one side, and what is behind it; the other side may have its own.
static void move_parts(const pn_cuda *cuda, const pn_block sides[2], const pn_cuda_seam &seam,
                       cudaStream_t stream)
{
    pn_lidx rows = sides[0].rows, columns = sides[0].columns;
    const cut parts[] = {{0, 0, seam.whole, columns},
                         {seam.whole, 0, seam.torn > 0, seam.torn},
                         {seam.whole, seam.torn, seam.torn > 0, columns - seam.torn},
                         {seam.touched, 0, rows - seam.touched, columns}};
    for (const cut &c : parts)
        pn_cuda_move(cuda, part_of(sides[0], c), part_of(sides[1], c), stream);
}

void pn_cuda_move(const pn_cuda *cuda, pn_block to, pn_block from, cudaStream_t stream)
{
    size_t size = (size_t)pn_element_bytes(to.element);
    const pn_block sides[] = {to, from};
    if (to.rows == 0 || to.columns == 0)
        return;
    for (const pn_block &side : sides) {
        pn_cuda_seam seam = pn_cuda_seam_of(cuda, &side);
        if (seam.touched > 0 && seam.whole < side.rows) {
            move_parts(cuda, sides, seam, stream);
            return;
        }
    }
    pn_cuda_check(cudaMemcpy2DAsync(to.data, (size_t)to.ld * size, from.data,
                                    (size_t)from.ld * size, (size_t)to.columns * size,
                                    (size_t)to.rows, cudaMemcpyDefault, stream),
                  "copy a block");
}

// C of one tile, which it leaves updated where it came from.
static void multiply_tile(const pn_cuda *cuda, const lane *l, const pn_update *task, const cut &c)
{
    pn_block home = part_of(task->c, c);
    pn_block tile = {{l->tile}, c.rows, c.columns, c.columns, task->c.element};
    pn_cuda_product product = {l->blas,         CUBLAS_OP_T,
                               (int)c.columns,  (int)c.rows,
                               task->width,     pn_block_at(task->u, 0, c.column),
                               (int)task->u.ld, pn_element_at(task->l, task->u.element, c.row),
                               (int)task->ld_l, l->tile,
                               (int)c.columns,  task->u.element};
    pn_cuda_move(cuda, tile, home, l->stream);
    pn_cuda_multiply_by(&product, "multiply a tile");
    pn_cuda_move(cuda, home, tile, l->stream);
}

pn_lidx pn_cuda_lanes_multiply(pn_cuda *cuda, const pn_update *task)
{
    pn_lidx rows = pn_cuda_seam_of(cuda, &task->c).touched;
    if (rows == 0 || task->width == 0)
        return 0;
    for (lane &l : cuda->lanes->lanes)
        pn_cuda_after(l.stream, cuda->main, l.done);
    pn_lidx numbers = (pn_lidx)cuda->tile_bytes / pn_element_bytes(task->c.element);
    pn_lidx width = pn_min(task->c.columns, (pn_lidx)sqrt((double)(SHAPE * numbers)));
    pn_lidx height = numbers / width;
    int next = 0;
    for (pn_lidx row = 0; row < rows; row += height)
        for (pn_lidx column = 0; column < task->c.columns; column += width) {
            cut c = {row, column, pn_min(height, rows - row),
                     pn_min(width, task->c.columns - column)};
            multiply_tile(cuda, &cuda->lanes->lanes[next], task, c);
            next = (next + 1) % LANES;
        }
    return rows;
}

void pn_cuda_lanes_join(pn_cuda *cuda)
{
    for (lane &l : cuda->lanes->lanes)
        pn_cuda_after(cuda->multiply, l.stream, l.done);
}
