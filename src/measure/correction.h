// SPDX-License-Identifier: BSD-3-Clause
// An error in the matrix that a check of its rows found during the run, and that was put right.
#ifndef PN_MEASURE_CORRECTION_H
#define PN_MEASURE_CORRECTION_H

#include "base/types.h"

typedef struct pn_correction {
    pn_gidx step;        // before which it was found
    pn_gidx row, column; // the element that differs most: its place in the matrix as it stood, from
                         // 0; -1: none is known, since a pivot was lost
    double difference;   // of what stood there from what should; infinite: it was no number
    int rank;            // that held it; -1: not known
    pn_gidx rows;        // that were wrong
    pn_gidx again;       // step from which all was computed again; -1: the rows alone were
} pn_correction;

#endif
