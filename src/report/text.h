// SPDX-License-Identifier: BSD-3-Clause
// The text that HPL 2.3 prints, line by line as scripts and dashboards parse it: parameters, one
// table row and one residual line for each test, the count of tests. Nothing else may be written to
// the same stream between these calls: readers take any line of four integers, a decimal and a
// number for a result.
#ifndef PN_REPORT_TEXT_H
#define PN_REPORT_TEXT_H

#include "config/hpldat.h"
#include "measure/result.h"

#include <stdio.h>

// Everything before the first test: what the columns mean, and the values of `dat`. `threshold` is
// the one that tests are held to.
void pn_text_header(FILE *stream, const pn_hpldat *dat, double threshold, pn_matrix_rule matrix);

// One test: `asked` gives the code of the variant, `result` the numbers. A failed test is followed
// by its norms.
void pn_text_result(FILE *stream, const pn_hpldat_test *asked, const pn_result *result);

// The lines of NVIDIA's HPL-MxP that scripts read, the total before the factorisation alone; "GPU"
// stands for a process. Then what was stored, multiplied and refined in which format.
void pn_text_mixed(FILE *stream, const pn_result *result);

typedef struct pn_text_counts {
    int passed, failed, skipped;
} pn_text_counts;

void pn_text_footer(FILE *stream, const pn_text_counts *counts);

#endif
