// SPDX-License-Identifier: BSD-3-Clause
// The links of the columns of an arrangement, as the model takes them.
#ifndef PN_TUNE_CHOOSE_LINKS_H
#define PN_TUNE_CHOOSE_LINKS_H

#include "model/cost.h"
#include "tune/choosing.h"

typedef struct pn_choosing_seats {
    int *first;  // [columns] the rank in row 0
    int *beside; // [columns] ranks of the column on that one's host, which share its link
} pn_choosing_seats;
// Failure: memory.
pn_status pn_choosing_seat(const pn_choosing *choosing, pn_choosing_seats *seats);
void pn_choosing_unseat(pn_choosing_seats *seats);
// Between two columns; inside a column, the slowest; the faster to a neighbour of it.
pn_link pn_choosing_link(const pn_choosing *choosing, const pn_choosing_seats *seats, int column,
                         int other);
pn_link pn_choosing_link_inside(const pn_choosing *choosing, const pn_choosing_seats *seats,
                                int column);
pn_link pn_choosing_link_beside(const pn_choosing *choosing, const pn_choosing_seats *seats,
                                int column);

#endif
