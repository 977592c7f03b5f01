// SPDX-License-Identifier: BSD-3-Clause
// Is a part really slower than its share says, or is that noise? The paces of all process columns,
// window after window, and the decision whether other owners of the block columns would pay. Pure:
// no communication and no clock, so that it can be tried on series of any kind.
//
// A column counts as out of balance by the median over several windows, if the last two agree, less
// what its own noise between windows would explain. What has lasted for some time is taken to last
// three times as long again; what was so from the beginning, to the end: then the rates that were
// measured before the run were wrong; the same holds from a move on. A window in which a change
// began shows less of it, and counts by so much for how long it has lasted, but not for how large
// it is.
#ifndef PN_BALANCE_DRIFT_H
#define PN_BALANCE_DRIFT_H

#include "grid/layout.h"

enum { PN_DRIFT_WINDOWS = 32 };

typedef struct pn_drift {
    int columns;
    int64_t windows; // seen in all; the last PN_DRIFT_WINDOWS are kept
    double elapsed;  // seconds of all windows
    double seconds[PN_DRIFT_WINDOWS];
    double *pace;        // [PN_DRIFT_WINDOWS * columns] seconds for a unit of work
    double *scratch;     // [(4 + PN_DRIFT_WINDOWS) * columns]
    int64_t migrated_at; // windows that were seen before the last move; 0: there was none
} pn_drift;

typedef struct pn_drift_question {
    const pn_layout *layout; // as it is
    const pn_gidx *caps;     // [columns]; NULL: none
    pn_gidx first;           // the step before which they would move: those behind it may
    // Seconds that a move takes: a part for each block column that moves, and one in any case.
    double block_seconds, fixed_seconds;
} pn_drift_question;

typedef struct pn_drift_answer {
    pn_gidx migrated; // block columns; 0: nothing should be moved
    double gain;      // part of the remaining time that it is expected to save
    bool suspicious;  // the last window shows more than noise explains
} pn_drift_answer;

pn_status pn_drift_create(pn_drift *drift, int columns);
void pn_drift_release(pn_drift *drift);

// Adds a window of so many seconds: pace[columns], each > 0.
void pn_drift_add(pn_drift *drift, double seconds, const double *pace);

// Columns have moved: what is out of balance from here on was wrong in the estimate they moved by.
void pn_drift_migrated(pn_drift *drift);

// Whether and how to move; fills owner[column_blocks], with nothing of use if nothing moves.
pn_drift_answer pn_drift_ask(const pn_drift *drift, const pn_drift_question *question,
                             int32_t *owner);

// Seconds that steps [first, row_blocks) take if column j updates speeds[j] block columns of one
// block row in a second, and its columns are those of owner.
double pn_drift_predict(const pn_layout *layout, const int32_t *owner, pn_gidx first,
                        const double *speeds);

#endif
