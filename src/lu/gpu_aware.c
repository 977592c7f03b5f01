// SPDX-License-Identifier: BSD-3-Clause
// What the communicator says of itself is believed, because a message from device memory through an
// MPI that cannot take it ends in a fault with no message at all.
#include "lu/gpu_aware.h"

pn_status pn_gpu_aware_choose(bool *gpu_aware, pn_gpu_aware_choice wish, const pn_comm *comm,
                              const pn_compute *compute)
{
    pn_comm_devices can = compute->plain_messages ? PN_COMM_DEVICES_YES : comm->devices;
    *gpu_aware = false;
    if (wish == PN_GPU_AWARE_OFF || !compute->ops->allocate_message || comm->size == 1)
        return PN_OK;
    if (wish == PN_GPU_AWARE_ON && can == PN_COMM_DEVICES_NO)
        return pn_fail(
            PN_ERROR_USAGE,
            "option --device-mpi: read \"on\", but %s says that it cannot send the memory "
            "of CUDA devices; allowed: auto or off, or use an MPI built with CUDA",
            comm->library);
    *gpu_aware = can == PN_COMM_DEVICES_YES || wish == PN_GPU_AWARE_ON;
    return PN_OK;
}
