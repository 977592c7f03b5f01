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

// What a bit is flipped in.
typedef enum pn_deferred_victim {
    PN_DEFERRED_TRAILING, // what a multiplication wrote
    PN_DEFERRED_L,        // what it is about to read, in the part's copy of a panel
    PN_DEFERRED_U,        // the same of the rows of U
    PN_DEFERRED_STORED_U, // rows of U where they stay in the matrix
    PN_DEFERRED_VICTIMS
} pn_deferred_victim;

// One bit that memory or a unit gets wrong.
typedef struct pn_deferred_flip {
    pn_deferred_victim victim;
    uint64_t after;  // so many operations that have such a victim go well before
    uint64_t random; // says which bit of which element
    bool is_done;    // set when it has happened, with the element before and after it
    double was, is;
} pn_deferred_flip;

// Lets it happen; the struct is borrowed until the backend is closed, or NULL is given.
void pn_compute_deferred_flip(pn_compute *compute, pn_deferred_flip *flip);

#endif
