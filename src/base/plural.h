// SPDX-License-Identifier: BSD-3-Clause
// Numbers in sentences: "%d rank%s %s left out", count, pn_plural(count), pn_plural_are(count).
#ifndef PN_BASE_PLURAL_H
#define PN_BASE_PLURAL_H

#include <stdint.h>

static inline const char *pn_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static inline const char *pn_plural_are(int64_t count)
{
    return count == 1 ? "is" : "are";
}

#endif
