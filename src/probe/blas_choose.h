// SPDX-License-Identifier: BSD-3-Clause
// Choosing a BLAS by measuring: every library of the host, with every kind of kernels that a
// variable of its can select and the processor can execute, each in a process of its own
// (probe/blas_trial); then the fastest few once more in turns, because a trial is short and the
// machine may be disturbed. The fastest right one is taken. The table is remembered.
#ifndef PN_PROBE_BLAS_CHOOSE_H
#define PN_PROBE_BLAS_CHOOSE_H

#include "base/status.h"
#include "measure/blas_table.h"

#include <stdbool.h>

typedef struct pn_blas_choose_request {
    int threads;        // that a rank will have
    int nb;             // of the products; 0: usual
    bool anew;          // measure even what is remembered
    double trial_limit; // seconds after which a trial is ended; 0: usual
    const char *folder; // of what is remembered; NULL: the user's cache; "": nothing is
} pn_blas_choose_request;

// No library is no failure: table->taken is -1 then, as where none is right. Failure: no process
// can be started.
pn_status pn_blas_choose(pn_blas_table *table, const pn_blas_choose_request *wish);

#endif
