// SPDX-License-Identifier: BSD-3-Clause
// Rows of the matrix computed once more: their original entries are generated and eliminated with U
// as it stands, by all process columns at once. That needs no L: the multipliers of a row come out
// on the way, so nothing is trusted but U, whose rows have been checked.
#ifndef PN_CHECK_REPLAY_H
#define PN_CHECK_REPLAY_H

#include "check/row_sums.h"

enum { PN_REPLAY_ROWS = 64 }; // at once

typedef struct pn_replay pn_replay;

// A row of the matrix: where it stands now, and which of the generator's it is. Its entries left of
// global column `limit` are eliminated: those of the steps that are done, and of a row of U all
// before its diagonal.
typedef struct pn_replay_row {
    pn_gidx place, original, limit;
} pn_replay_row;

// What stands there against what it should be, the same on all ranks.
typedef struct pn_replay_finding {
    double difference; // the largest, of what stands less what should; infinite if not a number
    pn_gidx column;    // where; -1: they are the same
    int64_t rank;      // that holds it
} pn_replay_finding;

// Memory for PN_REPLAY_ROWS rows. Failure: memory.
pn_status pn_replay_create(pn_replay **replay, const pn_site *site);
void pn_replay_destroy(pn_replay *replay);
size_t pn_replay_bytes(const pn_place *place);

// Computes rows[count] anew, count <= PN_REPLAY_ROWS, and writes them where they stand if `writes`.
// rows are sorted on the way, by their originals; finding[i] is that of rows[i] as they are then.
// All ranks call it.
void pn_replay_rows(pn_replay *replay, pn_replay_row *rows, int count, bool writes,
                    pn_replay_finding *finding);

#endif
