// SPDX-License-Identifier: BSD-3-Clause
// The table of kinds that is told of a choice.
#ifndef PN_TUNE_CHOICE_KINDS_H
#define PN_TUNE_CHOICE_KINDS_H

#include "tune/choice.h"

// A row of the table of kinds: the ranks of a kind that take part, or are left out for one reason.
typedef struct pn_choice_kind {
    char name[64];
    int hosts, ranks, columns;
    double rate;           // FLOP/s of all its ranks
    int64_t bytes_allowed; // of all its ranks
    double share;          // of the block columns, 0 to 1
    int full;              // ranks whose memory holds no more block columns than they own
    int first_full;        // the first of these
    pn_left_out left_out;
} pn_choice_kind;

// Fills kinds[most], in the order of the process columns and then what is left out; returns how
// many there are. Failure (memory): 0.
int pn_choice_kinds(const pn_choice *choice, const pn_rank_info *info, pn_choice_kind *kinds,
                    int most);

#endif
