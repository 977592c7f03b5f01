// SPDX-License-Identifier: BSD-3-Clause
// One library tried with one setting of its variables, in a process of its own: this program once
// more, started with the variables set, because a library reads them when it is opened, and because
// a library that crashes, hangs or meets an instruction that the processor has not must not take a
// run along. The process opens the library, checks its results, measures its rate, and writes what
// it knows to a pipe after each step.
#ifndef PN_PROBE_BLAS_TRIAL_H
#define PN_PROBE_BLAS_TRIAL_H

#include "base/status.h"
#include "compute/blas_family.h"

// How far a trial came; what a row needs is known from there on.
typedef enum pn_blas_stage {
    PN_BLAS_STARTED,
    PN_BLAS_OPENED,  // identity
    PN_BLAS_CHECKED, // is_wrong, is_unsafe, why; or is_slow
    PN_BLAS_MEASURED // gflops, or is_slow
} pn_blas_stage;

typedef struct pn_blas_trial { // plain bytes
    pn_blas_stage stage;
    pn_blas_identity identity;
    bool is_wrong, is_unsafe, is_slow;
    bool is_broken; // it crashed or hung
    bool is_hung;   // it did not end within the limit
    char why[160];  // wrong, unsafe, or why it did not come further
    double gflops;  // a core
    double peak_gflops;
    char peak_unit[16];
} pn_blas_trial;

typedef struct pn_blas_trial_request {
    const char *path;     // "": no library, the peak of multiply-adds
    const char *variable; // set to `value`; NULL: none of the families' variables is set
    const char *value;
    int threads;    // of the run's ranks; the check takes two at least if it is more than one
    int nb;         // of the products
    double seconds; // to measure; the final takes what its step takes
    double beat;    // GFLOP/s a core; ends unchecked where it is out of reach. 0: never
    bool is_final;  // checked before; measured as a step of a run
    double limit;   // seconds after which the process is ended
    // Whether what has just been opened need not be tried on; NULL: it always is.
    bool (*is_known)(void *context, const pn_blas_trial *trial);
    void *context; // of it
} pn_blas_trial_request;

// Starts a process and waits for what it finds. What the library does is in *trial; a failure says
// that no process could be started.
pn_status pn_blas_trial_run(pn_blas_trial *trial, const pn_blas_trial_request *request);

#endif
