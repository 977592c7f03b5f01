// SPDX-License-Identifier: BSD-3-Clause
#include "base/assertion.h"

#include "base/log.h"

#include <stdlib.h>

void pn_assertion_fails(const char *file, int line, const char *condition, const char *what)
{
    pn_log log = pn_log_create(PN_LOG_NORMAL);
    pn_log_all(&log,
               "panache: a fault of the program, please report it: %s:%d on host %s: it does not "
               "hold that %s (%s)",
               file, line, log.host, what, condition);
    abort();
}
