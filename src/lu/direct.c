// SPDX-License-Identifier: BSD-3-Clause
#include "lu/direct.h"

pn_status pn_direct_choose(bool *direct, pn_direct_wish wish, const pn_comm *comm,
                           const pn_compute *compute)
{
    pn_comm_devices can = compute->plain_messages ? PN_COMM_DEVICES_YES : comm->devices;
    *direct = false;
    if (wish == PN_DIRECT_OFF || !compute->ops->allocate_message || comm->size == 1)
        return PN_OK;
    if (wish == PN_DIRECT_ON && can == PN_COMM_DEVICES_NO)
        return pn_fail(
            PN_ERROR_USAGE,
            "option --device-mpi: read \"on\", but %s says that it cannot send the memory "
            "of CUDA devices; allowed: auto or off, or use an MPI built with CUDA",
            comm->library);
    *direct = can == PN_COMM_DEVICES_YES || wish == PN_DIRECT_ON;
    return PN_OK;
}
