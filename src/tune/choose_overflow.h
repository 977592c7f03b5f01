// SPDX-License-Identifier: BSD-3-Clause
// Whether matrices are to be larger than the memory of their devices (--device-memory): where that
// was asked for, what it brings; else it is taken where the model says that it brings enough.
#ifndef PN_TUNE_CHOOSE_OVERFLOW_H
#define PN_TUNE_CHOOSE_OVERFLOW_H

#include "tune/choice.h"

typedef pn_status pn_choose_function(pn_choice *choice, const pn_choice_request *request,
                                     pn_rank_info *info, int ranks);

// What a choice is made of.
typedef struct pn_choosing_from {
    pn_choose_function *choose;
    const pn_choice_request *request;
    pn_rank_info *info; // [ranks]
    int ranks;
} pn_choosing_from;

// `choose`, once or for several sizes of host memory beside the devices': the best of the choices,
// whose table says so. Failures: those of `choose`.
pn_status pn_choose_overflow(pn_choice *choice, const pn_choosing_from *from);

#endif
