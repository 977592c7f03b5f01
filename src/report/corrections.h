// SPDX-License-Identifier: BSD-3-Clause
// What was wrong in the matrix and put right during a run, in words: the element, the rank that
// held it, its host, device and kind; and which part has failed more than once.
#ifndef PN_REPORT_CORRECTIONS_H
#define PN_REPORT_CORRECTIONS_H

#include "measure/result.h"

#include <stdio.h>

// Lines for people, a bounded number of them; none where nothing was wrong.
void pn_corrections_text(FILE *stream, const pn_result *result);

#endif
