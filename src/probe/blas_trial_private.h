// SPDX-License-Identifier: BSD-3-Clause
// What the two sides of a trial agree on: arguments (the word, the pipe's number, the path,
// threads, NB, seconds, the rate to beat, which round it is), and reports that are a
// pn_blas_trial each.
#ifndef PN_PROBE_BLAS_TRIAL_PRIVATE_H
#define PN_PROBE_BLAS_TRIAL_PRIVATE_H

#define PN_BLAS_TRIAL_WORD "(trial of a BLAS)"

enum { PN_BLAS_TRIAL_TEXT = 128 };

#endif
