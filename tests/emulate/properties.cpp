// SPDX-License-Identifier: BSD-3-Clause
// What the device says of itself, its errors, and the start of kernels.
#include "device.h"

#include <stdio.h>

namespace emulate
{
static cudaError_t last_error;
static int device_now;

cudaError_t remember(cudaError_t error)
{
    if (error != cudaSuccess)
        last_error = error;
    return error;
}

int processors(void)
{
    int count = setting("PANACHE_EMULATE_PROCESSORS", MOST_PROCESSORS);
    if (count < 1 || count > MOST_PROCESSORS)
        stop("PANACHE_EMULATE_PROCESSORS: read %d; allowed: 1 to %d", count, MOST_PROCESSORS);
    return count;
}

static unsigned most_together(void)
{
    return (unsigned)(processors() - setting("PANACHE_EMULATE_HELD", 0));
}

cudaError_t launch_body(const launch &launch, body *body)
{
    enum { MOST_ARGUMENT = 4096, MOST_Y = 65535 };
    std::shared_ptr<emulate::body> kept(body);
    if (is_broken())
        return remember(cudaErrorLaunchFailure);
    const dim3 &b = launch.blocks, &t = launch.threads;
    if (t.x == 0 || t.y == 0 || t.z != 1 || t.x * t.y > MOST_THREADS || b.x == 0 || b.y == 0 ||
        b.y > MOST_Y || b.z != 1 || body->argument_bytes > MOST_ARGUMENT)
        return remember(cudaErrorInvalidConfiguration);
    if (launch.together && b.x * b.y > most_together())
        return remember(cudaErrorCooperativeLaunchTooLarge);
    give(launch.stream, "kernel", [=] {
        if (!run_grid(launch, kept.get()))
            leave_unfinished();
    });
    perhaps();
    return cudaSuccess;
}
} // namespace emulate

using namespace emulate;

extern "C" {
const char *cudaGetErrorString(cudaError_t error)
{
    switch (error) {
    case cudaSuccess:
        return "no error";
    case cudaErrorMemoryAllocation:
        return "out of memory";
    case cudaErrorInvalidConfiguration:
        return "invalid configuration argument";
    case cudaErrorCooperativeLaunchTooLarge:
        return "too many blocks in cooperative launch";
    case cudaErrorNotReady:
        return "device not ready";
    case cudaErrorLaunchFailure:
        return "unspecified launch failure";
    default:
        return "invalid argument";
    }
}

cudaError_t cudaGetLastError(void)
{
    cudaError_t error = last_error;
    last_error = cudaSuccess;
    return error;
}

cudaError_t cudaDriverGetVersion(int *version)
{
    *version = 13000;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    return cudaDriverGetVersion(version);
}

cudaError_t cudaGetDeviceCount(int *count)
{
    *count = setting("PANACHE_EMULATE_DEVICES", 1);
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    device_now = device;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int *device)
{
    *device = device_now;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int)
{
    strcpy(properties->name, "emulated device");
    properties->multiProcessorCount = processors();
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int)
{
    switch (attribute) {
    case cudaDevAttrMultiProcessorCount:
        *value = processors();
        break;
    case cudaDevAttrHostNumaId:
        *value = -1; // a host without nodes
        break;
    default:
        *value = setting("PANACHE_EMULATE_COOPERATIVE", 1);
    }
    return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char *id, int length, int device)
{
    snprintf(id, (size_t)length, "emulated:%d", device);
    return cudaSuccess;
}

cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest)
{
    *least = 0;
    *greatest = -5;
    return cudaSuccess;
}
}
