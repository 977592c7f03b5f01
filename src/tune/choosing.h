// SPDX-License-Identifier: BSD-3-Clause
// A choice under way: what choose*.c share, each of which has a header for what it does with it.
// Its ranks are known one by one, as a job measured them, or by classes alone, as a machine file
// tells of them; arranging, memory and model ask which, nobody else.
#ifndef PN_TUNE_CHOOSING_H
#define PN_TUNE_CHOOSING_H

#include "tune/choice.h"
#include "tune/classes.h"

typedef struct pn_choosing {
    const pn_choice_request *request;
    const pn_class_run *classes; // NULL: every rank is known
    const pn_rank_info *info;    // [ranks]
    int ranks;                   // 0: only their classes are known
    pn_choice *choice;
    int steps;              // of a run that are priced, about; 0: all
    pn_rank_rate *rates;    // [ranks]
    int32_t *owner;         // [PN_CHOOSING_BLOCKS] for trial deals
    pn_gidx *caps;          // [ranks] for trial deals
    pn_gidx *count;         // [ranks] the same
    double rate;            // FLOP/s of all ranks together, held back by the slowest for its share
    bool rate_assumed;      // not measured on every rank
    pn_gidx n_for_time;     // that fills the time; 0: N was asked for
    double memory_share;    // of what is available, where no size was asked for
    bool has_links;         // request->links, and the order of the hosts by them
    pn_host_order order;    // of the hosts; empty without links
    pn_tuned_height height; // of the process columns, as the search tries it; p 0: by the rules
    int nb;                 // that classes are arranged for
    double rate_with_all;   // expected if nobody were left out; 0: it would not fit
    // To ask what a trouble costs: ranks whose memory or whose links to other hosts count as none.
    const bool *eased; // [ranks]; NULL: nobody's
    pn_left_out trouble;
} pn_choosing;

// Matrices of more block columns than that are dealt in thicker ones to foresee who is full.
enum { PN_CHOOSING_BLOCKS = 20000 };

// Entries that a thread makes a second, generation and verification counted as one each.
#define PN_ENTRIES_A_SECOND 2.5e8

#endif
