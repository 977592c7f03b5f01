// SPDX-License-Identifier: BSD-3-Clause
// Matrices of FP32 turned round, between the row-major matrix and column-major panels.
#ifndef PN_COMPUTE_TRANSPOSE_H
#define PN_COMPUTE_TRANSPOSE_H

#include "base/types.h"

// to[j * ld_to + i] := from[i * ld_from + j] for i < rows, j < columns.
void pn_transpose_single(float *to, pn_lidx ld_to, const float *from, pn_lidx ld_from, pn_lidx rows,
                         pn_lidx columns);

#endif
