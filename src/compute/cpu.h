// SPDX-License-Identifier: BSD-3-Clause
// The processor backend: a team of threads, each calling a single-threaded BLAS on large pieces.
#ifndef PN_COMPUTE_CPU_H
#define PN_COMPUTE_CPU_H

#include "base/team.h"
#include "compute/compute.h"

// `team` and `blas` are borrowed.
pn_status pn_compute_cpu_open(pn_compute **compute, pn_team *team, const pn_blas *blas);

#endif
