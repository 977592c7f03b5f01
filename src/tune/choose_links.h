// SPDX-License-Identifier: BSD-3-Clause
// The links of the columns of an arrangement, as the model takes them.
#ifndef PN_TUNE_CHOOSE_LINKS_H
#define PN_TUNE_CHOOSE_LINKS_H

#include "model/cost.h"
#include "tune/choosing.h"

typedef struct pn_link_ends {
    int *first;  // [columns] the rank in row 0
    int *beside; // [columns] ranks of the column on that one's host, which share its link
} pn_link_ends;
// Failure: memory.
pn_status pn_link_ends_find(const pn_choosing *choosing, pn_link_ends *ends);
void pn_link_ends_release(pn_link_ends *ends);
// Between two columns; inside a column, the slowest; the faster to a neighbour of it.
pn_link pn_choosing_link(const pn_choosing *choosing, const pn_link_ends *ends, int column,
                         int other);
pn_link pn_choosing_link_inside(const pn_choosing *choosing, const pn_link_ends *ends, int column);
pn_link pn_choosing_link_beside(const pn_choosing *choosing, const pn_link_ends *ends, int column);

#endif
