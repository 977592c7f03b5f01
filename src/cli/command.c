// SPDX-License-Identifier: BSD-3-Clause
#include "cli/command.h"

#include "base/log.h"
#include "config/nearest.h"

int pn_command_failed(void)
{
    pn_log_failure();
    return PN_EXIT_FAILURE;
}

pn_status pn_command_find(pn_command *command, const char *name)
{
    const char *known[PN_COMMAND_COUNT];
    char all[512];
    size_t used = 0;
    *command = pn_command_of(name);
    if (*command != PN_COMMAND_COUNT)
        return PN_OK;
    for (int i = 0; i < PN_COMMAND_COUNT; i++) {
        known[i] = pn_command_rows()[i].name;
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", known[i]);
    }
    const char *nearest = pn_nearest(name, known, PN_COMMAND_COUNT);
    return pn_fail(PN_ERROR_USAGE, "command line: unknown command \"%s\"%s%s; allowed: %s", name,
                   nearest ? "; the nearest known one is " : "", nearest ? nearest : "", all);
}
