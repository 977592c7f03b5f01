// SPDX-License-Identifier: BSD-3-Clause
// The trials of a host's BLAS libraries for people and for programs.
#ifndef PN_REPORT_BLAS_TEXT_H
#define PN_REPORT_BLAS_TEXT_H

#include "measure/blas_table.h"

#include <jansson.h>
#include <stdio.h>

// Fastest first, then those that were not measured to the end, wrong, unsafe or refused, and why.
void pn_blas_text(FILE *stream, const pn_blas_table *table);

// The same for programs; NULL: no memory.
json_t *pn_blas_json(const pn_blas_table *table);

#endif
