// SPDX-License-Identifier: BSD-3-Clause
// A run as a picture: who owns which block columns, what each rank spent its time on, and how that
// went by as the matrix shrank. One SVG, which also stands inside the HTML report.
#ifndef PN_REPORT_SVG_H
#define PN_REPORT_SVG_H

#include "measure/result.h"

#include <stdio.h>

// What the record does not hold is left out. Failure: memory.
pn_status pn_svg_write(FILE *stream, const pn_result *result);

// `text` with what HTML and SVG reserve replaced.
void pn_svg_text(FILE *stream, const char *text);

// The colour of a phase in the picture, and its name for people, such as "row exchange".
const char *pn_svg_phase_color(pn_phase phase);
void pn_svg_phase_name(pn_phase phase, char *text, size_t bytes);

#endif
