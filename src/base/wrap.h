// SPDX-License-Identifier: BSD-3-Clause
// Text on lines that a terminal has room for.
#ifndef PN_BASE_WRAP_H
#define PN_BASE_WRAP_H

#include <stdio.h>

enum { PN_LINE_WIDTH = 80 };

// Writes the words of `text` from column `margin`, where the stream stands, on lines of at most
// `width` columns, each further one indented by `margin`; ends the last one. Words are never cut.
void pn_wrap_text(FILE *stream, const char *text, int margin, int width);

#endif
