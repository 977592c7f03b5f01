// SPDX-License-Identifier: BSD-3-Clause
// What a rank sees of a window of steps: how long it was busy, and, where the window is one step
// whose multiplication the calling thread does alone, how long with each quarter of it. So a change
// is seen in the quarter in which it came, however long steps are.
#ifndef PN_BALANCE_WINDOW_H
#define PN_BALANCE_WINDOW_H

#include "lu/factor.h"

enum { PN_WINDOW_QUARTERS = 4 };

typedef struct pn_window_report {
    double busy; // seconds
    // Seconds that the whole would have taken at the pace of each quarter; all 0: not known.
    double quarter[PN_WINDOW_QUARTERS];
} pn_window_report;

typedef struct pn_window {
    pn_gidx step; // the first
    double time, wait;
    double panels;  // seconds, of those that do not count as work
    int multiplied; // multiplications
    double look_ahead, columns;
    int quarters; // quarters that are over
    double done[PN_WINDOW_QUARTERS], busy[PN_WINDOW_QUARTERS];
} pn_window;

// Begins one now, at `step`, with the waiting time counted so far.
void pn_window_begin(pn_window *window, pn_gidx step, double wait);

// An operation was performed; panels_apart: the time of panels does not count.
void pn_window_see(pn_window *window, const pn_op *op, double seconds, bool panels_apart);

// For pn_observer.piece.
void pn_window_piece(pn_window *window, double done, double wait);

// Ends it now, before step `to`: `more` seconds count beside those in which it was busy.
pn_window_report pn_window_end(const pn_window *window, pn_gidx to, double wait, double more);

#endif
