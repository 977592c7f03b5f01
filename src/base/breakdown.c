// SPDX-License-Identifier: BSD-3-Clause
// A plain exit would run the handlers of the MPI and of the device's runtime, which wait for the
// very device that broke.
#include "base/breakdown.h"

#include "base/exit_code.h"
#include "base/log.h"

#include <unistd.h>

void pn_breakdown(const char *device, const char *what, const char *why)
{
    pn_log log = pn_log_create(PN_LOG_NORMAL);
    pn_log_all(
        &log,
        "panache: %s of host %s failed in \"%s\": %s. Nothing of this run can be saved; look "
        "for the device's own errors (nvidia-smi -q, the kernel's log), or run with --device "
        "cpu",
        device, log.host, what, why);
    _exit(PN_EXIT_FAILURE); // what a plain exit would run may wait for the device
}
