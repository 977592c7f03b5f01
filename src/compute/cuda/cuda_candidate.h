// SPDX-License-Identifier: BSD-3-Clause
// What the kernels that find pivots share: candidates, the best of a block's threads and of all
// blocks, and meetings of blocks that run at the same time.
#ifndef PN_COMPUTE_CUDA_CANDIDATE_H
#define PN_COMPUTE_CUDA_CANDIDATE_H

#include "base/types.h"

#include "compute/cuda/cuda_panel.h"

#include <float.h>
#include <limits.h>
#include <math.h>

enum {
    PN_CUDA_WARP = 32,
    PN_CUDA_WARPS = PN_CUDA_PIVOT_THREADS / PN_CUDA_WARP,
    PN_CUDA_NAP = 32 // nanoseconds between two looks
};

typedef struct pn_cuda_candidate {
    double size; // magnitude; infinite if not finite; negative without rows
    long long row;
} pn_cuda_candidate;

// Returns when all blocks have come here `times` times since the kernel's start; what they wrote
// before can then be read.
__device__ static inline void pn_cuda_meet(unsigned *arrived, unsigned times)
{
    __syncthreads();
    if (threadIdx.x == 0) {
        __threadfence();
        atomicAdd(arrived, 1u);
        while (atomicAdd(arrived, 0u) < times * gridDim.x)
            __nanosleep(PN_CUDA_NAP);
        __threadfence();
    }
    __syncthreads();
}

// Equal candidates: the first row, as a search from the top would have it.
__device__ static inline bool pn_cuda_is_better(pn_cuda_candidate a, pn_cuda_candidate b)
{
    return a.size > b.size || (a.size == b.size && a.row < b.row);
}

__device__ static inline pn_cuda_candidate pn_cuda_nobody(void)
{
    return {-1.0, LLONG_MAX};
}

__device__ static inline pn_cuda_candidate pn_cuda_better(pn_cuda_candidate best, double value,
                                                          pn_lidx row)
{
    double size = fabs(value);
    pn_cuda_candidate other = {isfinite(size) ? size : INFINITY, row};
    return pn_cuda_is_better(other, best) ? other : best;
}

// The best of a block's threads, for all of them.
__device__ static inline pn_cuda_candidate pn_cuda_best_of_block(pn_cuda_candidate mine)
{
    __shared__ pn_cuda_candidate warps[PN_CUDA_WARPS];
    for (int distance = PN_CUDA_WARP / 2; distance > 0; distance /= 2) {
        pn_cuda_candidate other = {__shfl_down_sync(~0u, mine.size, distance),
                                   __shfl_down_sync(~0u, mine.row, distance)};
        if (pn_cuda_is_better(other, mine))
            mine = other;
    }
    if (threadIdx.x % PN_CUDA_WARP == 0)
        warps[threadIdx.x / PN_CUDA_WARP] = mine;
    __syncthreads();
    pn_cuda_candidate best = warps[0];
    for (int i = 1; i < PN_CUDA_WARPS; i++)
        if (pn_cuda_is_better(warps[i], best))
            best = warps[i];
    return best;
}

// By the first warp, for all of its lanes: the best of what the blocks have offered, and whose.
__device__ static inline pn_cuda_candidate pn_cuda_best_of_blocks(const pn_cuda_candidate *offered,
                                                                  int *whose)
{
    pn_cuda_candidate best = pn_cuda_nobody();
    int block = 0;
    for (int i = (int)threadIdx.x; i < (int)gridDim.x; i += PN_CUDA_WARP)
        if (pn_cuda_is_better(offered[i], best)) {
            best = offered[i];
            block = i;
        }
    for (int distance = PN_CUDA_WARP / 2; distance > 0; distance /= 2) {
        pn_cuda_candidate other = {__shfl_xor_sync(~0u, best.size, distance),
                                   __shfl_xor_sync(~0u, best.row, distance)};
        int from = __shfl_xor_sync(~0u, block, distance);
        if (pn_cuda_is_better(other, best)) {
            best = other;
            block = from;
        }
    }
    *whose = block;
    return best;
}

// A pivot whose inverse would overflow divides by nothing: it is a finding.
__device__ static inline double pn_cuda_scale_of(double pivot)
{
    return fabs(pivot) >= DBL_MIN && isfinite(pivot) ? 1.0 / pivot : 1.0;
}

#endif
