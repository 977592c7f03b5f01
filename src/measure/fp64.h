// SPDX-License-Identifier: BSD-3-Clause
// Whether a result was computed in FP64, and what is said of one that was not.
#ifndef PN_MEASURE_FP64_H
#define PN_MEASURE_FP64_H

#include "measure/result.h"

typedef struct pn_fp64 {
    int asked;    // bits that products were to be emulated with; 0: native ones
    int emulated; // ranks whose products lose bits
    int least;    // bits that these keep, at least
    int first;    // rank that is the first of them
} pn_fp64;

pn_fp64 pn_fp64_of(const pn_result *result);

// Whether it may stand beside those of the TOP500: nothing was emulated, asked for or not.
bool pn_fp64_is_native(const pn_fp64 *fp64);

// "FP64 is emulated on 4 ranks, keeping 55 bits (55 asked for): not comparable with the TOP500".
// "" where it is native.
enum { PN_FP64_TEXT = 160 };
void pn_fp64_text(const pn_fp64 *fp64, char text[PN_FP64_TEXT]);

#define PN_NOT_COMPARABLE "not comparable with the TOP500"

#endif
