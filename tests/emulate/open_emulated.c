// SPDX-License-Identifier: BSD-3-Clause
// For tests that take a test backend: the CUDA backend on the emulated device in its place, by the
// same call (cmake/emulate.cmake gives it that name).
#include "compute/open_compute.h"

pn_status pn_emulated_open(pn_compute **compute, pn_team *team, const pn_blas *blas, uint64_t seed);

pn_status pn_emulated_open(pn_compute **compute, pn_team *team, const pn_blas *blas, uint64_t seed)
{
    char reason[PN_COMPUTE_REASON];
    (void)seed; // the environment has it
    return pn_compute_open(
        compute,
        &(pn_compute_request){.device = "cuda", .local_ranks = 1, .team = team, .blas = blas},
        reason);
}
