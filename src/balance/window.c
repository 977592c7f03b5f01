// SPDX-License-Identifier: BSD-3-Clause
// Busy is what remains of a window's time once waiting is taken off, and panels where they fall to
// one column or another by the step and not by its speed. A quarter is taken from the pieces into
// which the calling thread's multiplication is cut, so it ends a little before or after a whole
// quarter; what was really done until then is divided by, not 1/4.
#include "balance/window.h"

#include "base/clock.h"

#include <math.h>

static const double least = 1e-9;     // seconds
static const double rounding = 0.02;  // pieces are whole rows of tiles
static const double last_most = 0.85; // beyond, hardly anything is left for the last quarter

void pn_window_begin(pn_window *window, pn_gidx step, double wait)
{
    *window = (pn_window){.step = step, .time = pn_clock(), .wait = wait};
}

static double busy_so_far(const pn_window *window, double wait)
{
    return (pn_clock() - window->time) - (wait - window->wait) - window->panels;
}

void pn_window_see(pn_window *window, const pn_op *op, double seconds, bool panels_apart)
{
    if (op->kind == PN_OP_FACTOR && panels_apart)
        window->panels += seconds;
    if (op->kind == PN_OP_UPDATE_PANEL)
        window->look_ahead += (double)op->columns;
    if (op->kind == PN_OP_MULTIPLY_START) {
        window->columns += (double)op->columns;
        window->multiplied++;
    }
}

void pn_window_piece(pn_window *window, double done, double wait)
{
    double end = (window->quarters + 1.0) / PN_WINDOW_QUARTERS;
    if (window->quarters == PN_WINDOW_QUARTERS - 1 || !(done >= end - rounding) || done > last_most)
        return;
    window->done[window->quarters] = done;
    window->busy[window->quarters++] = busy_so_far(window, wait);
}

// The columns of the next panel are multiplied first.
static void tell_quarters(const pn_window *window, pn_window_report *report, double busy,
                          double more)
{
    double look_ahead = window->look_ahead / (window->look_ahead + window->columns);
    double begin = 0, done_before = 0, shortest = INFINITY;
    pn_window_report quarters = *report;
    for (int i = 0; i < PN_WINDOW_QUARTERS; i++) {
        bool last = i == PN_WINDOW_QUARTERS - 1;
        double done = last ? 1 : look_ahead + (1 - look_ahead) * window->done[i];
        double end = last ? busy : window->busy[i];
        quarters.quarter[i] = (end - begin) / (done - done_before) + more;
        shortest = fmin(shortest, end - begin);
        begin = end;
        done_before = done;
    }
    if (shortest > least)
        *report = quarters;
}

pn_window_report pn_window_end(const pn_window *window, pn_gidx to, double wait, double more)
{
    double busy = busy_so_far(window, wait);
    pn_window_report report = {.busy = fmax(busy + more, least)};
    if (to - window->step == 1 && window->multiplied == 1 &&
        window->quarters == PN_WINDOW_QUARTERS - 1)
        tell_quarters(window, &report, busy, more);
    return report;
}
