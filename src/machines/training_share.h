// SPDX-License-Identifier: BSD-3-Clause
// What share of the 16-bit peak of its devices a training of a language model reaches, counted as
// 6 operations a parameter and token over all the hours that were paid for: by generation of the
// device, from published runs, and between the worst and the best of these.
#ifndef PN_MACHINES_TRAINING_SHARE_H
#define PN_MACHINES_TRAINING_SHARE_H

#include "machines/training_runs.h"

enum { PN_GENERATIONS_MOST = 24 };

typedef struct pn_generation_share {
    char name[24]; // of the generation; "": all others
    double share;
    int runs; // that it was fitted to
} pn_generation_share;

typedef struct pn_training_shares {
    int count;
    pn_generation_share of[PN_GENERATIONS_MOST]; // the last one is for all others
    double lowest, highest; // of what runs reached over the share of their generation
} pn_training_shares;

// Those of training_share.inc.
void pn_training_shares_load(pn_training_shares *shares);

// The share of a generation, or that of all others for NULL and for one that is not there.
const pn_generation_share *pn_training_share_of(const pn_training_shares *shares,
                                                const char *generation);

// Fits to the runs but `left_out` (-1: to all). A generation's share is the median of its runs, in
// logarithms, pulled to the median of all as by five runs of that; the span is that of all runs.
// Those of unknown devices do not count. Failure: fewer than three runs that do.
pn_status pn_training_shares_fit(pn_training_shares *shares, const pn_training_runs *runs,
                                 int left_out);

#endif
