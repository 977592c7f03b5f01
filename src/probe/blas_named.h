// SPDX-License-Identifier: BSD-3-Clause
// A library that was asked for by name, tried in a process of its own before this one opens it.
#ifndef PN_PROBE_BLAS_NAMED_H
#define PN_PROBE_BLAS_NAMED_H

#include "base/status.h"

// Failure: it crashes or hangs, with the variables for kernels that are set; or no process could be
// started. Whether it computes rightly, or can be opened at all, is told elsewhere.
// limit: seconds after which it hangs; 0: usual.
pn_status pn_blas_named_try(const char *path, int threads, double limit);

#endif
