// SPDX-License-Identifier: BSD-3-Clause
// The search of a choice under way: what a block size and a height are worth on its ranks.
#ifndef PN_TUNE_CHOOSE_SEARCH_H
#define PN_TUNE_CHOOSE_SEARCH_H

#include "tune/choosing.h"

// Makes the rates those of products of this depth, where they differ by it; whether they were
// others before.
bool pn_choosing_take_rates(pn_choosing *choosing, int nb);

// Arranges the ranks for a height and a block size, unless they stand so. Failures: those of
// arranging.
pn_status pn_choosing_set_shape(pn_choosing *choosing, const pn_tuned_height *height, int nb);

// N, or the largest that fits if it does not.
pn_gidx pn_choosing_fitting(const pn_choosing *choosing, pn_gidx n, int nb);

// pn_tune_search with the price of this choice: each candidate at choosing->choice->settings.n or,
// where N was not asked for, at the most that fits. What was tried last stays arranged.
pn_status pn_choosing_search(pn_choosing *choosing, pn_tune_space space, pn_tuned *best, int most,
                             int *count);

#endif
