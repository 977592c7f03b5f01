// SPDX-License-Identifier: BSD-3-Clause
// What a run's FP64 is, asked for and found: a library, a variable of the environment or something
// preloaded may emulate it unseen.
#ifndef PN_JOB_NATIVE_H
#define PN_JOB_NATIVE_H

#include "job/job.h"

// The bits of --fp64: 0 for native. Failure: a word that is none.
pn_status pn_native_asked(const pn_options *options, int *bits);

// Every rank tries a product by the path that its part of the run takes (compute/kept_bits.h; some
// milliseconds), and rank 0 tells what is emulated and was not asked for, or the other way round.
// Sets job->kept_bits. Every rank calls it. A failure is told already.
pn_status pn_native_check(pn_job *job);

#endif
