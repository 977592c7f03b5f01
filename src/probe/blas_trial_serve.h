// SPDX-License-Identifier: BSD-3-Clause
// The process that tries a library: the other side of probe/blas_trial.
#ifndef PN_PROBE_BLAS_TRIAL_SERVE_H
#define PN_PROBE_BLAS_TRIAL_SERVE_H

#include "base/types.h"

// For the beginning of main: whether this process is such a trial; it is then carried out and
// *exit_code is to be returned.
bool pn_blas_trial_serve(int argc, char **argv, int *exit_code);

#endif
