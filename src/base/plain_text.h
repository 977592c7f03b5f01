// SPDX-License-Identifier: BSD-3-Clause
// Text that strangers wrote (names in files, records, keys, hosts) as a terminal may show it: what
// would steer the terminal is written out. Failures (base/status.h) and log lines (base/log.h) pass
// through it by themselves; whoever prints a stranger's text otherwise reads it through this.
#ifndef PN_BASE_PLAIN_TEXT_H
#define PN_BASE_PLAIN_TEXT_H

#include <stddef.h>

// Copies `text` with every control character but tab and newline as \xNN (C1 controls, marks of
// the direction of writing and U+FFFE, U+FFFF as \uNNNN), and every byte that is no UTF-8 as \xNN.
// Ends before a character that has no room whole. Returns the bytes written, without the zero that
// ends them. `plain` may not overlap `text`.
size_t pn_plain_text(char *plain, size_t bytes, const char *text);

// Bytes of `text` before the first that pn_plain_text would write out; all of them where none is.
size_t pn_plain_length(const char *text);

#endif
