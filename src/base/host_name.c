// SPDX-License-Identifier: BSD-3-Clause
// gethostname() reports a name that is longer than the buffer as an error: it is read whole and
// cut.
#include "base/host_name.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

void pn_host_name(char name[PN_HOST_NAME])
{
    char whole[256] = ""; // what does not fit is an error to gethostname, not a shorter name
    bool is_known = gethostname(whole, sizeof whole - 1) == 0 && whole[0];
    snprintf(name, PN_HOST_NAME, "%.*s", PN_HOST_NAME - 1, is_known ? whole : "unknown");
}
