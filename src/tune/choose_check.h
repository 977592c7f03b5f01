// SPDX-License-Identifier: BSD-3-Clause
// How often the rows of the matrix are checked during a run, by what a check costs: reading the
// trailing matrix once, and one panel that nothing is multiplied beside.
#ifndef PN_TUNE_CHOOSE_CHECK_H
#define PN_TUNE_CHOOSE_CHECK_H

#include "config/value.h"
#include "tune/choice.h"

// Steps from one check to the next, for what was asked for (pn_check_wish, or steps) and a choice
// that is complete; 0: none. AUTO spends 1 % of the expected time at most, or makes none. Matrices
// of FP32, which are factored without pivots, have none.
int pn_choose_check_every(int64_t asked, const pn_choice *choice, const pn_rank_info *info);

#endif
