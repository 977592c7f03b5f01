// SPDX-License-Identifier: BSD-3-Clause
// The clock that cores hold with all threads at work, and how much of the time they are given.
#ifndef PN_PROBE_CORE_CLOCK_H
#define PN_PROBE_CORE_CLOCK_H

#include "base/team.h"

typedef struct pn_core_clock {
    double hertz; // of the slowest thread; 0 where no instruction is known to take one cycle
    double had;   // the least part of the time that a thread had a core, 0 to 1
} pn_core_clock;

// About `seconds`. By a chain of additions of integers, each of which waits one cycle for the one
// before, in processor time: other programs lower `had` alone. Without memory both are 0.
void pn_core_clock_measure(pn_core_clock *clock, pn_team *team, double seconds);

#endif
