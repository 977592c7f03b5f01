// SPDX-License-Identifier: BSD-3-Clause
// From what `panache probe` measured of a process (the entries of a machine file) to the constants
// of the model: the non-negative constants that come nearest to the measured times, by the size of
// the error relative to each.
#ifndef PN_MODEL_COST_FIT_H
#define PN_MODEL_COST_FIT_H

#include "config/machine.h"
#include "model/model.h"

// false: there is too little for it (rates of multiplications, strips, solves and panels, and a
// copy, at two block sizes at least); *model is then left alone. Without messages among the entries
// its links are those of `otherwise`.
bool pn_process_cost_fit(pn_class_cost *model, const pn_machine_partition *partition,
                         const pn_link *otherwise);

// The nearest non-negative c with  sum over k of c[k] row[i][k] = 1  for `rows` rows of `columns`
// terms each (at most PN_NEAREST_TERMS); row-major.
enum { PN_NEAREST_TERMS = 5 };
void pn_nearest_constants(const double *terms, int rows, int columns, double *constants);

#endif
