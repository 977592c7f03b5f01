// SPDX-License-Identifier: BSD-3-Clause
// The one place where kernels are started: by a call of the runtime, not by the syntax of one
// compiler, so that the same sources serve every toolkit that offers these two calls (AMD's, and
// the emulated one of the tests). A kernel takes one structure, which it is given by value.
//
// Both calls take the kernel by its type: a toolkit can then know how large its argument is.
#ifndef PN_COMPUTE_CUDA_LAUNCH_H
#define PN_COMPUTE_CUDA_LAUNCH_H

#include <cuda_runtime.h>

typedef struct pn_cuda_grid {
    dim3 blocks, threads; // threads of one block
    cudaStream_t stream;
} pn_cuda_grid;

template <class T>
static inline cudaError_t pn_cuda_launch(void (*kernel)(T), const pn_cuda_grid &grid, const T &task)
{
    T argument = task;
    void *arguments[] = {&argument};
    return cudaLaunchKernel(kernel, grid.blocks, grid.threads, arguments, 0, grid.stream);
}

// All blocks run at the same time, so that they can wait for each other; refused where the device
// has no room for that now.
template <class T>
static inline cudaError_t pn_cuda_launch_together(void (*kernel)(T), const pn_cuda_grid &grid,
                                                  const T &task)
{
    T argument = task;
    void *arguments[] = {&argument};
    return cudaLaunchCooperativeKernel(kernel, grid.blocks, grid.threads, arguments, 0,
                                       grid.stream);
}

#endif
