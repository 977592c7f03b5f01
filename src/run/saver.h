// SPDX-License-Identifier: BSD-3-Clause
// When a checkpoint is due: rank 0 decides at the beginning of a step, by its clock or because a
// signal asked for one, and the others hear of it at the beginning of the next, so that nobody
// waits for a decision.
#ifndef PN_RUN_SAVER_H
#define PN_RUN_SAVER_H

#include "base/notice.h"
#include "comm/comm.h"
#include "lu/factor.h"
#include "measure/session.h"

struct pn_manifest; // checkpoint/manifest.h

typedef struct pn_saver {
    bool on;
    pn_comm *comm;
    pn_notice *notice; // NULL: nobody asks from outside
    // Decisions: 0: none; PN_SAVER_SAVE; the number of a signal: after it the run ends.
    int32_t told;         // of rank 0, as it travels
    int32_t due;          // what all ranks know of
    bool asked;           // one is on its way
    pn_request *requests; // [ranks] of rank 0
    double next;          // rank 0: time of the next one
    // what it works with
    void *buffer;
    size_t bytes;
    const struct pn_manifest *from; // the generation that the run went on from; NULL: none
    pn_session session;             // this one
    bool is_failing, is_slow;       // that was said
    int count;                      // written
    double seconds;                 // in which they were
} pn_saver;

enum { PN_SAVER_SAVE = -1 };

// Fills the list of those that the factorisation asks; returns how many.
int pn_saver_askers(pn_saver *saver, pn_lu_asker *askers);
// After a pause or the end, on all ranks: nothing is on its way any more.
void pn_saver_settle(pn_saver *saver);
// From now on signals are noted for it, or do again what they always do.
void pn_saver_open_notice(pn_saver *saver);
void pn_saver_close_notice(pn_saver *saver);

#endif
