// SPDX-License-Identifier: BSD-3-Clause
// What the thread that takes signals and a run that computes tell each other: what was asked from
// outside, read by the run at the next step boundary, and how far the run is.
#ifndef PN_BASE_NOTICE_H
#define PN_BASE_NOTICE_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct pn_notice {
    atomic_bool open; // the run can write a checkpoint now: signals are noted here
    atomic_bool save; // one is asked for
    atomic_int end;   // number of the signal that asks the run to end after one; 0: none
    // Of the run's arithmetic, 0 to 1, and seconds since the clock started, by this process.
    _Atomic double share, seconds;
    _Atomic double share_before; // done when the clock started
} pn_notice;

#endif
