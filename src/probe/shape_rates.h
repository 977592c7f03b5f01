// SPDX-License-Identifier: BSD-3-Clause
// The operations of a run on one rank, at shapes between which the model can tell the others. In
// rounds through all of them, so that a time in which the machine is slow weighs on all alike; the
// median of the rounds counts. Ranks that begin each round together measure as a run would find it.
#ifndef PN_PROBE_SHAPE_RATES_H
#define PN_PROBE_SHAPE_RATES_H

#include "probe/rates.h"

#include "base/team.h"

enum { PN_SHAPE_RATES = 64, PN_SHAPE_ROUNDS = 5, PN_SHAPE_ROUNDS_MOST = 99 };

typedef struct pn_shape_rate { // plain bytes, 0 where it says nothing
    char operation[16];
    int32_t threads, nb;
    int64_t m, n;
    double rate;      // operations per second
    double bandwidth; // bytes per second
    double spread;    // (largest - smallest) / median
} pn_shape_rate;

typedef struct pn_shape_request {
    pn_compute *compute;
    pn_team *team; // of its threads, for panels
    const pn_blas *blas;
    int64_t bytes_allowed; // for the matrix that is measured on
    int rounds;            // 0: PN_SHAPE_ROUNDS
} pn_shape_request;

typedef struct pn_shape_rates pn_shape_rates;

// Failures: memory.
pn_status pn_shape_rates_create(pn_shape_rates **rates, const pn_shape_request *request);
void pn_shape_rates_destroy(pn_shape_rates *rates); // NULL: nothing

int pn_shape_rates_rounds(const pn_shape_rates *rates);
// Round 0, 1, ...; all of them, in order. Failures: memory.
pn_status pn_shape_rates_round(pn_shape_rates *rates, int round);
// After the last: found[PN_SHAPE_RATES]; returns how many there are, as many on every rank.
int pn_shape_rates_median(pn_shape_rates *rates, pn_shape_rate *found);

#endif
