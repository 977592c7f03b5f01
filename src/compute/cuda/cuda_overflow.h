// SPDX-License-Identifier: BSD-3-Clause
// A matrix larger than the device's memory. Its first rows lie in host memory that the device maps
// in front of its own, behind one range of addresses: whatever is given an address works as before.
// What would read such rows more than once moves them to the device and back: the multiplication in
// tiles, on two streams beside that of the other rows; a strip by a buffer of its own. So they cost
// nothing while the bus carries a tile faster than the device multiplies the rest. They are the
// first that the factorisation is done with.
#ifndef PN_COMPUTE_CUDA_OVERFLOW_H
#define PN_COMPUTE_CUDA_OVERFLOW_H

#include "compute/cuda/cuda_private.h"

// Where a block's rows pass from host memory to the device's: `whole` rows lie in host memory, and
// `torn` numbers of the next one (0: none), with which `touched` rows do.
typedef struct pn_cuda_seam {
    pn_lidx whole, touched, torn;
} pn_cuda_seam;

// overflow.cu: asks the driver whether it can (base.overflow_takes, else base.why_not).
pn_status pn_cuda_overflow_open(pn_cuda *cuda);
void pn_cuda_overflow_close(pn_cuda *cuda);
pn_status pn_cuda_reserve(pn_compute *compute, pn_room *room);
// Gives back what reserve mapped; false: it did not.
bool pn_cuda_unmap(pn_cuda *cuda, void *memory);
// Whether anything lies in host memory now.
bool pn_cuda_overflows(const pn_cuda *cuda);
// Bytes from `address` on that lie in host memory.
size_t pn_cuda_hosted(const pn_cuda *cuda, const void *address);
pn_cuda_seam pn_cuda_seam_of(const pn_cuda *cuda, const pn_block *block);

// lanes.cu: the two streams with their tiles, made with the first memory that is mapped.
pn_status pn_cuda_lanes_open(pn_cuda *cuda);
void pn_cuda_lanes_close(pn_cuda *cuda);
size_t pn_cuda_lanes_bytes(const pn_cuda *cuda);
// Copies a block; no copy that is given to the device lies across a seam.
void pn_cuda_move(const pn_cuda *cuda, pn_block to, pn_block from, cudaStream_t stream);
// Starts the multiplication of the rows that touch host memory; how many. `join`: the
// multiplication's stream waits for them.
pn_lidx pn_cuda_lanes_multiply(pn_cuda *cuda, const pn_update *task);
void pn_cuda_lanes_join(pn_cuda *cuda);
// A buffer on the device for the main stream, as one row.
pn_block pn_cuda_lanes_buffer(const pn_cuda *cuda, pn_element element);

#endif
