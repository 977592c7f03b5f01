// SPDX-License-Identifier: BSD-3-Clause
// C := C - A op(B), plus it for 16 bits (pn_update), by the library of the toolkit, for every pair
// of formats that a run has. Products of 16 bits are held against plain loops when the device is
// opened: a device, or a library, that has them wrong or not at all multiplies FP32.
#include "compute/cuda/cuda_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static cublasStatus_t multiply(const pn_cuda_product *p)
{
    const double one = 1.0, minus = -1.0;
    const float one_single = 1.0F, minus_single = -1.0F;
    switch (p->element) {
    case PN_FLOAT64:
        return cublasDgemm(p->blas, CUBLAS_OP_N, p->op_b, p->m, p->n, p->k, &minus,
                           (const double *)p->a, p->lda, (const double *)p->b, p->ldb, &one,
                           (double *)p->c, p->ldc);
    case PN_FLOAT32:
        return cublasSgemm(p->blas, CUBLAS_OP_N, p->op_b, p->m, p->n, p->k, &minus_single,
                           (const float *)p->a, p->lda, (const float *)p->b, p->ldb, &one_single,
                           (float *)p->c, p->ldc);
    default:
        return cublasGemmEx(p->blas, CUBLAS_OP_N, p->op_b, p->m, p->n, p->k, &one_single, p->a,
                            CUDA_R_16BF, p->lda, p->b, CUDA_R_16BF, p->ldb, &one_single, p->c,
                            CUDA_R_32F, p->ldc, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
    }
}

void pn_cuda_multiply_by(const pn_cuda_product *product, const char *what)
{
    pn_cuda_check_blas(multiply(product), what);
}

void pn_cuda_solve_by(cublasHandle_t blas, const pn_cuda_solution *s)
{
    const double one = 1.0;
    const float one_single = 1.0F;
    bool below = s->place == PN_CUDA_SOLVE_BELOW;
    cublasSideMode_t side = s->place == PN_CUDA_SOLVE_BESIDE ? CUBLAS_SIDE_LEFT : CUBLAS_SIDE_RIGHT;
    cublasFillMode_t fill = below ? CUBLAS_FILL_MODE_UPPER : CUBLAS_FILL_MODE_LOWER;
    cublasOperation_t op = s->place == PN_CUDA_SOLVE_ROWS ? CUBLAS_OP_T : CUBLAS_OP_N;
    cublasDiagType_t diagonal = below ? CUBLAS_DIAG_NON_UNIT : CUBLAS_DIAG_UNIT;
    cublasStatus_t status =
        s->element == PN_FLOAT64
            ? cublasDtrsm(blas, side, fill, op, diagonal, s->m, s->n, &one,
                          (const double *)s->triangle, s->ld_triangle, (double *)s->b, s->ldb)
            : cublasStrsm(blas, side, fill, op, diagonal, s->m, s->n, &one_single,
                          (const float *)s->triangle, s->ld_triangle, (float *)s->b, s->ldb);
    pn_cuda_check_blas(status, "solve with a triangle");
}

enum { CHECKED = 64 };

typedef struct check { // column-major; B transposed, as a run has it
    uint16_t a[CHECKED * CHECKED], b[CHECKED * CHECKED];
    float c[CHECKED * CHECKED];
} check;

static void fill(check *t)
{
    uint32_t state = 1;
    for (int i = 0; i < CHECKED * CHECKED; i++) {
        state = state * 1664525u + 1013904223u;
        t->a[i] = pn_bfloat16_of((float)(state >> 8) * 0x1p-24F - 0.5F);
        state = state * 1664525u + 1013904223u;
        t->b[i] = pn_bfloat16_of((float)(state >> 8) * 0x1p-24F - 0.5F);
        t->c[i] = (float)(i % CHECKED) * 0.125F;
    }
}

static bool is_right_at(const check *t, int row, int column)
{
    const double same_enough = 1e-5; // of the sum of the magnitudes: FP32 rounds each of 64 sums
    double sum = row * 0.125, size = sum;
    for (int k = 0; k < CHECKED; k++) {
        double product = (double)pn_bfloat16_value(t->a[k * CHECKED + row]) *
                         (double)pn_bfloat16_value(t->b[k * CHECKED + column]);
        sum += product;
        size += fabs(product);
    }
    return fabs((double)t->c[column * CHECKED + row] - sum) <= same_enough * size;
}

// NULL: the product of the numbers in `here` came out right in t->c; else what is the matter.
static const char *fault_of(pn_cuda *cuda, check *t, check *here)
{
    pn_cuda_product product = {cuda->main_blas, CUBLAS_OP_T, CHECKED, CHECKED,
                               CHECKED,         here->a,     CHECKED, here->b,
                               CHECKED,         here->c,     CHECKED, PN_BFLOAT16};
    if (cudaMemcpyAsync(here, t, sizeof *t, cudaMemcpyHostToDevice, cuda->main) != cudaSuccess ||
        multiply(&product) != CUBLAS_STATUS_SUCCESS ||
        cudaMemcpyAsync(t, here, sizeof *t, cudaMemcpyDeviceToHost, cuda->main) != cudaSuccess ||
        cudaStreamSynchronize(cuda->main) != cudaSuccess)
        return "it does not multiply bfloat16 on this device";
    for (int i = 0; i < CHECKED * CHECKED; i++)
        if (!is_right_at(t, i % CHECKED, i / CHECKED))
            return "its products of 16 bits are wrong";
    return NULL;
}

bool pn_cuda_has_half(pn_cuda *cuda)
{
    check *t = (check *)malloc(sizeof *t), *here = NULL;
    const char *fault = "there is no memory to check them";
    if (t && cudaMalloc((void **)&here, sizeof *here) == cudaSuccess) {
        fill(t);
        fault = fault_of(cuda, t, here);
    }
    (void)cudaGetLastError();
    (void)cudaFree(here);
    free(t);
    if (fault)
        snprintf(cuda->base.no_half, sizeof cuda->base.no_half, PN_CUDA_BLAS ": %s", fault);
    return !fault;
}
