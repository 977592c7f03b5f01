// SPDX-License-Identifier: BSD-3-Clause
// A panel factored on the device. The recursion over the columns is the host's; below 16 columns a
// kernel takes over (cuda_base.cu).
#include "compute/cuda/cuda_panel.h"

#include <stdlib.h>

enum { MOST_WIDTH = 16384, BASE = PN_CUDA_BASE };

// Columns [first + done, first + columns) after `done` new pivots.
static void update_right(pn_cuda *cuda, const pn_panel_task *panel, int first, const int size[2])
{
    const double one = 1.0, minus = -1.0;
    int done = size[0], right = size[1] - done, ld = (int)panel->ld;
    int below = (int)(panel->rows - first - done);
    const double *l = panel->a + first * panel->ld + first;
    double *u = panel->a + (first + done) * panel->ld + first;
    pn_cuda_corner corner = {done, first + done, right};
    pn_cuda_solve_in_panel(cuda, panel, first, &corner);
    if (below > 0)
        pn_cuda_check_blas(cublasDgemm(cuda->main_blas, CUBLAS_OP_N, CUBLAS_OP_N, below, right,
                                       done, &minus, l + done, ld, u, ld, &one, u + done, ld),
                           "multiply in a panel");
}

static void factor_columns(pn_cuda *cuda, const pn_panel_task *panel, int first, int columns)
{
    if (columns <= BASE) {
        pn_cuda_factor_base(cuda, panel, first, columns);
        pn_cuda_finish_base(cuda, panel, first, columns);
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
    pn_cuda_check(cudaMemcpy2DAsync(to, (size_t)ld_to * sizeof(double), from->f64,
                                    (size_t)from->ld * sizeof(double),
                                    (size_t)from->columns * sizeof(double), (size_t)from->rows,
                                    cudaMemcpyDefault, cuda->main),
                  "copy a panel");
}

static pn_ticket factor_jointly(pn_cuda *cuda, const pn_panel_task *t, const pn_block *whole)
{
    pn_block l11 = pn_block_of(t->l11, t->width, t->width, t->ld_l11);
    if (pn_cuda_factor_jointly(cuda, t)) {
        copy_panel(cuda, t->host_l11, t->ld_l11, &l11);
        if (t->host_a && t->rows > 0)
            copy_panel(cuda, t->host_a, t->ld, whole);
    }
    return pn_cuda_ticket(cuda);
}

pn_ticket pn_cuda_factor_panel(pn_compute *compute, const pn_panel_task *t)
{
    pn_cuda *cuda = pn_cuda_of(compute);
    struct pn_cuda_panel_memory *m = cuda->panel;
    // Rows of these blocks are the panel's columns.
    pn_block top = pn_block_of(t->a, t->width, t->width, t->ld),
             whole = pn_block_of(t->a, t->width, t->rows, t->ld);
    if (t->width > MOST_WIDTH)
        pn_cuda_break("factor a panel", "it has more than 16384 columns");
    if (t->column)
        return factor_jointly(cuda, t, &whole);
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
    const size_t mail_bytes = sizeof *cuda->panel->mail + pn_pivot_record_bytes(MOST_WIDTH);
    int can = 0, fit = 0;
    (void)cudaDeviceGetAttribute(&can, cudaDevAttrCooperativeLaunch, cuda->device);
    if (!can)
        return PN_OK;
    struct pn_cuda_panel_memory *m = (struct pn_cuda_panel_memory *)calloc(1, sizeof *m);
    cuda->panel = m;
    if (!m || cudaMalloc((void **)&m->shared, pn_cuda_meeting_bytes()) != cudaSuccess ||
        cudaMalloc((void **)&m->pivots, MOST_WIDTH * sizeof *m->pivots) != cudaSuccess ||
        cudaMalloc((void **)&m->inverse, MOST_WIDTH * BASE * sizeof *m->inverse) != cudaSuccess ||
        cudaMalloc((void **)&m->bad, 2 * sizeof *m->bad) != cudaSuccess ||
        cudaMalloc((void **)&m->joint, pn_cuda_joint_bytes()) != cudaSuccess ||
        cudaMallocHost((void **)&m->mail, mail_bytes) != cudaSuccess)
        return cuda->fail(PN_ERROR_MEMORY,
                          PN_CUDA_TITLE " device %d has no memory to factor panels", cuda->device);
    cudaError_t error = pn_cuda_base_fit(&fit);
    if (error == cudaSuccess && fit >= 1)
        error = pn_cuda_joint_fit(&fit);
    if (error != cudaSuccess || fit < 1)
        return cuda->fail(PN_ERROR_SYSTEM,
                          "the " PN_CUDA_TITLE
                          " plug-in has no code for device %d (%s): build it with a "
                          "toolkit that knows this device",
                          cuda->device, cudaGetErrorString(error));
    m->blocks = (int)pn_min(PN_CUDA_PANEL_BLOCKS, cuda->processors);
    m->block_rows = pn_min(pn_cuda_base_rows(), cuda->panel_rows);
    return PN_OK;
}

void pn_cuda_panel_close(pn_cuda *cuda)
{
    struct pn_cuda_panel_memory *m = cuda->panel;
    if (!m)
        return;
    (void)cudaFree(m->shared);
    (void)cudaFree(m->pivots);
    (void)cudaFree(m->inverse);
    (void)cudaFree(m->bad);
    (void)cudaFree(m->joint);
    (void)cudaFreeHost(m->mail);
    free(m);
}
