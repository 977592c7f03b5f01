// SPDX-License-Identifier: BSD-3-Clause
// A backend for tests: a device that exists nowhere. Its memory stands behind addresses that the
// host cannot touch, and what it is asked for happens late: when it is waited for, when it has been
// asked often enough whether it is done, or when too much is under way; a multiplication in the
// background at any time between its start and its finish. So a copy that is missing, a wait that
// is missing or a pointer of the wrong side fails on any machine.
#ifndef PN_COMPUTE_DEFERRED_H
#define PN_COMPUTE_DEFERRED_H

#include "base/team.h"
#include "compute/compute.h"

// The host threads in `team` and `blas` are borrowed. seed 0: everything as late as allowed;
// others: random delays, the same for the same seed.
pn_status pn_compute_deferred_open(pn_compute **compute, pn_team *team, const pn_blas *blas,
                                   uint64_t seed);

// It breaks, as a device does, at the operation of this number that it is asked for (from 1).
void pn_compute_deferred_break(pn_compute *compute, uint64_t operation);

#endif
