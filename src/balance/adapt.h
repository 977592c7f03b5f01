// SPDX-License-Identifier: BSD-3-Clause
// Following drift: after every short window each rank tells rank 0 how long it was really busy with
// its share of the work; rank 0 decides (balance/drift) whether block columns should move, and its
// verdict reaches the others while they compute. Nobody waits for a window: it is sent at the
// beginning of one step and answered at the beginning of the next. Only where the last one looked
// suspicious all wait for the answer to the next one at once, and only such an answer moves
// anything: a second report that came later than the first has confirmed it.
#ifndef PN_BALANCE_ADAPT_H
#define PN_BALANCE_ADAPT_H

#include "balance/drift.h"
#include "balance/window.h"
#include "comm/comm.h"
#include "grid/layout.h"
#include "lu/factor.h"
#include "probe/migration_cost.h"

typedef struct pn_adapt_verdict { // of rank 0
    int32_t migrate;
    int32_t stride; // steps in a window from now on
    int32_t alert;  // the next one is answered at once
} pn_adapt_verdict;

typedef struct pn_adapt {
    pn_comm *comm;
    const pn_layout *layout; // as it is now; replaced after a move
    bool off;                // nothing can be moved any more
    const pn_gidx *caps;     // [columns] most block columns each can hold; NULL: no limit
    // A panel falls to one column or another. Where it is the calling thread's alone, its time is
    // spread over the run.
    bool panels_apart;
    pn_migration_cost migration_cost; // what moves cost
    pn_drift drift;                   // rank 0's
    pn_window window;                 // this one
    // this rank's panels and work so far
    double all_panels, all_work;
    // under way
    bool asked;       // a window was sent, and not yet answered
    bool at_once;     // it is answered before the step begins
    bool judged;      // rank 0: it was
    pn_gidx from, to; // its steps
    double began;
    pn_window_report report;
    pn_request sent;
    pn_adapt_verdict verdict;
    pn_request *requests;      // [ranks] of rank 0
    pn_window_report *reports; // [ranks] of rank 0
    double *work, *pace;       // [columns]
    double *best;              // [columns] of rank 0: the least pace seen
    // decided
    double cost_factor; // moves took so many times what was reckoned
    int32_t *owner;     // [column blocks]
    pn_gidx migrated;   // blocks that will move
    double gain;        // part of the remaining time it is expected to save
} pn_adapt;

pn_status pn_adapt_create(pn_adapt *adapt, pn_comm *comm, const pn_layout *layout);
void pn_adapt_release(pn_adapt *adapt);

// Begins a window at `step`, with the waiting time counted from there.
void pn_adapt_begin(pn_adapt *adapt, pn_gidx step);

// For pn_lu_asker.wants_pause.
bool pn_adapt_pause(pn_adapt *adapt, pn_gidx step, double wait_seconds);
// Sees panels, and lets rank 0 answer within a step.
pn_observer pn_adapt_observer(pn_adapt *adapt);

// After the factorisation has ended or paused, on all ranks: nothing is under way any more.
void pn_adapt_settle(pn_adapt *adapt);
// Before a move, on all ranks: sets owner, moved and gain to what rank 0 decided on.
void pn_adapt_share(pn_adapt *adapt);
// After a move that took so long.
void pn_adapt_migrated(pn_adapt *adapt, double seconds);

#endif
