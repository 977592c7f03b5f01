// SPDX-License-Identifier: BSD-3-Clause
// What follows in a panel from the pivots and the triangle of a base. The exchanges of rows are
// applied to the other columns as one permutation of at most 32 rows, all loads before all stores.
// Triangles are solved with by the inverses of their 16 x 16 blocks on the diagonal, each inverted
// once: a block of U is then two products, instead of 16 steps that wait for each other.
#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_panel.h"

enum {
    BASE = PN_CUDA_BASE,
    SLOTS = 2 * BASE,    // rows that a base's exchanges can concern
    COLUMNS = 8,         // of a block
    MOST_TRIANGLE = 128, // rows of one that a block solves with
    NONE = -1
};

typedef struct exchange_task {
    double *a;
    pn_lidx ld;
    int first, width, columns; // of the panel: all but [first, first + width) are treated
    const long long *pivots;
    double *inverse; // of this base's triangle; NULL: not wanted
} exchange_task;

// Which rows take part, in slots: the base's own, then the pivots from below it, each once; and
// which slot's row each slot gets.
typedef struct permutation {
    long long row[SLOTS]; // NONE: the slot is empty
    int slot[BASE];       // of each pivot
    int from[SLOTS];
} permutation;

__device__ static int slot_of(const exchange_task &t, int i)
{
    long long pivot = t.pivots[t.first + i];
    if (pivot < t.first + t.width)
        return (int)pivot - t.first;
    int k = 0;
    while (t.pivots[t.first + k] != pivot)
        k++;
    return BASE + k;
}

// By the block's first 32 threads, then by all.
__device__ static void permute(const exchange_task &t, permutation *p)
{
    int slot = (int)threadIdx.x, i = slot - BASE;
    if (threadIdx.y == 0) {
        p->from[slot] = slot;
        p->row[slot] = slot < t.width ? t.first + slot : NONE;
        if (slot < t.width)
            p->slot[slot] = slot_of(t, slot);
        if (i >= 0 && i < t.width && slot_of(t, i) == slot)
            p->row[slot] = t.pivots[t.first + i];
    }
    __syncthreads();
    for (int k = 0; threadIdx.y == 0 && slot == 0 && k < t.width; k++) {
        int kept = p->from[k];
        p->from[k] = p->from[p->slot[k]];
        p->from[p->slot[k]] = kept;
    }
    __syncthreads();
}

// Column `column` of the inverse of the base's unit lower triangle.
__device__ static void invert_column(const exchange_task &t, int column)
{
    const double *l = t.a + t.first * (t.ld + 1);
    double x[BASE];
#pragma unroll
    for (int i = 0; i < BASE; i++) {
        x[i] = i == column ? 1.0 : 0.0;
#pragma unroll
        for (int k = 0; k < i; k++)
            x[i] -= l[k * t.ld + i] * x[k];
        t.inverse[column * BASE + i] = x[i];
    }
}

__global__ static void __launch_bounds__(SLOTS *COLUMNS) exchange_kernel(exchange_task t)
{
    __shared__ permutation p;
    int slot = (int)threadIdx.x, column = (int)(blockIdx.x * COLUMNS + threadIdx.y);
    if (t.inverse && blockIdx.x == 0 && threadIdx.y == 0 && slot < BASE)
        invert_column(t, slot);
    permute(t, &p);
    if (column >= t.first)
        column += t.width;
    double *a = t.a + column * t.ld;
    bool moves = column < t.columns && p.row[slot] != NONE && p.from[slot] != slot;
    double value = moves ? a[p.row[p.from[slot]]] : 0.0;
    __syncthreads();
    if (moves)
        a[p.row[slot]] = value;
}

void pn_cuda_finish_base(pn_cuda *cuda, const pn_panel_task *panel, int first, int width)
{
    struct pn_cuda_panel_memory *m = cuda->panel;
    bool is_last = first + width == panel->width; // nothing is right of it
    exchange_task task = {panel->a,
                          panel->ld,
                          first,
                          width,
                          panel->width,
                          m->pivots,
                          is_last ? NULL : m->inverse + (size_t)first * BASE};
    if (width == panel->width)
        return;
    unsigned blocks = (unsigned)pn_ceil_div(panel->width - width, COLUMNS);
    pn_cuda_grid grid = {blocks, dim3(SLOTS, COLUMNS), cuda->main};
    pn_cuda_check(pn_cuda_launch(exchange_kernel, grid, task), "exchange rows of a panel");
}

typedef struct solve_task {
    const double *l; // count x count; count: a multiple of BASE
    const double *inverse;
    double *u;
    pn_lidx ld; // of l and u
    int count, columns;
} solve_task;

// A block solves for some columns; thread (i, j): row i of each block of rows, column j.
__global__ static void __launch_bounds__(BASE *COLUMNS) solve_kernel(solve_task t)
{
    __shared__ double solved[MOST_TRIANGLE][COLUMNS], right[BASE][COLUMNS];
    int i = (int)threadIdx.x, j = (int)threadIdx.y, column = (int)blockIdx.x * COLUMNS + j;
    bool is_there = column < t.columns;
    for (int top = 0; top < t.count; top += BASE) {
        double *u = t.u + column * t.ld + top + i;
        double value = is_there ? *u : 0.0;
        for (int k = 0; k < top; k++)
            value -= t.l[k * t.ld + top + i] * solved[k][j];
        right[i][j] = value;
        __syncthreads();
        double result = 0.0;
        for (int k = 0; k <= i; k++)
            result += t.inverse[(top + k) * BASE + i] * right[k][j];
        solved[top + i][j] = result;
        if (is_there)
            *u = result;
        __syncthreads();
    }
}

void pn_cuda_solve_in_panel(pn_cuda *cuda, const pn_panel_task *panel, int first,
                            const pn_cuda_corner *corner)
{
    const double one = 1.0, minus = -1.0;
    int count = corner->count, columns = corner->columns, ld = (int)panel->ld;
    const double *l = panel->a + first * (panel->ld + 1);
    double *u = panel->a + corner->column * panel->ld + first;
    if (count <= MOST_TRIANGLE) {
        solve_task task = {l,      cuda->panel->inverse + (size_t)first * BASE, u, panel->ld, count,
                           columns};
        unsigned blocks = (unsigned)pn_ceil_div(columns, COLUMNS);
        pn_cuda_grid grid = {blocks, dim3(BASE, COLUMNS), cuda->main};
        pn_cuda_check(pn_cuda_launch(solve_kernel, grid, task), "solve in a panel");
        return;
    }
    int half = (int)pn_round_up(count / 2, BASE);
    pn_cuda_corner upper = {half, corner->column, columns},
                   lower = {count - half, corner->column, columns};
    pn_cuda_solve_in_panel(cuda, panel, first, &upper);
    pn_cuda_check_blas(cublasDgemm(cuda->main_blas, CUBLAS_OP_N, CUBLAS_OP_N, count - half, columns,
                                   half, &minus, l + half, ld, u, ld, &one, u + half, ld),
                       "solve in a panel");
    pn_cuda_solve_in_panel(cuda, panel, first + half, &lower);
}
