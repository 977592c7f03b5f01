// SPDX-License-Identifier: BSD-3-Clause
// An NVML for tests, libnvidia-ml.so.1: one device, at the address "deferred" (that of the test
// backend), which draws 300 W and is hot: it alternates between 1200 and 1600 MHz.
#include <string.h>

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **device);
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts);
int nvmlDeviceGetClockInfo(void *device, int kind, unsigned *mhz);
int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons);

enum { DONE, NOT_FOUND = 6 };

static int the_device; // counts how often it was asked for its clock

int nvmlInit_v2(void)
{
    return DONE;
}

int nvmlShutdown(void)
{
    return DONE;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **device)
{
    if (strcmp(bus, "deferred") != 0)
        return NOT_FOUND;
    *device = &the_device;
    return DONE;
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts)
{
    *milliwatts = 300000;
    return device == &the_device ? DONE : NOT_FOUND;
}

int nvmlDeviceGetClockInfo(void *device, int kind, unsigned *mhz)
{
    enum { OF_PROCESSORS = 1 };
    *mhz = the_device++ % 2 ? 1600 : 1200;
    return device == &the_device && kind == OF_PROCESSORS ? DONE : NOT_FOUND;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, unsigned long long *reasons)
{
    enum { IDLE = 0x01, POWER = 0x04, HEAT = 0x20 };
    *reasons = the_device % 2 ? HEAT | IDLE : POWER;
    return device == &the_device ? DONE : NOT_FOUND;
}
