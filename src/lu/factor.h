// SPDX-License-Identifier: BSD-3-Clause
// The executor: performs the plan's operations in order. Everything it needs is allocated when it
// is created; observers see every operation, so it neither prints nor times.
#ifndef PN_LU_FACTOR_H
#define PN_LU_FACTOR_H

#include "comm/broadcast.h"
#include "comm/comm.h"
#include "compute/compute.h"
#include "lu/device_panel.h"
#include "lu/panel.h"
#include "lu/plan.h"

typedef struct pn_lu pn_lu;

// Called around every operation of the plan; `seconds` is its duration for the calling thread.
typedef struct pn_observer {
    void (*before)(void *context, const pn_op *op);                              // may be NULL
    void (*after)(void *context, const pn_op *op, double begin, double seconds); // may be NULL
    // Between the pieces of a multiplication: the part of it that is done, if the calling thread
    // does all of them (else 0), and the waiting time so far. May be NULL.
    void (*piece)(void *context, double done, double wait_seconds);
    void *context;
} pn_observer;

// Why a factorisation halts before its end.
typedef enum pn_pause_reason {
    PN_PAUSE_MIGRATION,  // block columns change hands
    PN_PAUSE_CHECKPOINT, // the matrix is written away
    PN_PAUSE_CHECK,      // its rows are checked
    PN_PAUSE_STOP,       // the run was asked to end
    PN_PAUSE_REASONS
} pn_pause_reason;

// Somebody who may want it to halt. All askers of the list are asked at the beginning of each step
// but the first, on all ranks in the same order; each answers alike on all ranks. `wait_seconds`:
// in which the calling thread had nothing to do so far.
typedef struct pn_lu_asker {
    pn_pause_reason reason;
    bool (*wants_pause)(void *context, pn_gidx step, double wait_seconds);
    void *context; // its own
} pn_lu_asker;

// Somebody with something to do that does not take long, while the calling thread has nothing;
// asked again and again, in the order of the list until one did something. false: there is nothing.
typedef struct pn_lu_idler {
    bool (*work)(void *context);
    void *context; // its own
} pn_lu_idler;

typedef struct pn_lu_request {
    const pn_place *place;
    pn_comm *comm;
    pn_compute *compute;
    pn_block matrix; // local part of [A b]
    pn_plan plan;    // its settings say how panels travel and where they are factored
    bool gpu_aware;  // the exchange of rows without the host (see lu/gpu_aware.h)
    const pn_observer *observers;
    int observer_count;
    // If any of them wants it, the factorisation pauses: at once where every column is one process
    // high and no more than MIGRATION is wanted, else after the step behind it, where all of the
    // matrix is up to date.
    const pn_lu_asker *askers;
    int asker_count;
    const pn_lu_idler *idlers;
    int idler_count;
    // [N], borrowed; NULL: not wanted. What the caller says of each row of the matrix changes
    // places as the rows do.
    int64_t *order;
} pn_lu_request;

pn_status pn_lu_create(pn_lu **lu, const pn_lu_request *request);
void pn_lu_destroy(pn_lu *lu);

// Goes on after a pause, from the step that was not done: the request differs from the one before
// in the layout and the place (other owners, the same rows), the matrix and the plan's begin at
// most. pn_lu_factor then does the rest. Failure: memory.
pn_status pn_lu_resume(pn_lu *lu, const pn_lu_request *request);

// Measures what panels cost on either side where it is left open which factors them
// (pn_plan_factors_on_device). To be called before the clock starts; otherwise it is the host.
void pn_lu_warm(pn_lu *lu);

// Performs the first two steps, on whatever numbers the matrix holds: afterwards every kernel,
// buffer and connection of a step has been used in its own size, and the matrix has to be generated
// anew. Nobody observes it. To be called before the clock starts, on all ranks alike.
void pn_lu_rehearse(pn_lu *lu);

// Factors from the plan's first step on: afterwards the matrix holds U and, in place of b,
// inv(L) P b. Stops at a panel with a finding, or when asked to pause, on all ranks alike.
typedef struct pn_lu_outcome {
    pn_gidx next;     // first step that is not done
    unsigned reasons; // of the pause: bit r is set for pn_pause_reason r; 0: there was none
    pn_finding finding;
    pn_gidx column;      // of the finding
    double wait_seconds; // in which the calling thread had nothing to do
} pn_lu_outcome;
pn_lu_outcome pn_lu_factor(pn_lu *lu);

#endif
