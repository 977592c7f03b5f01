// SPDX-License-Identifier: BSD-3-Clause
// What was asked of a run from outside while it computes: noted by the thread that takes signals,
// and read by the run at the next step boundary.
#ifndef PN_BASE_NOTICE_H
#define PN_BASE_NOTICE_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct pn_notice {
    atomic_bool open; // the run can write a checkpoint now: signals are noted here
    atomic_bool save; // one is asked for
    atomic_int end;   // number of the signal that asks the run to end after one; 0: none
} pn_notice;

#endif
