// SPDX-License-Identifier: BSD-3-Clause
// Following drift: now and then all ranks compare how long each process column was really busy with
// its share of the work; if moving block columns would make the rest of the run clearly shorter,
// and did so the time before as well, the factorisation pauses and they are moved.
#ifndef PN_TRUST_ADAPT_H
#define PN_TRUST_ADAPT_H

#include "comm/comm.h"
#include "grid/layout.h"

typedef struct pn_adapt {
    pn_comm *comm;
    const pn_layout *layout; // as it is now; replaced after a move
    bool off;                // nothing can be moved any more
    const pn_gidx *caps;     // [columns] most block columns each can hold; NULL: no limit
    pn_gidx compared;        // step of the last comparison
    // this window's beginning
    pn_gidx step;
    double time, wait;
    // scratch and result
    double *busy;   // [ranks]
    double *speeds; // [columns] of the window before; 0: there was none
    double *shares; // [columns] that were decided on
    int32_t *owner; // [column blocks] that was decided on
    pn_gidx moved;  // blocks that will move
    double gain;    // part of the remaining time it is expected to save
} pn_adapt;

pn_status pn_adapt_create(pn_adapt *adapt, pn_comm *comm, const pn_layout *layout);
void pn_adapt_release(pn_adapt *adapt);

// Begins a window at `step`, with the waiting time counted from there.
void pn_adapt_begin(pn_adapt *adapt, pn_gidx step);

// For pn_lu_request.pause; `context` is the pn_adapt.
bool pn_adapt_pause(void *context, pn_gidx step, double wait_seconds);

// Pure. Seconds that steps [first, row_blocks) take if column j updates speeds[j] block columns of
// one block row in a second, and its columns are those of owner.
double pn_adapt_predict(const pn_layout *layout, const int32_t *owner, pn_gidx first,
                        const double *speeds);

#endif
