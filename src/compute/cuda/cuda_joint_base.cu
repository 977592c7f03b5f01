// SPDX-License-Identifier: BSD-3-Clause
// The bottom of the recursion in panels of which other processes have rows: up to 8 columns, one
// after the other, by one kernel whose blocks wait for each other. For each column the first block
// puts the candidate's row and the top row into host memory, raises a flag there and waits for
// another one, by which the host says that the processes have agreed; then it puts the winner's row
// into L11 and the top row into the winner's place.
//
// A column is brought up to date when its turn comes, as the other processes do it. Rows stay in
// memory: what a base reads of them again fits the device's second-level cache.
#include "compute/cuda/cuda_candidate.h"

enum {
    THREADS = PN_CUDA_PIVOT_THREADS,
    BASE = PN_JOINT_BASE,
};

typedef pn_cuda_candidate candidate;

// What blocks read of each other.
typedef struct pn_cuda_joint {
    candidate best[PN_CUDA_PANEL_BLOCKS];
    double scale;     // 1 / the last pivot
    unsigned arrived; // at meetings so far, all blocks together
    int is_over;      // the host has given up
} pn_cuda_joint;

typedef struct joint_task {
    double *a; // of the panel, as are rows and columns
    pn_lidx ld, rows;
    double *l11;
    pn_lidx ld_l11;
    int first, width; // of the base
    int columns;
    bool has_top;
    pn_cuda_joint *shared;
    pn_cuda_mail *mail;
    pn_pivot_record *record;
    unsigned asked; // before this base
} joint_task;

// Divides a row's last finished column by its pivot, and subtracts the finished ones from `column`.
__device__ static double update_row(const joint_task &t, int column, double scale, const double *u,
                                    pn_lidx row)
{
    double *a = t.a + t.first * t.ld + row, value = a[column * t.ld];
    for (int k = 0; k < column; k++) {
        double l = a[k * t.ld];
        if (k == column - 1) {
            l *= scale;
            a[k * t.ld] = l;
        }
        value -= l * u[k];
    }
    a[column * t.ld] = value;
    return value;
}

// This thread's first row that is still in play after `pivots` columns of the base.
__device__ static pn_lidx first_row(const joint_task &t, int pivots)
{
    pn_lidx begin = t.has_top ? t.first + pivots : 0;
    return begin + (pn_lidx)blockIdx.x * THREADS + (pn_lidx)threadIdx.x;
}

__device__ static candidate update_rows(const joint_task &t, int column, double scale)
{
    __shared__ double u[BASE];
    candidate best = pn_cuda_nobody();
    if ((int)threadIdx.x < column)
        u[threadIdx.x] = t.l11[(t.first + column) * t.ld_l11 + t.first + threadIdx.x];
    __syncthreads();
    for (pn_lidx row = first_row(t, column); row < t.rows; row += (pn_lidx)gridDim.x * THREADS)
        best = pn_cuda_better(best, update_row(t, column, scale, u, row), row);
    return best;
}

// By the first block, as are the following: the best of all, its row, and the top row.
__device__ static void offer(const joint_task &t, int column)
{
    __shared__ candidate best;
    if (threadIdx.x < PN_CUDA_WARP) {
        int whose;
        candidate found = pn_cuda_best_of_blocks(t.shared->best, &whose);
        if (threadIdx.x == 0)
            best = found;
    }
    __syncthreads();
    for (int j = (int)threadIdx.x; j < t.columns; j += THREADS) {
        const double *a = t.a + j * t.ld;
        if (best.size >= 0)
            t.record->values[j] = a[best.row];
        if (t.has_top)
            t.record->values[t.columns + j] = a[t.first + column];
    }
    if (threadIdx.x == 0) {
        t.record->size = best.size;
        t.record->not_finite = isfinite(best.size) ? 0.0 : 1.0;
        t.record->row = best.row;
        t.record->has_top = t.has_top;
    }
}

// Whether the host has agreed; false: it has given up.
__device__ static bool ask(const joint_task &t, unsigned number)
{
    unsigned answer;
    __threadfence_system();
    __stwt(&t.mail->asked, number);
    while ((answer = __ldcv(&t.mail->answered)) < number)
        __nanosleep(PN_CUDA_NAP);
    __threadfence_system();
    return answer != PN_CUDA_GIVE_UP;
}

// U of the base in its next column, of whose rows those of all pivots so far are there.
__device__ static void solve_next(const joint_task &t, int column)
{
    const double *l = t.l11 + t.first * (t.ld_l11 + 1);
    double *u = t.l11 + (t.first + column + 1) * t.ld_l11 + t.first;
    for (int k = 0; k < column; k++)
        for (int i = k + 1; i <= column; i++)
            u[i] -= l[k * t.ld_l11 + i] * u[k];
}

__device__ static void take(const joint_task &t, int column)
{
    int pivot = t.first + column;
    pn_lidx to = t.record->row;
    for (int j = (int)threadIdx.x; j < t.columns; j += THREADS) {
        t.l11[j * t.ld_l11 + pivot] = t.record->values[j];
        if (to >= 0)
            t.a[j * t.ld + to] = t.record->values[t.columns + j];
    }
    __syncthreads();
    if (threadIdx.x != 0)
        return;
    t.shared->scale = pn_cuda_scale_of(t.l11[pivot * t.ld_l11 + pivot]);
    if (column + 1 < t.width)
        solve_next(t, column);
}

__device__ static void converse(const joint_task &t, int column)
{
    __shared__ bool has_answer;
    offer(t, column);
    __syncthreads();
    if (threadIdx.x == 0) {
        has_answer = ask(t, t.asked + (unsigned)column + 1);
        t.shared->is_over = !has_answer;
    }
    __syncthreads();
    if (has_answer)
        take(t, column);
}

__global__ static void __launch_bounds__(THREADS) joint_kernel(joint_task t)
{
    double scale = 1.0;
    for (int column = 0; column < t.width; column++) {
        candidate best = pn_cuda_best_of_block(update_rows(t, column, scale));
        if (threadIdx.x == 0)
            t.shared->best[blockIdx.x] = best;
        pn_cuda_meet(&t.shared->arrived, 2 * (unsigned)column + 1);
        if (blockIdx.x == 0)
            converse(t, column);
        pn_cuda_meet(&t.shared->arrived, 2 * (unsigned)column + 2);
        if (t.shared->is_over)
            return;
        scale = t.shared->scale;
    }
    double *last = t.a + (t.first + t.width - 1) * t.ld;
    for (pn_lidx row = first_row(t, t.width); row < t.rows; row += (pn_lidx)gridDim.x * THREADS)
        last[row] *= scale;
}

void pn_cuda_factor_joint_base(pn_cuda *cuda, const pn_panel_task *panel, const int columns[2],
                               unsigned asked)
{
    struct pn_cuda_panel_memory *m = cuda->panel;
    joint_task task = {panel->a,   panel->ld,     panel->rows,
                       panel->l11, panel->ld_l11, columns[0],
                       columns[1], panel->width,  panel->column->has_top,
                       m->joint,   m->mail,       pn_cuda_record_of(m->mail),
                       asked};
    pn_cuda_check(cudaMemsetAsync(&m->joint->arrived, 0, sizeof m->joint->arrived, cuda->main),
                  "factor a panel");
    pn_cuda_launch_blocks(cuda, joint_kernel, task, panel->rows);
}

cudaError_t pn_cuda_joint_fit(int *blocks)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, joint_kernel, THREADS, 0);
}

size_t pn_cuda_joint_bytes(void)
{
    return sizeof(pn_cuda_joint);
}
