// SPDX-License-Identifier: BSD-3-Clause
// What the files of the device's panel share: cuda_panel.cu has the recursion, cuda_base.cu the
// kernel for the columns at its bottom, cuda_triangle.cu what follows from those: exchanges in the
// other columns, and solving with their triangles.
#ifndef PN_COMPUTE_CUDA_PANEL_H
#define PN_COMPUTE_CUDA_PANEL_H

#include "compute/cuda/cuda_private.h"

enum {
    PN_CUDA_BASE = 16,         // columns of a panel factored by one kernel
    PN_CUDA_PANEL_BLOCKS = 256 // of that kernel, at most
};

struct pn_cuda_panel_memory {
    struct pn_cuda_meeting *shared; // device memory, as are the next three
    long long *pivots;              // [MOST_WIDTH] rows of the panel
    long long *bad;                 // [2]
    double *inverse;                // [MOST_WIDTH x PN_CUDA_BASE] of the triangles on the diagonal
    int blocks;                     // that can wait for each other, at most
    pn_lidx block_rows;             // rows that a block keeps in registers
};

// cuda_base.cu
// Columns [first, first + width), width <= PN_CUDA_BASE, of the rows from `first` on: pivots, and
// rows exchanged within these columns.
void pn_cuda_factor_base(pn_cuda *cuda, const pn_panel_task *panel, int first, int width);
cudaError_t pn_cuda_base_fit(int *blocks); // of its kernel that fit on a multiprocessor
pn_lidx pn_cuda_base_rows(void);           // that a block can keep in registers
size_t pn_cuda_meeting_bytes(void);

// cuda_triangle.cu
// After a base: the same exchanges in all other columns of the panel, and the inverse of its
// triangle if it is PN_CUDA_BASE wide.
void pn_cuda_finish_base(pn_cuda *cuda, const pn_panel_task *panel, int first, int width);

// Rows [first, first + count) of some columns := inv(L) of them, for the unit lower triangle L at
// (first, first), whose bases are finished.
typedef struct pn_cuda_corner {
    int count; // a multiple of PN_CUDA_BASE
    int column, columns;
} pn_cuda_corner;
void pn_cuda_solve_in_panel(pn_cuda *cuda, const pn_panel_task *panel, int first,
                            const pn_cuda_corner *corner);

#endif
