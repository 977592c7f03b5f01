// SPDX-License-Identifier: BSD-3-Clause
// How the ranks of a job share their hosts: threads, processors and memory of each.
#ifndef PN_TUNE_CHOOSE_RANKS_H
#define PN_TUNE_CHOOSE_RANKS_H

#include "tune/choice.h"

// What was asked for or the default.
double pn_choosing_memory_share(const pn_choice_request *request);

// The first part of pn_choose, which needs no rates: threads, slots and memory of each rank, so
// that rates can be measured with the threads of the run. out[ranks]. A host's memory, less what
// its ranks with devices take of it (choose_ranks.c), goes by equal parts to the other ranks.
pn_status pn_choose_threads(pn_rank_choice *out, const pn_choice_request *request,
                            pn_rank_info *info, int ranks);

// Whether ranks of one kind and number of threads, with processors of their own, have measured
// rates that are not alike: one is slower for good, or was disturbed meanwhile.
bool pn_choose_disagree(const pn_rank_choice *choices, const pn_rank_info *info, int ranks);

#endif
