// SPDX-License-Identifier: BSD-3-Clause
// What held a run back, by what its ranks spent their time on.
#ifndef PN_MEASURE_BOTTLENECK_H
#define PN_MEASURE_BOTTLENECK_H

#include "measure/result.h"

// (identifier, as it goes on after "limited by")
#define PN_BOTTLENECKS(X)                                                                          \
    X(UNKNOWN, "")                                                                                 \
    X(MULTIPLY, "its multiplications")                                                             \
    X(PANEL, "its panels")                                                                         \
    X(ROWS, "the exchange of rows")                                                                \
    X(WAIT, "the wait for panels")                                                                 \
    X(BACK, "the back substitution")                                                               \
    X(REFINEMENT, "the refinement") /* of FP32, in its place */                                    \
    X(MEMORY, "full memory")

typedef enum pn_bottleneck_kind {
#define PN_BOTTLENECK_ENUM(id, name) PN_BOTTLENECK_##id,
    PN_BOTTLENECKS(PN_BOTTLENECK_ENUM)
#undef PN_BOTTLENECK_ENUM
} pn_bottleneck_kind;

typedef struct pn_bottleneck {
    pn_bottleneck_kind kind;
    double
        share; // of the time of a rank, 0 to 1; of MEMORY: of its due that a column could not get
} pn_bottleneck;

// Full memory where a process column got less than its share for it; else what took most of the
// time beside the multiplications, if that is a tenth or more; else these, which is how it should
// be. UNKNOWN: the record has no times.
pn_bottleneck pn_bottleneck_of(const pn_result *result);

const char *pn_bottleneck_name(pn_bottleneck_kind kind);

#endif
