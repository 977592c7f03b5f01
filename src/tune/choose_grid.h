// SPDX-License-Identifier: BSD-3-Clause
// The grid of a run that is being chosen, by what is asked for and what is known of the ranks.
#ifndef PN_TUNE_CHOOSE_GRID_H
#define PN_TUNE_CHOOSE_GRID_H

#include "tune/choosing.h"

// The arrangement, by request and rates.
pn_status pn_choosing_arrange(pn_choosing *choosing);
// Sets the order of the hosts, if their links are known. Failure: memory.
pn_status pn_choosing_order_hosts(pn_choosing *choosing);
// Whether links between hosts are slower than those inside.
bool pn_choosing_has_gaps(const pn_choosing *choosing);
// Sets choosing->rates.
void pn_choosing_set_rates(pn_choosing *choosing);
// Heights that the grid of like ranks may have: the usual one first. heights[most]; how many.
int pn_choosing_heights(const pn_choosing *choosing, pn_tuned_height *heights, int most);

#endif
