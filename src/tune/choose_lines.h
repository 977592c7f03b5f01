// SPDX-License-Identifier: BSD-3-Clause
// The words of a choice.
#ifndef PN_TUNE_CHOOSE_LINES_H
#define PN_TUNE_CHOOSE_LINES_H

#include "tune/choosing.h"

// Fills choice->lines and the expectations.
void pn_choosing_explain(pn_choosing *choosing);

// "1.9 GiB".
void pn_bytes_text(int64_t bytes, char *text, size_t room);

#endif
