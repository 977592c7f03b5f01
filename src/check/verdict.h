// SPDX-License-Identifier: BSD-3-Clause
// Which rows a check alarms for. Rounding makes differences that are alike for most rows, so their
// spread is told by their median, which some wrong rows do not move: sigma = 1.4826 median
// |difference|, as of a normal distribution. A row alarms beyond PN_VERDICT_SIGMAS of it, unless
// the row itself is as much larger than others (check/suspect.h); and all do together where sigma
// has grown far beyond what rounding makes of it: about 0.003 eps N k after k columns, and then as
// k does (measured for N from 400 to 4,000, within a factor of 2). Pure.
#ifndef PN_CHECK_VERDICT_H
#define PN_CHECK_VERDICT_H

#include "base/types.h"

#include <stdbool.h>

#define PN_VERDICT_SIGMAS 10.0
#define PN_VERDICT_NORMAL 1.4826 // standard deviations in a median of magnitudes

typedef struct pn_verdict_request {
    const double *difference; // [n] may hold what is not finite
    pn_gidx begin, n;         // rows [begin, n) were compared
    pn_gidx fresh;            // from here on they tell sigma; those before have less of it
    pn_gidx done;             // columns, since the factorisation began
    double noise;             // the largest sigma that passed so far; 0: there was none
    pn_gidx noise_done;       // the columns that were done at the last check
    double *scratch;          // [n]
} pn_verdict_request;

typedef struct pn_verdict {
    double noise;  // sigma
    double limit;  // of a row's difference
    pn_gidx count; // of rows beyond it
    pn_gidx first; // of them; -1: there is none
    pn_gidx worst; // of all rows; -1: there is none
    bool has_grown;
} pn_verdict;

pn_verdict pn_verdict_of(const pn_verdict_request *request);

// Whether a row's difference is beyond the limit; what is not a number is.
static inline bool pn_verdict_alarms(const pn_verdict *verdict, double difference)
{
    return !(difference <= verdict->limit && -difference <= verdict->limit);
}

#endif
