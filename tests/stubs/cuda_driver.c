// SPDX-License-Identifier: BSD-3-Clause
// A CUDA driver for tests, libcuda.so.1, that does nothing: it is one for CUDA PANACHE_STUB_DRIVER
// (12000: 12.0) and answers whatever else it is asked by the error PANACHE_STUB_ANSWER.
#include <stdlib.h>
#include <string.h>

enum { DONE = 0, NOT_SUPPORTED = 801 };

int cuDriverGetVersion(int *version);
int cuInit(unsigned flags);
int cuGetProcAddress(const char *name, void **function, int version, unsigned long long flags);
int cuGetProcAddress_v2(const char *name, void **function, int version, unsigned long long flags,
                        int *status);

static int number_of(const char *variable)
{
    const char *text = getenv(variable);
    return text ? atoi(text) : 0;
}

int cuDriverGetVersion(int *version)
{
    *version = number_of("PANACHE_STUB_DRIVER");
    return DONE;
}

static int refuse(void)
{
    int answer = number_of("PANACHE_STUB_ANSWER");
    return answer ? answer : NOT_SUPPORTED;
}

int cuInit(unsigned flags)
{
    (void)flags;
    return refuse();
}

int cuGetProcAddress(const char *name, void **function, int version, unsigned long long flags)
{
    return cuGetProcAddress_v2(name, function, version, flags, NULL);
}

int cuGetProcAddress_v2(const char *name, void **function, int version, unsigned long long flags,
                        int *status)
{
    (void)version, (void)flags;
    if (status)
        *status = 0;
    if (strcmp(name, "cuDriverGetVersion") == 0)
        *function = (void *)cuDriverGetVersion;
    else if (strncmp(name, "cuGetProcAddress", 16) == 0)
        *function = (void *)cuGetProcAddress_v2;
    else
        *function = (void *)refuse;
    return DONE;
}
