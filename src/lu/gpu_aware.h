// SPDX-License-Identifier: BSD-3-Clause
// Whether the messages of the row exchange lie in the part's own memory, so that the packed rows of
// a device never cross to the host. Each rank decides for itself: the messages are the same.
#ifndef PN_LU_GPU_AWARE_H
#define PN_LU_GPU_AWARE_H

#include "comm/comm.h"
#include "compute/compute.h"

typedef enum pn_gpu_aware_choice {
    PN_GPU_AWARE_AUTO,
    PN_GPU_AWARE_ON,
    PN_GPU_AWARE_OFF
} pn_gpu_aware_choice;

// AUTO: if the communicator says that it can. ON trusts one that does not say; where the part's
// memory is the host's, or there is nobody to speak to, it changes nothing. Failure: ON, and the
// communicator says that it cannot.
pn_status pn_gpu_aware_choose(bool *gpu_aware, pn_gpu_aware_choice wish, const pn_comm *comm,
                              const pn_compute *compute);

#endif
