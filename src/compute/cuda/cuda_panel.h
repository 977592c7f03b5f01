// SPDX-License-Identifier: BSD-3-Clause
// What the files of the device's panel share: cuda_panel.cu has the recursion, cuda_base.cu the
// kernel for the columns at its bottom, cuda_triangle.cu what follows from those: exchanges in the
// other columns, and solving with their triangles. cuda_joint.cu has the recursion of panels of
// which other processes have rows, cuda_joint_base.cu its kernel.
#ifndef PN_COMPUTE_CUDA_PANEL_H
#define PN_COMPUTE_CUDA_PANEL_H

#include "compute/cuda/cuda_launch.h"
#include "compute/cuda/cuda_private.h"

enum {
    PN_CUDA_BASE = 16,          // columns of a panel factored by one kernel
    PN_CUDA_PANEL_BLOCKS = 256, // of a kernel that finds pivots, at most
    PN_CUDA_PIVOT_THREADS = 256 // of such a block
};

struct pn_cuda_panel_memory {
    struct pn_cuda_meeting *shared; // device memory, as are the next three
    long long *pivots;              // [MOST_WIDTH] rows of the panel
    long long *bad;                 // [2]
    double *inverse;                // [MOST_WIDTH x PN_CUDA_BASE] of the triangles on the diagonal
    int blocks;                     // that can wait for each other, at most
    pn_lidx block_rows;             // rows of a block; what it keeps in registers
    struct pn_cuda_joint *joint;    // device memory
    struct pn_cuda_mail *mail;      // host memory that the device sees, with a record behind it
};

// Starts a kernel whose blocks wait for each other: as many as the rows need, so that the
// multiplication beside it keeps the other multiprocessors. A device that others share may have
// room for fewer at the same time.
template <class T>
static inline void pn_cuda_launch_blocks(pn_cuda *cuda, void (*kernel)(T), const T &task,
                                         pn_lidx rows)
{
    struct pn_cuda_panel_memory *m = cuda->panel;
    for (;;) {
        int blocks = (int)pn_max(1, pn_min(m->blocks, pn_ceil_div(rows, m->block_rows)));
        pn_cuda_grid grid = {(unsigned)blocks, PN_CUDA_PIVOT_THREADS, cuda->main};
        cudaError_t error = pn_cuda_launch_together(kernel, grid, task);
        if (error != cudaErrorCooperativeLaunchTooLarge || blocks == 1) {
            pn_cuda_check(error, "factor a panel");
            return;
        }
        (void)cudaGetLastError();
        m->blocks = blocks / 2;
    }
}

// cuda_base.cu
// Columns [first, first + width), width <= PN_CUDA_BASE, of the rows from `first` on: pivots, and
// rows exchanged within these columns.
void pn_cuda_factor_base(pn_cuda *cuda, const pn_panel_task *panel, int first, int width);
cudaError_t pn_cuda_base_fit(int *blocks); // of its kernel that fit on a multiprocessor
pn_lidx pn_cuda_base_rows(void);           // that a block can keep in registers
size_t pn_cuda_meeting_bytes(void);

// cuda_joint_base.cu
// Host memory in which the kernel and the host talk about pivots, by numbers that grow. A
// pn_pivot_record follows it.
typedef struct pn_cuda_mail {
    unsigned asked;         // by the kernel: records that it has offered
    unsigned apart[15];     // on a line of the cache of its own
    unsigned answered;      // by the host: of these, those that are agreed on
    unsigned apart_too[15]; // as is the record
} pn_cuda_mail;
enum : unsigned { PN_CUDA_GIVE_UP = ~0u }; // an answer: the kernel shall end

static inline pn_pivot_record *pn_cuda_record_of(pn_cuda_mail *mail)
{
    return (pn_pivot_record *)(mail + 1);
}

// Starts the kernel for columns [first, first + width), width <= PN_JOINT_BASE, of a panel of which
// other processes have rows. It offers a record for each column and waits for the answer; `asked`
// of them were offered before.
void pn_cuda_factor_joint_base(pn_cuda *cuda, const pn_panel_task *panel, const int columns[2],
                               unsigned asked);
cudaError_t pn_cuda_joint_fit(int *blocks);
size_t pn_cuda_joint_bytes(void);

// cuda_joint.cu
// The panel of a process column, with task->column. False: it was given up.
bool pn_cuda_factor_jointly(pn_cuda *cuda, const pn_panel_task *task);

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
