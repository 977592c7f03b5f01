// SPDX-License-Identifier: BSD-3-Clause
// A plug-in for devices of either maker for tests, panache-cuda.so and panache-hip.so:
// PANACHE_STUB_DEVICES devices, each with PANACHE_STUB_MEMORY bytes that are shared out to its
// ranks, and with PANACHE_STUB_OVERFLOW host memory beside; in truth the test backend.
#include "compute/compute_backend.h"
#include "compute/deferred.h"

#include <stdlib.h>
#include <string.h>

static long number_of(const char *variable)
{
    const char *text = getenv(variable);
    return text ? atol(text) : 0;
}

static pn_status count(int *devices, pn_fail_function *fail)
{
    *devices = (int)number_of("PANACHE_STUB_DEVICES");
    return *devices > 0 ? PN_OK : fail(PN_ERROR_SYSTEM, "the stub of a driver knows no device");
}

static pn_status open_stub(pn_compute **compute, const pn_device_request *request)
{
    pn_status status = pn_compute_deferred_open(compute, request->team, request->blas, 1);
    if (status != PN_OK)
        return request->fail(status, "device %d of the tests cannot be opened", request->device);
    strcpy((*compute)->kind, "device of the tests");
    (*compute)->is_device = true;
    (*compute)->memory_bytes = number_of("PANACHE_STUB_MEMORY") / request->sharers;
    (*compute)->plain_messages = false;
    (*compute)->overflow_takes = number_of("PANACHE_STUB_OVERFLOW");
    (*compute)->why_not = "the stub of a driver maps no host memory";
    return PN_OK;
}

const pn_compute_backend *backend_of_tests(void) __asm__(PN_COMPUTE_SYMBOL);

const pn_compute_backend *backend_of_tests(void)
{
    static const pn_compute_backend backend = {.version = PN_COMPUTE_VERSION,
                                               .compute_bytes = sizeof(pn_compute),
                                               .ops_bytes = sizeof(pn_compute_ops),
                                               .count = count,
                                               .open = open_stub};
    return &backend;
}
