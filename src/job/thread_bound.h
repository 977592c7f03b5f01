// SPDX-License-Identifier: BSD-3-Clause
// How many threads this process was given by its environment, as other programs of this field
// understand it.
#ifndef PN_JOB_THREAD_BOUND_H
#define PN_JOB_THREAD_BOUND_H

#include "base/status.h"

#include <stdint.h>

typedef struct pn_thread_bound {
    int threads;       // the least that any variable says; 0: none says anything
    char variable[24]; // which: "OMP_NUM_THREADS"
} pn_thread_bound;

// To be called before a BLAS is opened, for which some of these variables are set. What is no
// number from 1 on says nothing.
pn_thread_bound pn_thread_bound_read(void);

// Refuses more threads for a rank of a host with so many cores than serve anybody. asked: 0 is
// nothing.
pn_status pn_thread_bound_check(int64_t asked, int cores);

#endif
