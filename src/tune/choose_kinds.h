// SPDX-License-Identifier: BSD-3-Clause
// The kinds of the ranks that take part in a run that is being chosen.
#ifndef PN_TUNE_CHOOSE_KINDS_H
#define PN_TUNE_CHOOSE_KINDS_H

#include "tune/choosing.h"

typedef struct pn_rank_kind {
    int id; // pn_rank_info.kind_id
    int ranks;
    double rates, slowest; // FLOP/s of all together, and of the slowest
} pn_rank_kind;

enum { PN_KINDS_SEEN = 32 };

// Fills kinds[PN_KINDS_SEEN], the slowest first; what is beyond stays unseen. How many.
int pn_choosing_kinds(const pn_choosing *choosing, pn_rank_kind *kinds);

#endif
