// SPDX-License-Identifier: BSD-3-Clause
// A screening for people and for programs.
#ifndef PN_REPORT_SCREENING_H
#define PN_REPORT_SCREENING_H

#include "measure/screen.h"

#include <stdio.h>

// Ranks and links, slowest against their kind first, and what is too slow by name.
void pn_screen_text(FILE *stream, const pn_screen *screen);

// The same as JSON, without a newline at its end, to be freed. Failure: memory.
pn_status pn_screen_json(const pn_screen *screen, char **text);

#endif
