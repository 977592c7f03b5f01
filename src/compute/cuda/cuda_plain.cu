// SPDX-License-Identifier: BSD-3-Clause
// A panel of FP32 without pivoting, on the device: its pivot block by halves, at the bottom of
// which a kernel of one block of threads takes over, then the rows below by one solve.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_panel.h"

#include <float.h>

enum { BASE = 32, ROWS_AT_ONCE = 8 };
static const float most_growth = 0x1p12F; // of a column over its pivot, as the host's panel has it

typedef struct base_task {
    float *block; // column-major
    pn_lidx ld;
    int first, width; // columns of the whole, of which `block` begins with the first
    float most_growth;
    long long *bad;
} base_task;

__device__ static void judge(const base_task &t, const float *column, int k)
{
    float largest = 0, pivot = column[k];
    for (int i = k + 1; i < t.width; i++)
        if (fabsf(column[i]) > largest || !(column[i] == column[i]))
            largest = fabsf(column[i]);
    bool is_finite = fabsf(pivot) <= FLT_MAX && largest <= FLT_MAX;
    int kind = !is_finite                               ? PN_PLAIN_NOT_FINITE
               : fabsf(pivot) < FLT_MIN                 ? PN_PLAIN_SINGULAR
               : largest > t.most_growth * fabsf(pivot) ? PN_PLAIN_GROWTH
                                                        : 0;
    if (kind != 0 && t.bad[0] == 0) {
        t.bad[0] = kind;
        t.bad[1] = t.first + k;
    }
}

// Thread (x, y): row x, columns y, y + ROWS_AT_ONCE, ...
__global__ static void __launch_bounds__(BASE *ROWS_AT_ONCE) base_kernel(base_task t)
{
    __shared__ float tile[BASE][BASE + 1]; // by columns
    int row = (int)threadIdx.x;
    for (int j = threadIdx.y; j < t.width; j += ROWS_AT_ONCE)
        if (row < t.width)
            tile[j][row] = t.block[j * t.ld + row];
    __syncthreads();
    for (int k = 0; k < t.width; k++) {
        float pivot = tile[k][k];
        bool can = fabsf(pivot) >= FLT_MIN && fabsf(pivot) <= FLT_MAX;
        if (row == 0 && threadIdx.y == 0)
            judge(t, tile[k], k);
        __syncthreads();
        if (threadIdx.y == 0 && row > k && row < t.width)
            tile[k][row] *= can ? 1 / pivot : 1;
        __syncthreads();
        for (int j = k + 1 + (int)threadIdx.y; j < t.width; j += ROWS_AT_ONCE)
            if (row > k && row < t.width)
                tile[j][row] -= tile[k][row] * tile[j][k];
        __syncthreads();
    }
    for (int j = threadIdx.y; j < t.width; j += ROWS_AT_ONCE)
        if (row < t.width)
            t.block[j * t.ld + row] = tile[j][row];
}

static float *at(const pn_plain_panel *t, int row, int column)
{
    return t->l11 + (pn_lidx)column * t->ld_l11 + row;
}

static void factor_block(pn_cuda *cuda, const pn_plain_panel *t, int first, int last)
{
    int size = last - first, middle = first + size / 2, ld = (int)t->ld_l11;
    if (size <= BASE) {
        base_task task = {at(t, first, first), t->ld_l11,       first, size,
                          most_growth,         cuda->panel->bad};
        pn_cuda_check(pn_cuda_launch(base_kernel, {1, dim3(BASE, ROWS_AT_ONCE), cuda->main}, task),
                      "factor a pivot block");
        return;
    }
    factor_block(cuda, t, first, middle);
    int left = middle - first, right = last - middle;
    pn_cuda_solution below = {PN_CUDA_SOLVE_BELOW,  right, left,      at(t, first, first), ld,
                              at(t, middle, first), ld,    PN_FLOAT32};
    pn_cuda_solution beside = {PN_CUDA_SOLVE_BESIDE, left, right,     at(t, first, first), ld,
                               at(t, first, middle), ld,   PN_FLOAT32};
    pn_cuda_product product = {cuda->main_blas,
                               CUBLAS_OP_N,
                               right,
                               right,
                               left,
                               at(t, middle, first),
                               ld,
                               at(t, first, middle),
                               ld,
                               at(t, middle, middle),
                               ld,
                               PN_FLOAT32};
    pn_cuda_solve_by(cuda->main_blas, &below);
    pn_cuda_solve_by(cuda->main_blas, &beside);
    pn_cuda_multiply_by(&product, "multiply in a panel");
    factor_block(cuda, t, middle, last);
}

// Columns of a panel, `rows` of them.
static void copy_columns(const pn_cuda *cuda, float *to, pn_lidx ld_to, const pn_block *from)
{
    pn_cuda_check(cudaMemcpy2DAsync(to, (size_t)ld_to * sizeof(float), from->f32,
                                    (size_t)from->ld * sizeof(float),
                                    (size_t)from->columns * sizeof(float), (size_t)from->rows,
                                    cudaMemcpyDefault, cuda->main),
                  "copy a panel");
}

pn_ticket pn_cuda_factor_plain(pn_compute *compute, const pn_plain_panel *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    // Rows of these blocks are the panel's columns.
    pn_block top = {{t->a}, t->width, t->width, t->ld, PN_FLOAT32},
             whole = {{t->a}, t->width, t->rows, t->ld, PN_FLOAT32},
             factors = {{t->l11}, t->width, t->width, t->ld_l11, PN_FLOAT32};
    pn_cuda_check(cudaMemsetAsync(cuda->panel->bad, 0, 2 * sizeof *cuda->panel->bad, cuda->main),
                  "factor a panel");
    copy_columns(cuda, t->l11, t->ld_l11, &top);
    factor_block(cuda, t, 0, t->width);
    pn_cuda_solution below = {
        PN_CUDA_SOLVE_BELOW, (int)(t->rows - t->width), t->width,   t->l11,
        (int)t->ld_l11,      t->a + t->width,           (int)t->ld, PN_FLOAT32};
    if (t->rows > t->width)
        pn_cuda_solve_by(cuda->main_blas, &below);
    copy_columns(cuda, t->host_l11, t->ld_l11, &factors);
    if (t->host_a)
        copy_columns(cuda, t->host_a, t->ld, &whole);
    pn_cuda_check(cudaMemcpyAsync(t->bad, cuda->panel->bad, 2 * sizeof *cuda->panel->bad,
                                  cudaMemcpyDeviceToHost, cuda->main),
                  "copy what is bad");
    return pn_cuda_ticket(cuda);
}
