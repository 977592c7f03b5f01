// SPDX-License-Identifier: BSD-3-Clause
// Whether the messages of the row exchange lie in the part's own memory, so that the packed rows of
// a device never cross to the host. Each rank decides for itself: the messages are the same.
#ifndef PN_LU_DIRECT_H
#define PN_LU_DIRECT_H

#include "comm/comm.h"
#include "compute/compute.h"

typedef enum pn_direct_wish { PN_DIRECT_AUTO, PN_DIRECT_ON, PN_DIRECT_OFF } pn_direct_wish;

// AUTO: if the communicator says that it can. ON trusts one that does not say; where the part's
// memory is the host's, or there is nobody to speak to, it changes nothing. Failure: ON, and the
// communicator says that it cannot.
pn_status pn_direct_choose(bool *direct, pn_direct_wish wish, const pn_comm *comm,
                           const pn_compute *compute);

#endif
